// Fits the texts of plots into their room, for languages whose words are long.
// They are measured on a canvas: in the plot, the page would be laid out for
// each of them, at each step of a run.

/** The fonts of texts, as long as nothing has happened that may change their size. */
let fonts = new WeakMap<SVGTextElement, string>();
let pen: CanvasRenderingContext2D | undefined;

/** A canvas to measure on. */
function begin(): CanvasRenderingContext2D {
  const forget = () => { fonts = new WeakMap(); };
  addEventListener('resize', forget);
  new MutationObserver(forget).observe(document.documentElement, { attributes: true });
  return document.createElement('canvas').getContext('2d')!;
}

function fontOf(element: SVGTextElement): string {
  const font = fonts.get(element) ?? getComputedStyle(element).font;
  fonts.set(element, font);
  return font;
}

/** Squeezes a text of a plot into the room that it has. */
export const fit = (text: string, room: number) => (element: SVGTextElement): void => {
  pen ??= begin();
  pen.font = fontOf(element);
  if (pen.measureText(text).width > room) {
    element.setAttribute('textLength', String(Math.floor(room)));
    element.setAttribute('lengthAdjust', 'spacingAndGlyphs');
  } else if (element.hasAttribute('textLength')) {
    element.removeAttribute('textLength');
    element.removeAttribute('lengthAdjust');
  }
};
