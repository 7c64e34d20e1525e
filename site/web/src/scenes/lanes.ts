// The arithmetic of one node as lanes: one row for each term of the sum that
// is its new vector, then the sum and what the activation makes of it.

import { pretty } from '../words/quantity';
import type { GraphView, Inspection, Quantity } from '../wire/snapshot';

export interface Lane {
  key: string;
  name: string;
  kind: 'part' | 'sum' | 'output';
  /** Index of the relation whose messages it is, -1 for none. */
  relation: number;
  /** Absent where the relation brings nothing. */
  value?: number[];
  note: string;
}

export interface Lanes { all: Lane[]; parts: Lane[]; sum: number[]; width: number }

const words: Record<string, string> = { 'h·W_0': 'own share', b: 'bias' };

/** The lanes of an inspected node of a type; undefined for an inspection without a sum. */
export function lanesOf(inspection: Inspection, graph: GraphView, type: number): Lanes | undefined {
  const qs = inspection.quantities;
  const output = qs.at(-1);
  if (!output) return undefined;
  const sum = output.uses.length === 1 && qs[output.uses[0]!]!.uses.length > 0 ? qs[output.uses[0]!]! : output;
  const rows: Lane[] = [];
  const own = sum.uses.map((u) => qs[u]!);
  for (const q of own) {
    const relation = relationOf(q, graph, type);
    if (relation >= 0) continue;
    rows.push({ key: `${q.symbol} ${q.of}`, name: words[q.symbol] ?? pretty(q.symbol), kind: 'part', relation: -1, value: q.value[0], note: words[q.symbol] ? pretty(q.symbol) : '' });
  }
  graph.relations.forEach((r, i) => {
    if (r.dst !== type) return;
    const q = own.find((o) => relationOf(o, graph, type) === i);
    rows.push({ key: r.name, name: r.name, kind: 'part', relation: i, value: q?.value[0], note: q ? '' : 'no messages' });
  });
  const parts = rows.filter((l) => l.value);
  const total = sum.value[0] ?? [];
  rows.push({ key: 'sum', name: 'sum', kind: 'sum', relation: -1, value: total, note: '' });
  if (sum !== output) rows.push({ key: 'output', name: output.symbol, kind: 'output', relation: -1, value: output.value[0], note: /= (relu|elu)\(/.exec(output.formula)?.[1] ?? '' });
  return { all: rows, parts, sum: total, width: total.length };
}

const relationOf = (q: Quantity, graph: GraphView, type: number): number => graph.relations.findIndex((r) => q.of === r.name && r.dst === type);
