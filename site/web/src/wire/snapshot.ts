// A snapshot as the page keeps it: what generated/wire.ts reads, checked, with
// whole learning curves.

import { magic, pointColumns, readSnapshot, version, type Point } from '../generated/wire';
import type * as wire from '../generated/wire';
import { Reader } from './reader';

export { phases } from '../generated/wire';
export type { Change, Embedding, Figure, Focused, GraphView, Inspection, Matrix, ModelState, NodeView, Phase, Point, Predictions, Quantity, Smoothness } from '../generated/wire';

export interface Lane extends Omit<wire.Lane, 'earlier' | 'history'> { history: History }

/** What a run is like between two steps. Its seed is exact up to 2^53; the text in experiment has all of it. */
export interface Snapshot extends Omit<wire.Snapshot, 'lanes'> {
  /** The student alone, then the taught one; only the latter if there is one; the teacher while it is taught. */
  lanes: Lane[];
}

/** Nothing of the run is left to train. */
export const isOver = ({ phase }: Snapshot): boolean => phase === 'finished' || phase === 'failed';

const quantities = pointColumns, width = quantities.length;

/** The numbers of points, row by row. */
interface Store { numbers: Float32Array; points: number }

/**
 * A learning curve: a point for each epoch done. It never changes; a longer
 * one that begins like it shares its numbers, so that nothing is copied while
 * a run goes on.
 */
export class History {
  static readonly none = new History({ numbers: new Float32Array(0), points: 0 }, 0);

  private constructor(private readonly store: Store, readonly length: number) {}

  static of(points: Iterable<Point>): History {
    return History.none.after(0, Float32Array.from([...points].flatMap((p) => quantities.map((q) => p[q]))));
  }

  /** The point of index i, counted from the end if that is negative. */
  at(i: number): Point | undefined {
    const k = i < 0 ? this.length + i : i;
    if (k < 0 || k >= this.length) return undefined;
    const point = {} as Point, at = k * width;
    for (let q = 0; q < width; q++) point[quantities[q]!] = this.store.numbers[at + q]!;
    return point;
  }

  /** One quantity of all points. */
  column(quantity: keyof Point): number[] {
    const q = quantities.indexOf(quantity);
    return Array.from({ length: this.length }, (_, i) => this.store.numbers[i * width + q]!);
  }

  /** The first n points of this one, then those of rows. */
  after(n: number, rows: Float32Array): History {
    if (n < 0 || n > this.length) throw new Error(`snapshot: a learning curve goes on after ${n} epochs, but ${this.length} are known`);
    const { store } = this, length = n + rows.length / width;
    const isKnown = (k: number) => quantities.every((_, q) => Object.is(store.numbers[k * width + q], rows[(k - n) * width + q]));
    let same = n;
    while (same < Math.min(length, store.points) && isKnown(same)) same++;
    if (same === length) return new History(store, length);
    const fits = same === store.points && length * width <= store.numbers.length;
    const into = fits ? store : { numbers: new Float32Array(2 * length * width), points: 0 };
    if (!fits) into.numbers.set(store.numbers.subarray(0, same * width));
    into.numbers.set(rows.subarray((same - n) * width), same * width);
    into.points = length;
    return new History(into, length);
  }

  * [Symbol.iterator](): Iterator<Point> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }
}

/**
 * Decodes a snapshot, whose learning curves may go on from those of before, the
 * lanes of the last one. Throws an Error that says what is wrong with the bytes.
 */
export function decodeSnapshot(buffer: ArrayBuffer, before: Lane[] = []): Snapshot {
  const r = new Reader(buffer);
  const head = r.ascii(magic.length);
  if (head !== magic) throw new Error(`snapshot: begins with ${JSON.stringify(head)}, want ${JSON.stringify(magic)}`);
  const v = r.u16();
  if (v !== version) throw new Error(`snapshot: version is ${v}, want ${version}: reload the page`);
  const sent = readSnapshot(r);
  r.end();
  const lanes = sent.lanes.map(({ earlier, history, ...lane }, i) => ({ ...lane, history: (before[i]?.history ?? History.none).after(earlier, history) }));
  const s: Snapshot = { ...sent, lanes };
  check(s);
  return s;
}

/** Refuses an index that points outside what it indexes. */
function check(s: Snapshot): void {
  const below = (what: string, v: number, n: number) => {
    if (v < 0 || v >= n) throw new Error(`snapshot: ${what} is ${v}, want 0..${n - 1}`);
  };
  const g = s.graph;
  for (const rel of g.relations) {
    below(`source type of ${rel.name}`, rel.src, g.types.length);
    below(`destination type of ${rel.name}`, rel.dst, g.types.length);
  }
  for (const n of g.nodes) below('type of a node', n.type, g.types.length);
  for (const e of g.edges) {
    below('relation of an edge', e.rel, g.relations.length);
    below('source of an edge', e.src, g.nodes.length);
    below('destination of an edge', e.dst, g.nodes.length);
  }
  s.inspection.quantities.forEach((q, i) => {
    for (const u of q.uses) below(`what quantity ${i} uses`, u, i);
  });
  for (const e of s.embeddings) {
    if (e.x.length !== e.nodes.length || e.y.length !== e.nodes.length) {
      throw new Error(`snapshot: ${e.x.length} and ${e.y.length} coordinates of layer ${e.layer} of the ${e.model}, want ${e.nodes.length}`);
    }
  }
  if (s.a.length !== s.d.length || s.a[0]?.length !== s.d[0]?.length) {
    throw new Error(`snapshot: A has ${s.a.length} rows and D has ${s.d.length}, want the same shape`);
  }
}

/** The class of each target node that has one in predictions, by its number. */
export function labelsOf({ nodes, label }: Snapshot['predictions']): number[] {
  if (nodes.length === 0) return label;
  const by: number[] = [];
  nodes.forEach((node, row) => { by[node] = label[row]!; });
  return by;
}
