// A graph in one JSON file: {"nodes": [{...}], "edges": [{...}]}, with the
// fields of the CSV files; features may be f0, f1, … or an array "features".

import type { Table } from './csv';
import { Refused } from './problems';

export interface JSONGraph { name: string; nodes: Table; edges: Table }

const advice = 'It holds one object, {"nodes": [{"id": …}, …], "edges": [{"source": …, "target": …}, …]}.';

export function readJSON(text: string, file: string): JSONGraph {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (err) {
    throw new Refused([`${file}: this is no JSON (${(err as Error).message}). ${advice}`]);
  }
  const large = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '""').match(/(?<![\d.])\d{16,}(?![\d.eE])/g)?.find((n) => !Number.isSafeInteger(Number(n)));
  if (large) throw new Refused([`${file}: ${large.slice(0, 40)} is larger than JSON numbers are exact in a browser (2^53), and would be rounded to another. Write it as a text, "${large.slice(0, 40)}", wherever it stands.`]);
  const { nodes, edges: given, links, name } = isObject(value) ? value : {};
  const edges = given ?? links; // networkx and D3 call them links
  if (!Array.isArray(nodes) || !Array.isArray(edges)) {
    const missing = Array.isArray(nodes) ? 'edges' : 'nodes';
    throw new Refused([`${file}: there is no list "${missing}"${missing === 'edges' ? ' and none "links"' : ''}. ${advice}`]);
  }
  return { name: typeof name === 'string' ? name : '', nodes: table(nodes, 'nodes', file), edges: table(edges, 'edges', file) };
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

function table(list: unknown[], part: string, file: string): Table {
  const where = (at: number) => `${file}, ${part}[${at}]`;
  const columns = new Set<string>();
  let width = 0;
  list.forEach((entry, at) => {
    if (!isObject(entry)) throw new Refused([`${where(at)}: ${JSON.stringify(entry)?.slice(0, 40)} is no object. ${advice}`]);
    for (const [key, v] of Object.entries(entry)) {
      if (key === 'features' && Array.isArray(v)) width = Math.max(width, v.length);
      else columns.add(key);
    }
  });
  for (let i = 0; i < width; i++) columns.add(`f${i}`);
  const names = [...columns];
  const cells: string[] = names.map(() => '');
  return {
    file, columns: names, where, short: 0,
    each: (row) => list.forEach((entry, at) => {
      const { features, ...fields } = entry as Record<string, unknown>;
      names.forEach((name, i) => {
        const v = (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? (Array.isArray(features) && /^f\d+$/.test(name) ? features[Number(name.slice(1))] : undefined);
        if (typeof v === 'object' && v !== null) throw new Refused([`${where(at)}: ${name} is a list or an object. Want a text or a number.`]);
        cells[i] = v === undefined || v === null ? '' : String(v);
      });
      row(cells, at);
    }),
  };
}
