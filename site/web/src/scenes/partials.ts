// The partial sums of one node: a row for each term of the sum that is its new
// vector, then the sum and what the activation makes of it.

import { say } from '../texts/texts';
import { pretty } from '../words/quantity';
import type { GraphView, Inspection, Quantity } from '../wire/snapshot';

export interface Row {
  key: string;
  name: string;
  kind: 'part' | 'sum' | 'output';
  /** Index of the relation whose messages it is, -1 for none. */
  relation: number;
  /** Absent where the relation brings nothing. */
  value?: number[];
  note: string;
}

export interface Partials { rows: Row[]; parts: Row[]; sum: number[]; width: number }

const words: Record<string, () => string> = { 'h·W_0': () => say('sums.own'), b: () => say('sums.bias') };

/** The partial sums of an inspected node of a type; undefined for an inspection without a sum. */
export function partialsOf(inspection: Inspection, graph: GraphView, type: number): Partials | undefined {
  const qs = inspection.quantities;
  const output = qs.at(-1);
  if (!output) return undefined;
  const sum = output.uses.length === 1 && qs[output.uses[0]!]!.uses.length > 0 ? qs[output.uses[0]!]! : output;
  const rows: Row[] = [];
  const own = sum.uses.map((u) => qs[u]!);
  for (const q of own) {
    const relation = relationOf(q, graph, type);
    if (relation >= 0) continue;
    rows.push({ key: `${q.symbol} ${q.of}`, name: words[q.symbol]?.() ?? pretty(q.symbol), kind: 'part', relation: -1, value: q.value[0], note: words[q.symbol] ? pretty(q.symbol) : '' });
  }
  graph.relations.forEach((r, i) => {
    if (r.dst !== type) return;
    const q = own.find((o) => relationOf(o, graph, type) === i);
    rows.push({ key: r.name, name: r.name, kind: 'part', relation: i, value: q?.value[0], note: q ? '' : say('sums.none') });
  });
  const parts = rows.filter((l) => l.value);
  const total = sum.value[0] ?? [];
  rows.push({ key: 'sum', name: say('sums.sum'), kind: 'sum', relation: -1, value: total, note: '' });
  if (sum !== output) rows.push({ key: 'output', name: output.symbol, kind: 'output', relation: -1, value: output.value[0], note: /= (relu|elu)\(/.exec(output.formula)?.[1] ?? '' });
  return { rows, parts, sum: total, width: total.length };
}

const relationOf = (q: Quantity, graph: GraphView, type: number): number => graph.relations.findIndex((r) => q.of === r.name && r.dst === type);
