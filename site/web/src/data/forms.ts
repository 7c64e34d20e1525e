// Tables of other programs, told by their header: what they are and what to change.

import { quote } from '../lib/foreign';
import type { Table } from './csv';

/** Columns as other programs call them, in small letters, and what they are called here. */
const neo4j: [RegExp, string, string][] = [
  [/^[^:]*:id(\(.*\))?$/, ':ID', 'id'], [/^:label$/, ':LABEL', 'type'],
  [/^:start_id(\(.*\))?$/, ':START_ID', 'source'], [/^:end_id(\(.*\))?$/, ':END_ID', 'target'], [/^:type$/, ':TYPE', 'relation'],
];
const dgl = new Map([['node_id', 'id'], ['src_id', 'source'], ['dst_id', 'target']]);
const others = new Map([
  ...['nodeid', 'node', 'nid'].map((c) => [c, 'id'] as const),
  ...['src', 'from', 'sourceid', 'source_id', 'u'].map((c) => [c, 'source'] as const),
  ...['dst', 'dest', 'to', 'targetid', 'target_id', 'v'].map((c) => [c, 'target'] as const),
]);

const renamed = (pairs: (readonly [string, string])[]) => `Rename ${pairs.map(([from, to]) => `${quote(from)} to "${to}"`).join(', ')}`;

/** What follows the name of a file whose header is neither of nodes nor of edges. */
export function otherForm({ columns, file }: Table): string {
  const has = (c: string) => columns.includes(c);
  const imports = neo4j.flatMap(([pattern, from, to]) => (columns.some((c) => pattern.test(c)) ? [[from, to] as const] : []));
  if (imports.some(([, to]) => to !== 'relation')) {
    const nodes = imports.some(([, to]) => to === 'id');
    return `: this is a file for neo4j-admin import. ${renamed(imports)}${nodes ? '; the column of the class to be learned is to be called "label", and ids must differ between the types' : ''}.`;
  }
  const named = (names: Map<string, string>) => [...names].filter(([from, to]) => has(from) && !has(to));
  if (named(dgl).length > 0) {
    const feat = has('feat') ? '; its lists in "feat" are to be columns f0, f1, …, a number in each' : '';
    const masks = has('train_mask') ? '; instead of masks there is one column "split" with train, valid or test' : '';
    return `: the columns are named as DGL’s CSVDataset has them. ${renamed(named(dgl))}${feat}${masks}.`;
  }
  if (isContent(columns)) {
    return `: this looks like Planetoid’s .content: an id, words as 0 and 1, and a class in each row, without a header. Write a first row with the columns id, f0 to f${columns.length - 3}, label, separated as the file is. The file .cites beside it gets the first row target, source (it lists the cited paper first).`;
  }
  if (columns.length === 2 && (columns.every((c) => /^\d+$/.test(c)) || /\.cites$/i.test(file))) {
    return ': these look like edges without a header, as Planetoid’s .cites. Write a first row with the columns source, target; for .cites it is target, source (it lists the cited paper first).';
  }
  const similar = named(others);
  const advice = similar.length > 0 ? ` ${renamed(similar)}.` : '';
  return `, row 1: the header is ${quote(columns.slice(0, 20).join(','))}${columns.length > 20 ? ` and more, ${columns.length} columns in all` : ''}. Want a column "id" for nodes, or "source" and "target" for edges.${advice}`;
}

/** The first row is an id, numbers of words, and a class. */
function isContent(columns: string[]): boolean {
  return columns.length > 3 && columns.slice(1, -1).every((c) => /^[\d.]+$/.test(c)) && !/^[\d.]*$/.test(columns.at(-1)!);
}
