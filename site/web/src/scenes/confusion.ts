// Which papers which model gets wrong.

import type { Predictions } from '../wire/snapshot';

/** The number of the node that a row of predictions is of. */
export const nodeAt = (p: Predictions, row: number): number => p.nodes[row] ?? row;

/** The row of a node in predictions, -1 for none. */
export const rowOf = (p: Predictions, node: number): number => (p.nodes.length === 0 ? node : p.nodes.indexOf(node));

/** Rows are true classes, columns predicted ones; only papers of the part count. */
export function confusion(label: number[], predicted: number[], part: number[], want: number, classes: number): number[][] {
  const m = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  label.forEach((c, i) => {
    const p = predicted[i];
    if (c >= 0 && c < classes && p !== undefined && p >= 0 && p < classes && part[i] === want) m[c]![p]!++;
  });
  return m;
}

/** An entry of the confusion matrix beside its diagonal. */
export interface Pair { label: number; said: number; nodes: number }

/** Which classes are taken for which, of the papers of a part: those of most papers first. */
export function pairs(label: number[], predicted: number[], part: number[], want: number): Pair[] {
  const all = new Map<string, Pair>();
  label.forEach((c, i) => {
    const said = predicted[i];
    if (c < 0 || said === undefined || said === c || part[i] !== want) return;
    const key = `${c} ${said}`, pair = all.get(key) ?? { label: c, said, nodes: 0 };
    pair.nodes++;
    all.set(key, pair);
  });
  return [...all.values()].sort((a, b) => b.nodes - a.nodes || a.label - b.label || a.said - b.said);
}

/** How well one class is told from the others; what is a share of nothing is NaN. */
export interface ClassAccuracy { nodes: number; said: number; right: number; precision: number; recall: number; f1: number }

/** Of each class, over the papers of a part. */
export function byClass(label: number[], predicted: number[], part: number[], want: number, classes: number): ClassAccuracy[] {
  const all = Array.from({ length: classes }, () => ({ nodes: 0, said: 0, right: 0, precision: NaN, recall: NaN, f1: NaN }));
  label.forEach((c, i) => {
    const said = predicted[i];
    if (c < 0 || said === undefined || part[i] !== want || !all[c] || !all[said]) return;
    all[c].nodes++;
    all[said].said++;
    if (c === said) all[c].right++;
  });
  for (const c of all) Object.assign(c, { precision: c.right / c.said, recall: c.right / c.nodes, f1: 2 * c.right / (c.nodes + c.said) });
  return all;
}

/** The share of all papers that is right; NaN of none. */
export function accuracy(classes: ClassAccuracy[]): number {
  const sum = (of: (c: ClassAccuracy) => number) => classes.reduce((n, c) => n + of(c), 0);
  return sum((c) => c.right) / sum((c) => c.nodes);
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
