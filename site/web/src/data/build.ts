// A graph from the tables of a file, and in sentences what was assumed to make it one.

import type { Table } from './csv';
import { readEdges, type EdgeRows } from './edges';
import { grouped, plural, tooLarge, type Graph, type NodeType, type Relation, type Split } from './graph';
import { none, parts, readNodes, type NodeRows, type TypeRows } from './nodes';
import { listed, quote, shown } from '../lib/foreign';
import { Problems, Refused } from './problems';

export interface Built { graph: Graph; notes: string[] }

/** Builds the graph; the seed draws the split if the file has none. */
export function build(name: string, nodes: Table, edges: Table, seed: number): Built {
  const rows = readNodes(nodes);
  const target = targetOf(rows, nodes);
  const { labels, classNames } = labelsOf(rows.types[target]!, nodes.file);
  const links = readEdges(edges, rows, nodes.file);
  const split = rows.hasSplit ? givenSplit(rows.types[target]!, nodes.file) : drawnSplit(labels, classNames.length, seed, nodes.file);
  const types = rows.types.map(nodeType);
  const buckets = types.every((t) => t.width === 0) ? degreeFeatures(types, links.relations) : 0;
  const graph: Graph = { name, types, relations: links.relations, target, classes: classNames.length, classNames, labels, splits: [split] };
  const large = tooLarge(graph);
  if (large) throw new Refused([`${name}: ${large}`]);
  return { graph, notes: notesOf(rows, links, graph, buckets, seed, [nodes, edges]) };
}

/** The one type of which nodes have labels. */
function targetOf(rows: NodeRows, table: Table): number {
  const problems = new Problems();
  const labelled = rows.types.map((t) => t.nodes.find((n) => n.label !== ''));
  const target = labelled.findIndex((n) => n !== undefined);
  if (target < 0) throw new Refused([`${table.file}: no node has a label. Fill the column "label" for the nodes whose class is known: there is nothing to learn without.`]);
  for (const type of rows.types.slice(target + 1)) {
    for (const n of type.nodes) {
      if (n.label !== '') problems.add(`${table.where(n.row)}: label ${quote(n.label)} is on a ${shown(type.name)}, but ${table.where(labelled[target]!.row)} has one on a ${shown(rows.types[target]!.name)}. Label nodes of one type only.`);
    }
  }
  problems.settle();
  return target;
}

/** Numbers of the classes, which stand in the order of the alphabet, with numbers in them as numbers. */
function labelsOf(type: TypeRows, file: string): { labels: Int32Array; classNames: string[] } {
  const found = [...new Set(type.nodes.map((n) => n.label).filter((l) => l !== ''))];
  const key = (label: string) => label.replace(/\d+/g, (digits) => digits.padStart(16, '0'));
  const classNames = found.sort((a, b) => (key(a) + a < key(b) + b ? -1 : 1));
  if (classNames.length < 2) throw new Refused([`${file}: every label is ${quote(classNames[0]!)}${type.nodes.some((n) => n.missing.startsWith('-1')) ? ', and -1 stands for no label' : ''}. Want two classes or more.`]);
  const number = new Map(classNames.map((c, i) => [c, i]));
  return { labels: Int32Array.from(type.nodes, (n) => number.get(n.label) ?? none), classNames };
}

function givenSplit(type: TypeRows, file: string): Split {
  const [train, valid, test] = parts.map((_, part) => Int32Array.from(type.nodes.filter((n) => n.part === part), (n) => n.number)) as [Int32Array, Int32Array, Int32Array];
  if (train.length === 0) {
    throw new Refused([`${file}: split has ${train.length} train, ${valid.length} valid and ${test.length} test nodes with a label. Want at least one train, or leave the column out and it is drawn.`]);
  }
  return { name: 'file', train, valid, test };
}

/** Draws 60, 20 and 20 of a hundred labelled nodes of each class. */
export function drawnSplit(labels: Int32Array, classes: number, seed: number, file: string): Split {
  const random = generator(seed), byPart: number[][] = [[], [], []];
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((c, v) => { if (c >= 0) members[c]!.push(v); });
  for (const nodes of members) {
    for (let i = nodes.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [nodes[i], nodes[j]] = [nodes[j]!, nodes[i]!];
    }
    const fifth = Math.round(nodes.length / 5);
    byPart[1]!.push(...nodes.splice(0, fifth));
    byPart[2]!.push(...nodes.splice(0, fifth));
    byPart[0]!.push(...nodes);
  }
  const [train, valid, test] = byPart.map((nodes) => Int32Array.from(nodes).sort()) as [Int32Array, Int32Array, Int32Array];
  if (valid.length === 0) throw new Refused([`${file}: no class has three labelled nodes, too few to draw a split. Label more, or write train, valid and test into a column "split".`]);
  return { name: 'drawn', train, valid, test };
}

/** Mulberry32 of Tommy Ettinger: uniform in 0..1, the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function nodeType(t: TypeRows): NodeType {
  return {
    name: t.name, count: t.nodes.length, width: t.width, features: t.features.slice(0, t.nodes.length * t.width), derived: false,
    names: t.nodes.map((n) => n.name || n.id),
    years: t.nodes.every((n) => n.year !== undefined) ? Int32Array.from(t.nodes, (n) => n.year!) : null,
  };
}

/** Gives every node a one-hot of how many edges reach it, in buckets 0, 1, 2–3, 4–7, …, and returns how many buckets there are. */
function degreeFeatures(types: NodeType[], relations: Relation[]): number {
  const bucket = types.map((t, k) => {
    const degrees = new Int32Array(t.count);
    for (const r of relations) if (r.dst === k) r.degrees.forEach((d, v) => { degrees[v]! += d; });
    return degrees.map((d) => 32 - Math.clz32(d));
  });
  const width = 1 + bucket.reduce((most, all) => all.reduce((m, b) => Math.max(m, b), most), 0);
  types.forEach((t, k) => {
    t.width = width;
    t.features = new Float32Array(t.count * width);
    bucket[k]!.forEach((b, v) => { t.features[v * width + b] = 1; });
  });
  return width;
}

/** Sentences on the parts of a split that have no nodes, and what comes of it. */
export function emptyParts({ valid, test }: Split): string[] {
  return [
    ...(valid.length === 0 ? ['No node is a validation node: the weights are those of the last epoch, as there is nothing to choose better ones by.'] : []),
    ...(test.length === 0 ? ['No node is a test node: accuracy on test nodes cannot be measured.'] : []),
  ];
}

function notesOf(rows: NodeRows, links: EdgeRows, g: Graph, buckets: number, seed: number, [nodes, edges]: [Table, Table]): string[] {
  const notes: string[] = [], type = g.types[g.target]!, split = g.splits[0]!;
  if (!rows.hasTypes) notes.push('There is no column type: all nodes are of one type, called “node”.');
  notes.push(rows.hasSplit ? 'The split is the file’s.'
    : `There is no split: it was drawn from seed ${seed}, 60 % training, 20 % validation and 20 % test nodes of each class.`);
  parts.forEach((part, p) => {
    const out = rows.leftOut[p]!;
    if (out > 0) notes.push(`${grouped(out)} of ${plural(out + split[part].length, 'node')} of split ${part} have no label and are left out.`);
  });
  notes.push(...emptyParts(split));
  if (buckets > 0) notes.push(`No node has features: each gets a one-hot of its degree, in ${plural(buckets, 'bucket')} (0, 1, 2–3, 4–7, …).`);
  const bare = g.types.filter((t) => t.width === 0).map((t) => t.name);
  if (bare.length > 0) notes.push(`${bare.join(', ')}: no features, so each node gets the mean of its neighbours’; where none reach, a row that is learned.`);
  const widths = new Set(g.types.map((t) => t.width).filter((w) => w > 0));
  if (widths.size > 1) notes.push(`Features are of different widths: types other than ${type.name} first pass a linear layer.`);
  notes.push('Messages go both ways: relations within a type are undirected, and others have a reverse.');
  const missing = new Map<string, number>();
  for (const n of rows.types[g.target]!.nodes) if (n.label === '') missing.set(n.missing, (missing.get(n.missing) ?? 0) + 1);
  if (missing.size > 0) notes.push(`Without a label: ${[...missing].map(([text, n]) => `${plural(n, `${type.name} node`)} (${text === '' ? 'empty' : `“${shown(text)}”`})`).join(', ')}.`);
  for (const t of [nodes, edges]) if (t.short > 0) notes.push(`${t.file}: ${plural(t.short, 'row')} with fewer fields than the header: those at the end are read as empty.`);
  if (links.repeated > 0) notes.push(`${plural(links.repeated, 'edge')} ${links.repeated === 1 ? 'is' : 'are'} listed more than once and counted once.`);
  for (const [k, t] of rows.types.entries()) {
    const dated = t.nodes.filter((n) => n.year !== undefined).length;
    if (dated > 0 && !g.types[k]!.years) notes.push(`${t.name}: years are left out, because ${plural(t.nodes.length - dated, 'node')} ${t.nodes.length - dated === 1 ? 'has' : 'have'} none.`);
  }
  for (const [unused, file] of [[rows.unused, nodes.file], [links.unused, edges.file]] as const) {
    if (unused.length > 0) notes.push(`${file}: not used: ${listed(unused)}.`);
  }
  return notes;
}
