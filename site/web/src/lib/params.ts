// The names of a model's weight matrices, as gnn names them (gnn/shapes.go).

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
  const each = { sage: ['self.weight', 'neigh.weight', 'bias'], gat: ['weight', 'att_src', 'att_dst', 'bias'], gcnii: ['weight'] }[kind] ?? ['weight', 'bias'];
  const names: string[] = kind === 'gcnii' ? ['input.weight', 'input.bias'] : [];
  for (let l = 0; l < layers; l++) {
    if (kind !== 'rgcn') {
      names.push(...each.map((n) => `layers.${l}.${n}`));
      continue;
    }
    const needed = (type: number) => l < layers - 1 || type === g.target;
    g.types.forEach((t, i) => { if (needed(i)) names.push(`layers.${l}.self.${t}.weight`, `layers.${l}.self.${t}.bias`); });
    g.relations.forEach((r, i) => { if (needed(r.dst)) names.push(`layers.${l}.rel.${edgeType(g, i)}.weight`); });
  }
  return kind === 'gcnii' ? [...names, 'output.weight', 'output.bias'] : names;
}
