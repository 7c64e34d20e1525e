// The names of the weights of a model that reach a prediction, by the forms of
// package gnn.

import { paramForms } from '../generated/params';
import type { GraphView } from './snapshot';

/** A relation as commands name it: by its types too where its own name is there twice. */
export function relationKey(g: GraphView, i: number): string {
  const r = g.relations[i]!;
  return g.relations.filter((o) => o.name === r.name).length === 1 ? r.name : edgeType(g, i);
}

const edgeType = (g: GraphView, i: number): string => {
  const r = g.relations[i]!;
  return `${g.types[r.src]}__${r.name}__${g.types[r.dst]}`;
};

export function paramNames(g: GraphView, kind: string, layers: number): string[] {
  const { before, layer, after } = paramForms[kind] ?? { before: [], layer: [], after: [] };
  const each = (mark: string, values: string[]) => values.flatMap((v) => layer.filter((n) => n.includes(mark)).map((n) => n.replace(mark, () => v)));
  const names = [...before];
  for (let l = 0; l < layers; l++) {
    const needed = (type: number) => l < layers - 1 || type === g.target;
    const types = g.types.filter((_, i) => needed(i)), relations = g.relations.flatMap((r, i) => (needed(r.dst) ? [edgeType(g, i)] : []));
    names.push(...[...layer.filter((n) => !n.includes('{')), ...each('{type}', types), ...each('{relation}', relations)].map((n) => `layers.${l}.${n}`));
  }
  return [...names, ...after];
}
