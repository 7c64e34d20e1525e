// The rows of edges.csv: source, relation, target.

import type { Table } from './csv';
import { limits } from '../generated/data';
import { grouped, type Relation } from './graph';
import { checkColumns, type NodeRows } from './nodes';
import { quote } from '../lib/foreign';
import { Problems, Refused } from './problems';

/** Edges of one name between two types, in the order of the file. */
interface Pairs { name: string; src: number; dst: number; from: number[]; to: number[] }

export interface EdgeRows {
  /** Reverses included, each behind its relation. */
  relations: Relation[];
  /** Edges that were listed more than once. */
  repeated: number;
  unused: string[];
}

export function readEdges(table: Table, nodes: NodeRows, nodesFile: string): EdgeRows {
  checkColumns(table, ['source', 'target']);
  const { columns } = table;
  const problems = new Problems(), all = new Map<string, Pairs>();
  const [source, relation, target] = ['source', 'relation', 'target'].map((c) => columns.indexOf(c)) as [number, number, number];
  let count = 0;
  table.each((cells, row) => {
    const [from, to] = [source, target].map((at) => {
      const id = cells[at]!.trim(), node = nodes.byId.get(id);
      if (!node) problems.add(`${table.where(row)}: ${columns[at]} ${id === '' ? 'is empty' : `${quote(id)} is in no row of ${nodesFile}`}. Every edge joins two nodes by their id.`);
      return node;
    });
    if (++count > limits.edges) throw new Refused([`${table.file}: more than ${grouped(limits.edges)} edges, which is the most this page takes. Cut a smaller part; “abkd pack” does it for large graphs.`]);
    if (!from || !to) return;
    const name = (relation < 0 ? '' : cells[relation]!.trim()) || 'to';
    const key = `${from.type},${to.type},${name}`;
    let pairs = all.get(key);
    if (!pairs) {
      if (all.size === limits.types) throw new Refused([`${table.file}: more than ${limits.types} relations. Is the column "relation" what it should be?`]);
      all.set(key, pairs = { name, src: from.type, dst: to.type, from: [], to: [] });
    }
    pairs.from.push(from.number);
    pairs.to.push(to.number);
  });
  problems.settle();
  if (count === 0) throw new Refused([`${table.file}: there is no edge below the header.`]);
  return { ...withReverses([...all.values()], nodes, count), unused: columns.filter((c) => c !== '' && !['source', 'relation', 'target'].includes(c)) };
}

/** Messages go both ways: relations within a type are made undirected, others get a reverse unless the file has one. */
function withReverses(all: Pairs[], nodes: NodeRows, count: number): Omit<EdgeRows, 'unused'> {
  const relations: Relation[] = [];
  let kept = 0;
  const add = (p: Pairs, from: number[], to: number[], name = p.name, src = p.src, dst = p.dst) => {
    const r = byDestination(from, to, nodes.types[dst]!.nodes.length);
    relations.push({ src, name, dst, ...r });
    return r.sources.length;
  };
  for (const p of all) {
    if (p.src === p.dst) {
      kept += distinct(p);
      add(p, [...p.from, ...p.to], [...p.to, ...p.from]);
      continue;
    }
    kept += add(p, p.from, p.to);
    const has = (name: string) => all.some((q) => q.name === name && q.src === p.dst && q.dst === p.src);
    if (!has(`rev_${p.name}`) && !(p.name.startsWith('rev_') && has(p.name.slice(4)))) add(p, p.to, p.from, `rev_${p.name}`, p.dst, p.src);
  }
  return { relations, repeated: count - kept };
}

const distinct = (p: Pairs) => new Set(p.from.map((v, i) => v * limits.nodes + p.to[i]!)).size;

/** Edges by destination, each once. */
function byDestination(from: number[], to: number[], rows: number): { degrees: Int32Array; sources: Int32Array } {
  const order = Float64Array.from(from, (v, i) => to[i]! * limits.nodes + v).sort(); // ids are below limits.nodes
  const kept = order.filter((v, i) => v !== order[i - 1]);
  const degrees = new Int32Array(rows);
  for (const v of kept) degrees[Math.floor(v / limits.nodes)]!++;
  return { degrees, sources: Int32Array.from(kept, (v) => v % limits.nodes) };
}
