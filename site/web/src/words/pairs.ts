// A, D and A·D as they are read: the product of what is shown, and the sum of that. The drawing has the same
// (sim/scene/matrix.go).

import { fixed } from '../texts/texts';
import type { Matrix, Snapshot } from '../wire/snapshot';
import { hasCompared, number } from './report';

/** The pairs of layers that a step compared. D has STRIDE's G in it. */
export interface Pairs {
  a: Matrix;
  d: Matrix;
  product: Matrix;
  sum: number;
  /** How many of the teacher's layers are compared: the loss is the sum divided by them. */
  layers: number;
  loss: number;
  /** Writes a number of each. */
  write: Record<'a' | 'd' | 'product' | 'loss', (v: number) => string>;
}

const digits = 3;

/** What is shown of the pairs of s, unknown before the first step: each matrix with one number of decimals, by which its largest entry has three digits. */
export function pairs(s: Snapshot): Pairs {
  const known = hasCompared(s) ? 0 : NaN;
  const exact = s.d.map((row, i) => row.map((v, j) => Math.fround(v + (s.g[i]?.[j] ?? 0) + known)));
  const [a] = read(s.a.map((row) => row.map((v) => v + known)), digits), [d, ofD] = read(exact, decimals(exact, digits));
  const products = a.map((row, i) => row.map((v, j) => Math.fround(v * (d[i]?.[j] ?? 0))));
  const [product, ofProduct] = read(products, decimals(products, digits));
  const sum = product.flat().reduce((x, y) => x + y, 0);
  const layers = s.experiment.split('&').includes('hidden-only=on') ? s.a.filter((row) => row.some((v) => v !== 0)).length : s.a.length;
  const loss = sum / layers;
  return { a, d, product, sum, layers, loss, write: {
    a: written(digits), d: written(ofD), product: written(ofProduct), loss: written(decimals([[loss]], digits)),
  } };
}

/** With how many decimals the largest entry has that many digits. */
function decimals(m: Matrix, n: number): number {
  const top = Math.max(0, ...m.flat().filter(Number.isFinite));
  return top > 0 ? Math.min(Math.max(n - 1 - Math.floor(Math.log10(top)), 0), most) : n - 1;
}
const most = 9;

/** A matrix as it reads with that many decimals. */
function read(m: Matrix, n: number): [Matrix, number] {
  const p = 10 ** n;
  return [m.map((row) => row.map((v) => (Math.abs(v) < large ? Math.fround(Math.round(v * p) / p) : v))), n];
}
const large = 1e5;

const written = (n: number) => (v: number): string => (Math.abs(v) < large ? fixed(v, n) : number(v));
