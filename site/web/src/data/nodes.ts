// The rows of nodes.csv: id, type, label, split, name, year, f0, f1, …

import type { Table } from './csv';
import { featureRange, limits, maxFeature, noLabel } from '../generated/data';
import { grouped } from './graph';
import { listed, quote, shown } from '../lib/foreign';
import { Problems, Refused } from './problems';

/** Parts of a split, as the column split has them; the index is the part. */
export const parts = ['train', 'valid', 'test'] as const;
export const none = -1;

export interface Node {
  id: string;
  /** Index of its type, and its number within the type. */
  type: number;
  number: number;
  /** "" for none. */
  label: string;
  /** What stands in its place then. */
  missing: string;
  part: number;
  name: string;
  year: number | undefined;
  /** The row that it stands in. */
  row: number;
}

export interface TypeRows {
  name: string;
  nodes: Node[];
  width: number;
  features: Float32Array;
}

export interface NodeRows {
  types: TypeRows[];
  byId: Map<string, Node>;
  /** Some node has a part. */
  hasSplit: boolean;
  hasTypes: boolean;
  unused: string[];
  /** Nodes that have a part and no label, by part. */
  leftOut: [number, number, number];
}

const known = ['id', 'type', 'label', 'split', 'name', 'year'];
const spellings = new Map([['', none], ['train', 0], ['training', 0], ['valid', 1], ['val', 1], ['validation', 1], ['test', 2], ['testing', 2]]);

const missingLabels = new Set(noLabel);

/** Refuses a table that has a column twice or lacks one of those it must have. */
export function checkColumns(table: Table, must: string[]): void {
  const { columns, file } = table;
  const before = new Set<string>();
  const twice = columns.find((c) => c !== '' && (before.has(c) || !before.add(c)));
  if (twice !== undefined) throw new Refused([`${file}: two columns are called ${quote(twice)}. Rename one of them.`]);
  const missing = must.filter((c) => !columns.includes(c));
  if (missing.length > 0) {
    throw new Refused([`${file}: there is no column ${missing.map(quote).join(' and none ')}. The header has ${listed(columns)}.`]);
  }
}

export function readNodes(table: Table): NodeRows {
  checkColumns(table, ['id']);
  const reader = new NodeReader(table);
  table.each((cells, at) => reader.row(cells, at));
  reader.problems.settle();
  if (reader.rows.byId.size === 0) throw new Refused([`${table.file}: there is no node below the header.`]);
  return reader.rows;
}

class NodeReader {
  readonly problems = new Problems();
  readonly rows: NodeRows;
  private readonly types = new Map<string, TypeRows>();
  private readonly at: Record<string, number>;
  /** Where f0, f1, … stand. */
  private readonly features: number[] = [];
  private numbers = 0;

  constructor(private readonly table: Table) {
    const { columns, file } = table;
    const where = new Map(columns.map((c, i) => [c, i]));
    this.at = Object.fromEntries(known.map((c) => [c, where.get(c) ?? -1]));
    const wide = columns.filter((c) => /^f\d+$/.test(c)).length;
    if (wide > limits.width) throw new Refused([`${file}: ${grouped(wide)} feature columns: this page takes at most ${grouped(limits.width)}.`]);
    for (let i = 0; i < wide; i++) {
      const at = where.get(`f${i}`);
      if (at === undefined) throw new Refused([`${file}: there are ${wide} feature columns and none is f${i}. Number them f0 to f${wide - 1}.`]);
      this.features.push(at);
    }
    this.rows = {
      types: [], byId: new Map(), hasSplit: false, hasTypes: this.at.type! >= 0,
      unused: columns.filter((c) => c !== '' && !known.includes(c) && !/^f\d+$/.test(c)),
      leftOut: [0, 0, 0],
    };
  }

  row(cells: string[], row: number): void {
    const text = (column: string) => (this.at[column]! < 0 ? '' : cells[this.at[column]!]!.trim());
    const say = (what: string) => this.problems.add(`${this.table.where(row)}: ${what}`);
    const id = text('id'), before = this.rows.byId.get(id);
    if (id === '') return say('id is empty. Every node needs one of its own.');
    if (before) return say(`id ${quote(id)} is that of ${this.table.where(before.row)} already. Every node needs one of its own.`);
    const typeName = this.rows.hasTypes ? text('type') : 'node';
    if (typeName === '') return say('type is empty. Name it, or leave out the column if all nodes are of one type.');
    if (this.rows.byId.size === limits.nodes) throw new Refused([`${this.table.file}: more than ${grouped(limits.nodes)} nodes, which is the most this page takes. Cut a smaller part; “abkd pack” does it for large graphs.`]);

    const split = text('split'), written = text('label'), part = spellings.get(split.toLowerCase());
    const label = missingLabels.has(written.toLowerCase()) ? '' : written, missing = label === '' ? written : '';
    if (part === undefined) say(`split ${quote(split)} is none of train, valid, test. Correct it, or leave it empty.`);
    else if (part !== none && label === '') this.rows.leftOut[part]!++;
    const year = text('year');
    if (!/^(-?\d{1,9})?$/.test(year)) say(`year ${quote(year)} is no whole number. Correct it, or leave it empty.`);

    const type = this.typeOf(typeName);
    const node: Node = {
      id, label, missing, part: label === '' ? none : part ?? none, row, name: text('name'), type: this.rows.types.indexOf(type), number: type.nodes.length,
      year: year === '' ? undefined : Number(year),
    };
    this.rows.hasSplit ||= part !== none;
    this.rows.byId.set(id, node);
    this.takeFeatures(cells, type, say);
    type.nodes.push(node);
  }

  private typeOf(name: string): TypeRows {
    let type = this.types.get(name);
    if (!type) {
      if (this.types.size === limits.types) throw new Refused([`${this.table.file}: more than ${limits.types} types of nodes. Is the column "type" what it should be?`]);
      type = { name, nodes: [], width: 0, features: new Float32Array(0) };
      this.types.set(name, type);
      this.rows.types.push(type);
    }
    return type;
  }

  /** All nodes of a type have as many features as its first. */
  private takeFeatures(cells: string[], type: TypeRows, say: (what: string) => void): void {
    const given = this.features.findLastIndex((at) => cells[at]!.trim() !== '') + 1;
    if (type.nodes.length === 0) type.width = given;
    const { width } = type, from = type.nodes.length * width;
    if (given > width) {
      return say(`f${given - 1} is given, but the first ${shown(type.name)}, ${this.table.where(type.nodes[0]!.row)}, has ${width === 0 ? 'no features' : `f0 to f${width - 1} only`}. All nodes of a type have the same.`);
    }
    this.numbers += width;
    if (this.numbers > limits.numbers) throw new Refused([`${this.table.file}: more than ${grouped(limits.numbers)} numbers in features, which is the most this page takes. Use fewer nodes or columns.`]);
    if (type.features.length < from + width) {
      const larger = new Float32Array(Math.max(2 * type.features.length, from + width));
      larger.set(type.features);
      type.features = larger;
    }
    for (let i = 0; i < width; i++) {
      const text = cells[this.features[i]!]!.trim(), v = Math.fround(Number(text));
      if (text === '') return say(`f${i} is empty, but a ${shown(type.name)} has f0 to f${width - 1}. Write a number; 0 if nothing is known.`);
      const wrong = notFeature(text, v);
      if (wrong) return say(`f${i} ${wrong}`);
      type.features[from + i] = v;
    }
  }
}

/** What is wrong with the text of a feature, "" if nothing is; v is its float32. */
function notFeature(text: string, v: number): string {
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return `is ${quote(text)}, want a finite number.`;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    return `${quote(text)} is no number${/^-?\d+,\d+$/.test(text) ? ': write it with a point' : ''}. Want one such as 0.5 or -2e3.`;
  }
  return Math.abs(v) <= maxFeature ? '' : `is ${quote(text)}, want ${featureRange}.`;
}
