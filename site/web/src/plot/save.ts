// Saves a drawing as a file of its own: the styles that the page's style sheet
// gives it are written into it, so that it looks the same elsewhere.

const properties = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'paint-order', 'font-family', 'font-size', 'font-weight', 'text-anchor'];

export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const from = [svg, ...svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const p of properties) {
      const v = style.getPropertyValue(p);
      if (v) to[i]!.setAttribute(p, v);
    }
    to[i]!.removeAttribute('class');
  });
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  background.setAttribute('width', '100%');
  background.setAttribute('height', '100%');
  background.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  return new XMLSerializer().serializeToString(copy);
}

export function save(svg: SVGSVGElement, name: string): void {
  saveText(standalone(svg), 'image/svg+xml', `${name}.svg`);
}

/** Saves an SVG file as pixels, two for each of its own along a side. */
export async function savePNG(svg: string, name: string): Promise<void> {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map((v) => 2 * Number(v));
  const url = URL.createObjectURL(new Blob([svg.replace('<svg ', `<svg width="${width}" height="${height}" `)], { type: 'image/svg+xml' }));
  try {
    const image = new Image(), canvas = document.createElement('canvas');
    image.src = url;
    await image.decode();
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')!.drawImage(image, 0, 0);
    const pixels = await new Promise<Blob | null>((done) => { canvas.toBlob(done); });
    if (pixels) saveText(pixels, 'image/png', `${name}.png`);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Hands the user a file. */
export function saveText(text: BlobPart, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
