// The names of the weights of a model that reach a prediction, by the forms of
// package gnn.

import { paramForms } from '../generated/params';
import type { GraphView } from './snapshot';

export function paramNames(g: GraphView, kind: string, layers: number): string[] {
  const { before, layer, after } = paramForms[kind] ?? { before: [], layer: [], after: [] };
  const each = (mark: string, values: string[]) => values.flatMap((v) => layer.filter((n) => n.includes(mark)).map((n) => n.replace(mark, () => v)));
  const names = [...before];
  for (let l = 0; l < layers; l++) {
    const needed = (type: number) => l < layers - 1 || type === g.target;
    const types = g.types.filter((_, i) => needed(i)), relations = g.relations.filter((r) => needed(r.dst)).map((r) => r.full);
    names.push(...[...layer.filter((n) => !n.includes('{')), ...each('{type}', types), ...each('{relation}', relations)].map((n) => `layers.${l}.${n}`));
  }
  return [...names, ...after];
}
