// A graph of the user's own, as the page holds it between a file and the
// trainer. Names are those of the Go package gnn/graph.

import { limits } from '../generated/data';

export interface NodeType {
  name: string;
  count: number;
  /** Numbers per node, 0 for a type without features. */
  width: number;
  /** count × width, row by row. */
  features: Float32Array;
  /** The features are means of other nodes'. */
  derived: boolean;
  names: string[] | null;
  years: Int32Array | null;
}

/** Edges by destination: how many each node receives, and from where, increasing. */
export interface Relation {
  src: number;
  name: string;
  dst: number;
  degrees: Int32Array;
  sources: Int32Array;
}

export interface Split { name: string; train: Int32Array; valid: Int32Array; test: Int32Array }

export interface Graph {
  name: string;
  types: NodeType[];
  /** Reverses included. */
  relations: Relation[];
  /** The type that carries labels. */
  target: number;
  classes: number;
  classNames: string[] | null;
  /** Of each target node, −1 for none. */
  labels: Int32Array;
  splits: Split[];
}

export const grouped = (n: number) => n.toLocaleString('en-US');
export const nodesOf = (g: Graph) => g.types.reduce((n, t) => n + t.count, 0);
export const edgesOf = (g: Graph) => g.relations.reduce((n, r) => n + r.sources.length, 0);
export const plural = (n: number, one: string, many = `${one}s`) => `${grouped(n)} ${n === 1 ? one : many}`;

/** Says what makes a graph too large to be trained on while someone watches, "" if nothing does. */
export function tooLarge(g: Graph): string {
  const numbers = g.types.reduce((n, t) => n + t.count * t.width, 0);
  const width = g.types.reduce((w, t) => Math.max(w, t.width), 0);
  const over = ([
    [nodesOf(g), limits.nodes, 'nodes'], [edgesOf(g), limits.edges, 'edges, reverses included'], [numbers, limits.numbers, 'numbers in features'],
    [width, limits.width, 'feature columns'], [g.classes, limits.width, 'classes'],
    [g.types.length, limits.types, 'types of nodes'], [g.relations.length, limits.relations, 'relations, reverses included'],
    [longestName(g), limits.name, 'bytes in the longest name'],
  ] as const).find(([got, most]) => got > most);
  return over ? `${grouped(over[0])} ${over[2]}: this page takes at most ${grouped(over[1])}. Cut a smaller part; “abkd pack” does it for large graphs.` : '';
}

function longestName(g: Graph): number {
  const utf8 = new TextEncoder(), names = [g.name, ...(g.classNames ?? [])];
  for (const t of g.types) names.push(t.name);
  for (const r of g.relations) names.push(r.name);
  return names.reduce((most, name) => Math.max(most, utf8.encode(name).length), 0);
}
