// A graph in one JSON file: {"nodes": [{...}], "edges": [{...}]}, with the
// fields of the CSV files; features may be f0, f1, … or an array "features".

import { listed, quote } from '../lib/foreign';
import { checkWidth, type Table } from './csv';
import { limits } from '../generated/data';
import { grouped } from './graph';
import { Refused } from './problems';

export interface JSONGraph { name: string; nodes: Table; edges: Table; notes: string[] }

const advice = 'It holds one object, {"nodes": [{"id": …}, …], "edges": [{"source": …, "target": …}, …]}.';

export function readJSON(text: string, file: string): JSONGraph {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (err) {
    throw new Refused([`${file}: this is no JSON (${(err as Error).message}). ${advice}`]);
  }
  const numbers = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '""').match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? [];
  const large = numbers.find((n) => /^-?\d{16,}$/.test(n) && !Number.isSafeInteger(Number(n)));
  if (large) throw new Refused([`${file}: ${large.slice(0, 40)} is larger than JSON numbers are exact in a browser (2^53), and would be rounded to another. Write it as a text, "${large.slice(0, 40)}", wherever it stands.`]);
  const written = (v: number) => numbers.find((n) => Number(n) === v) ?? String(v);
  const { nodes, edges: given, links, name, ...others } = isObject(value) ? value : {};
  const edges = given ?? links; // networkx and D3 call them links
  if (!Array.isArray(nodes) || !Array.isArray(edges)) {
    const missing = Array.isArray(nodes) ? 'edges' : 'nodes';
    throw new Refused([`${file}: there is no list "${missing}"${missing === 'edges' ? ' and none "links"' : ''}. ${advice}`]);
  }
  const notes: string[] = [], unused = Object.keys(others);
  if (edges === given && links !== undefined) notes.push(`${file}: there are “edges” and “links”: “edges” is read, “links” is not.`);
  if (unused.length > 0) notes.push(`${file}: not used: ${listed(unused)}.`);
  return { name: typeof name === 'string' ? name : '', nodes: table(nodes, 'nodes', file, written), edges: table(edges, 'edges', file, written), notes };
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** Columns that name a node: a number in them is taken digit by digit. */
const names = new Set(['id', 'source', 'target']);

/** Columns whose numbers become texts. */
const known = new Set(['type', 'label', 'name', 'relation', 'split']);

/** Written gives a number as it stands in the file. */
function table(list: unknown[], part: string, file: string, written: (v: number) => string): Table {
  const where = (at: number) => `${file}, ${part}[${at}]`;
  const columns = new Set<string>();
  let width = 0;
  list.forEach((entry, at) => {
    if (!isObject(entry)) throw new Refused([`${where(at)}: ${JSON.stringify(entry)?.slice(0, 40)} is no object. ${advice}`]);
    for (const [key, v] of Object.entries(entry)) {
      if (key === 'features' && Array.isArray(v)) width = Math.max(width, v.length);
      else columns.add(key);
    }
    if (width > limits.width) throw new Refused([`${where(at)}: ${grouped(width)} features: this page takes at most ${grouped(limits.width)}.`]);
    checkWidth(columns.size, file);
  });
  for (let i = 0; i < width; i++) columns.add(`f${i}`);
  const all = [...columns];
  const cells: string[] = all.map(() => '');
  return {
    file, columns: all, where, short: 0,
    each: (row) => list.forEach((entry, at) => {
      const { features, ...fields } = entry as Record<string, unknown>;
      all.forEach((name, i) => {
        const v = (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? (Array.isArray(features) && /^f\d+$/.test(name) ? features[Number(name.slice(1))] : undefined);
        if (typeof v === 'object' && v !== null) throw new Refused([`${where(at)}: ${quote(name).slice(1, -1)} is a list or an object. Want a text or a number.`]);
        if (typeof v === 'number' && (names.has(name) ? !Number.isSafeInteger(v) : known.has(name) && Math.abs(v) > Number.MAX_SAFE_INTEGER)) {
          throw new Refused([`${where(at)}: ${name} ${written(v).slice(0, 40)} is a number that a browser may round to another (want a whole one below 2^53). Write it as a text, "${written(v).slice(0, 40)}", wherever it stands.`]);
        }
        cells[i] = v === undefined || v === null ? '' : String(v).replace(/\p{Cs}/gu, '\ufffd'); // half a character is none
      });
      row(cells, at);
    }),
  };
}
