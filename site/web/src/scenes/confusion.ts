// Which papers which model gets wrong.

import type { Predictions } from '../wire/snapshot';

/** Rows are true classes, columns predicted ones; only papers of the part count. */
export function confusion(label: number[], predicted: number[], part: number[], want: number, classes: number): number[][] {
  const m = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  label.forEach((c, i) => {
    const p = predicted[i];
    if (c >= 0 && c < classes && p !== undefined && p >= 0 && p < classes && part[i] === want) m[c]![p]!++;
  });
  return m;
}

/** The share of a confusion matrix that lies on its diagonal; NaN of an empty one. */
export function accuracy(m: number[][]): number {
  let right = 0, all = 0;
  m.forEach((row, i) => row.forEach((v, j) => { all += v; if (i === j) right += v; }));
  return all > 0 ? right / all : NaN;
}

/** The papers of a part that this model gets wrong and the teacher right. */
export function missed(p: Predictions, model: 'alone' | 'student', part: number): number[] {
  return p.label.flatMap((c, i) => (p.part[i] === part && c >= 0 && p.teacher[i] === c && p[model].length > 0 && p[model][i] !== c ? [i] : []));
}

/** softmax(x / t). */
export function softmax(x: number[], t = 1): number[] {
  const top = Math.max(...x);
  const e = x.map((v) => Math.exp((v - top) / t));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** The terms of KL(p ‖ q), in nats; a class that p leaves out adds nothing. */
export const klTerms = (p: number[], q: number[]): number[] => p.map((v, i) => (v > 0 ? v * Math.log(v / Math.max(q[i]!, 1e-30)) : 0));
