// The binary form of sim.Snapshot, read. sim/codec.go writes it and says what
// it looks like; names here are those of sim/snapshot.go in lower case.

import type { Change, Embedding, Focused, Inspection, Matrix, Predictions } from './shown';

export type * from './shown';

export const phases = ['teaching', 'distilling', 'finished', 'failed'] as const;
export type Phase = (typeof phases)[number];

export interface Snapshot {
  phase: Phase;
  running: boolean;
  epoch: number;
  epochs: number;
  /** Steps done in this epoch, and of an epoch. */
  step: number;
  steps: number;
  /** The furthest epoch of this phase that can be replayed. */
  recorded: number;
  /** Of everything that the next step depends on, as 16 hexadecimal digits. */
  hash: string;
  /** Exact up to 2^53; the experiment's text form in `experiment` has all of it. */
  seed: number;
  backend: string;
  error: string;
  alpha: number;
  beta: number;
  experiment: string;
  teacher: ModelState;
  /** The student alone, then the taught one; only the latter if there is one; the teacher while it is taught. */
  lanes: Lane[];
  a: Matrix;
  d: Matrix;
  /** The structure term of STRIDE, empty for other criteria. */
  g: Matrix;
  graph: GraphView;
  /** What the user changed, in order of time; those that are still to be replayed, too. */
  changes: Change[];
  /** What commands asked to be shown, empty without. */
  inspection: Inspection;
  predictions: Predictions;
  focus: Focused;
  /** One per teacher layer, then one per student layer. */
  embeddings: Embedding[];
  smoothness: { teacher: number[]; student: number[] };
}

export interface ModelState {
  layers: number;
  hidden: number;
  params: number;
  embeddingParams: number;
  bytes: number;
  inferMicros: number;
  loss: number;
  train: number;
  valid: number;
  test: number;
  bestEpoch: number;
}

export interface Lane {
  criterion: string;
  model: ModelState;
  history: History;
}

const quantities = ['total', 'ce', 'kd', 'aux', 'train', 'valid', 'test'] as const;
const width = quantities.length;

/** One epoch. */
export type Point = Record<(typeof quantities)[number], number>;

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
    const n = this.store.numbers, at = k * width;
    return { total: n[at]!, ce: n[at + 1]!, kd: n[at + 2]!, aux: n[at + 3]!, train: n[at + 4]!, valid: n[at + 5]!, test: n[at + 6]! };
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

export interface GraphView {
  types: string[];
  relations: { name: string; src: number; dst: number }[];
  classes: string[];
  target: number;
  nodes: NodeView[];
  edges: { rel: number; src: number; dst: number }[];
  teacherMessages: number[][];
  studentMessages: number[][];
  teacherActs: number[][];
  studentActs: number[][];
}

export interface NodeView {
  type: number;
  id: number;
  hop: number;
  label: number;
  teacher: number;
  student: number;
}

const magic = 'ABKS';
const version = 4;

/**
 * Decodes a snapshot, whose learning curves may go on from those of before, the
 * lanes of the last one. Throws an Error that says what is wrong with the bytes.
 */
export function decodeSnapshot(buffer: ArrayBuffer, before: Lane[] = []): Snapshot {
  const r = new Reader(buffer);
  const head = r.ascii(magic.length);
  if (head !== magic) {
    throw new Error(`snapshot: begins with ${JSON.stringify(head)}, want ${JSON.stringify(magic)}`);
  }
  const v = r.u16();
  if (v !== version) {
    throw new Error(`snapshot: version is ${v}, want ${version}: reload the page`);
  }
  const s: Snapshot = {
    phase: phase(r.u8()),
    running: r.u8() !== 0,
    epoch: r.int(),
    epochs: r.int(),
    step: r.int(),
    steps: r.int(),
    recorded: r.int(),
    hash: r.hex(),
    seed: r.long(),
    backend: r.string(),
    error: r.string(),
    alpha: r.float(),
    beta: r.float(),
    experiment: r.string(),
    teacher: model(r),
    lanes: r.list(4, (i) => ({
      criterion: r.string(),
      model: model(r),
      history: (before[i]?.history ?? History.none).after(r.int(), r.floats(width)),
    })),
    a: r.matrix(),
    d: r.matrix(),
    g: r.matrix(),
    graph: graph(r),
    changes: r.list(12, () => ({ epoch: r.int(), step: r.int(), text: r.string() })),
    inspection: {
      subject: r.string(),
      error: r.string(),
      quantities: r.list(28, () => ({
        symbol: r.string(), of: r.string(), text: r.string(), formula: r.string(), uses: r.ints(), value: r.matrix(),
      })),
    },
    predictions: { label: r.ints(), part: r.ints(), teacher: r.ints(), alone: r.ints(), student: r.ints() },
    focus: focused(r),
    embeddings: r.list(28, () => embedding(r)),
    smoothness: smoothness(r),
  };
  r.end();
  check(s);
  return s;
}

function phase(v: number): Phase {
  const p = phases[v];
  if (p === undefined) throw new Error(`snapshot: phase is ${v}, want 0..${phases.length - 1}`);
  return p;
}

function model(r: Reader): ModelState {
  return {
    layers: r.int(), hidden: r.int(),
    params: r.long(), embeddingParams: r.long(), bytes: r.long(),
    inferMicros: r.float(), loss: r.float(), train: r.float(), valid: r.float(), test: r.float(),
    bestEpoch: r.int(),
  };
}

function graph(r: Reader): GraphView {
  return {
    types: r.strings(),
    relations: r.list(12, () => ({ name: r.string(), src: r.int(), dst: r.int() })),
    classes: r.strings(),
    target: r.int(),
    nodes: r.list(24, () => ({
      type: r.int(), id: r.int(), hop: r.int(), label: r.int(), teacher: r.int(), student: r.int(),
    })),
    edges: r.list(12, () => ({ rel: r.int(), src: r.int(), dst: r.int() })),
    teacherMessages: r.rows(),
    studentMessages: r.rows(),
    teacherActs: r.rows(),
    studentActs: r.rows(),
  };
}

function focused(r: Reader): Focused {
  const label = r.int();
  const [teacher, alone, student] = r.fixedRows(3);
  return { label, teacher: teacher!, alone: alone!, student: student! };
}

function embedding(r: Reader): Embedding {
  const model = r.string(), layer = r.int(), nodes = r.ints();
  const [x, y] = r.fixedRows(2);
  return { model, layer, nodes, x: x!, y: y!, explained: [r.float(), r.float()] };
}

function smoothness(r: Reader): Snapshot['smoothness'] {
  const [teacher, student] = r.fixedRows(2);
  return { teacher: teacher!, student: student! };
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

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(buffer: ArrayBuffer) {
    this.view = new DataView(buffer);
  }

  /** Steps over n bytes and returns where they begin. */
  private take(n: number): number {
    const left = this.view.byteLength - this.at;
    if (left < n) throw new Error(`snapshot: cut short: ${left} bytes left, want ${n}`);
    this.at += n;
    return this.at - n;
  }

  u8() { return this.view.getUint8(this.take(1)); }
  u16() { return this.view.getUint16(this.take(2), true); }
  int() { return this.view.getInt32(this.take(4), true); }
  long() { return Number(this.view.getBigUint64(this.take(8), true)); }
  hex() { return this.view.getBigUint64(this.take(8), true).toString(16).padStart(16, '0'); }
  float() { return this.view.getFloat32(this.take(4), true); }

  ascii(n: number): string {
    const from = this.take(n);
    return String.fromCharCode(...new Uint8Array(this.view.buffer, from, n));
  }

  string(): string {
    const n = this.count(1);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.take(n), n));
  }

  strings(): string[] { return this.list(4, () => this.string()); }
  ints(): number[] { return this.list(4, () => this.int()); }
  rows(): number[][] { return this.list(4, () => this.list(4, () => this.float())); }

  fixedRows(n: number): number[][] {
    const rows = this.rows();
    if (rows.length !== n) throw new Error(`snapshot: ${rows.length} rows, want ${n}`);
    return rows;
  }

  /** Reads a length and refuses one that cannot be there before anything is allocated. */
  private count(size: number): number {
    const n = this.int();
    const left = this.view.byteLength - this.at;
    if (n < 0 || n * size > left) {
      throw new Error(`snapshot: ${n} elements of at least ${size} bytes, but ${left} bytes are left`);
    }
    return n;
  }

  list<T>(size: number, read: (i: number) => T): T[] {
    const n = this.count(size);
    const out: T[] = [];
    for (let i = 0; i < n; i++) out.push(read(i));
    return out;
  }

  /** Reads rows of that many numbers. */
  floats(width: number): Float32Array {
    const out = new Float32Array(this.count(4 * width) * width), from = this.take(4 * out.length);
    for (let i = 0; i < out.length; i++) out[i] = this.view.getFloat32(from + 4 * i, true);
    return out;
  }

  matrix(): Matrix {
    const rows = this.int(), cols = this.int();
    const left = this.view.byteLength - this.at;
    if (rows < 0 || cols < 0 || rows * cols * 4 > left || (cols === 0 && rows > 0)) {
      throw new Error(`snapshot: a matrix of ${rows}×${cols}, but ${left} bytes are left`);
    }
    return Array.from({ length: rows }, () => Array.from({ length: cols }, () => this.float()));
  }

  end(): void {
    const left = this.view.byteLength - this.at;
    if (left > 0) throw new Error(`snapshot: ${left} bytes are left over`);
  }
}
