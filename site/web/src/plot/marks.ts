// A class is drawn by a shape and a colour, so that neither has to be told alone: 64 classes have a pair of their own.

/** The outline of class c's mark around (x, y), about 2·r across. */
export function markPath(c: number, x: number, y: number, r: number): string {
  const p = (dx: number, dy: number) => `${(x + dx * r).toFixed(1)},${(y + dy * r).toFixed(1)}`;
  const line = (...points: [number, number][]) => `M${points.map(([dx, dy]) => p(dx, dy)).join('L')}Z`;
  switch ((Math.max(c, 0) + Math.floor(Math.max(c, 0) / 8)) % 8) {
    case 0: return `M${p(-0.95, 0)}a${(0.95 * r).toFixed(1)},${(0.95 * r).toFixed(1)} 0 1,0 ${(1.9 * r).toFixed(1)},0a${(0.95 * r).toFixed(1)},${(0.95 * r).toFixed(1)} 0 1,0 ${(-1.9 * r).toFixed(1)},0Z`;
    case 1: return line([0, -1.1], [1, 0.8], [-1, 0.8]);
    case 2: return line([-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]);
    case 3: return line([0, -1.2], [1, 0], [0, 1.2], [-1, 0]);
    case 4: return line([-0.36, -1.1], [0.36, -1.1], [0.36, -0.36], [1.1, -0.36], [1.1, 0.36], [0.36, 0.36], [0.36, 1.1], [-0.36, 1.1], [-0.36, 0.36], [-1.1, 0.36], [-1.1, -0.36], [-0.36, -0.36]);
    case 5: return line([-1, -0.8], [1, -0.8], [0, 1.1]);
    case 6: return line([-1.05, -0.55], [-0.55, -1.05], [0, -0.5], [0.55, -1.05], [1.05, -0.55], [0.5, 0], [1.05, 0.55], [0.55, 1.05], [0, 0.5], [-0.55, 1.05], [-1.05, 0.55], [-0.5, 0]);
    default: return line([-1.2, -0.4], [1.2, -0.4], [1.2, 0.4], [-1.2, 0.4]);
  }
}

/** The share of the variance of the points that lies between the classes' means: 0 all mixed, 1 each class one point. */
export function separation(x: number[], y: number[], label: number[]): number {
  const sums = new Map<number, { n: number; x: number; y: number }>();
  let n = 0, mx = 0, my = 0;
  label.forEach((c, i) => {
    if (c < 0) return;
    const s = sums.get(c) ?? { n: 0, x: 0, y: 0 };
    s.n++; s.x += x[i]!; s.y += y[i]!;
    sums.set(c, s);
    n++; mx += x[i]!; my += y[i]!;
  });
  if (n === 0) return 0;
  mx /= n; my /= n;
  let between = 0, total = 0;
  for (const s of sums.values()) between += s.n * ((s.x / s.n - mx) ** 2 + (s.y / s.n - my) ** 2);
  label.forEach((c, i) => { if (c >= 0) total += (x[i]! - mx) ** 2 + (y[i]! - my) ** 2; });
  return total > 0 ? between / total : 0;
}
