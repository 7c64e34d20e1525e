// What a graph holds, counted, for people to look at before they train on it.

import { edgesOf, nodesOf, type Graph } from './graph';

export interface Preview {
  /** What was opened, and what it was. */
  file: string;
  kind: 'pack' | 'CSV' | 'JSON';
  nodes: number;
  edges: number;
  types: { name: string; nodes: number; features: string; target: boolean; years: boolean }[];
  relations: { src: string; name: string; dst: string; edges: number }[];
  /** Labelled nodes of each class by part; none are those in no part. */
  classes: { name: string; train: number; valid: number; test: number; none: number }[];
  total: { train: number; valid: number; test: number; none: number };
  rows: { type: string; name: string; label: string; part: string; year: string; features: string[] }[];
  /** Numbers shown of each node's features, and how many it has. */
  shown: number;
  width: number;
  notes: string[];
  /** Bytes of the pack, and of the teacher in it. */
  bytes: number;
  teacher: number;
}

const numbersShown = 4, targetsShown = 5, othersShown = 2, typesShown = 4;
const partNames = ['train', 'valid', 'test', 'none'] as const;

export function previewOf(g: Graph, about: Pick<Preview, 'file' | 'kind' | 'notes' | 'bytes' | 'teacher'>): Preview {
  const split = g.splits[0] ?? { name: '', train: [], valid: [], test: [] };
  const part = new Uint8Array(g.labels.length).fill(3);
  [split.train, split.valid, split.test].forEach((nodes, p) => nodes.forEach((v: number) => { part[v] = p; }));
  const className = (c: number) => g.classNames?.[c] || `class ${c}`;
  const empty = () => ({ train: 0, valid: 0, test: 0, none: 0 });
  const counts = Array.from({ length: g.classes }, empty), total = empty();
  g.labels.forEach((c, v) => {
    if (c < 0 || !counts[c]) return;
    counts[c][partNames[part[v]!]!]++;
    total[partNames[part[v]!]!]++;
  });
  const width = g.types.reduce((w, t) => Math.max(w, t.width), 0), shown = Math.min(numbersShown, width);
  const row = (k: number, v: number) => {
    const t = g.types[k]!, c = k === g.target ? g.labels[v]! : -1;
    return {
      type: t.name, name: t.names?.[v] || `${t.name} ${v}`, label: c < 0 ? '' : className(c), part: c < 0 || part[v] === 3 ? '' : partNames[part[v]!]!,
      year: t.years ? String(t.years[v]) : '',
      features: Array.from({ length: shown }, (_, i) => (i < t.width ? String(Number(t.features[v * t.width + i]!.toPrecision(4))) : '')),
    };
  };
  const order = [g.target, ...[...g.types.keys()].filter((k) => k !== g.target)].slice(0, typesShown);
  return {
    ...about, nodes: nodesOf(g), edges: edgesOf(g), shown, width, total,
    types: g.types.map((t, k) => ({ name: t.name, nodes: t.count, target: k === g.target, years: t.years !== null, features: t.width === 0 ? 'none' : `${t.width}${t.derived ? ', means of neighbours’' : ''}` })),
    relations: g.relations.map((r) => ({ src: g.types[r.src]!.name, name: r.name, dst: g.types[r.dst]!.name, edges: r.sources.length })),
    classes: counts.map((c, i) => ({ name: className(i), ...c })),
    rows: order.flatMap((k) => Array.from({ length: Math.min(g.types[k]!.count, k === g.target ? targetsShown : othersShown) }, (_, v) => row(k, v))),
  };
}
