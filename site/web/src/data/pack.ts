// The pack file of gnn/graph/pack.go, which says what it looks like: written
// for the trainer, which is Go, and read for the preview.

import type { Graph, NodeType, Relation } from './graph';
import { Refused } from './problems';

const magic = 'ABKDPACK', version = 1, header = 24;
const noFeatures = 0, float32 = 1, int8 = 2;
const isDerived = 1, hasNames = 2, hasYears = 4;

/** Writes a graph without a teacher; features are float32. */
export function encodePack(g: Graph): ArrayBuffer {
  const w = new Writer();
  w.text(g.name);
  w.u32(g.types.length);
  for (const t of g.types) {
    w.text(t.name);
    w.u32(t.count);
    w.u8((t.derived ? isDerived : 0) | (t.names ? hasNames : 0) | (t.years ? hasYears : 0));
    w.u8(t.width > 0 ? float32 : noFeatures);
    w.u32(t.width);
    for (const v of t.features) w.f32(v);
    for (const name of t.names ?? []) w.text(name);
    w.ints(t.years ?? []);
  }
  w.u32(g.relations.length);
  for (const r of g.relations) {
    w.u32(r.src);
    w.text(r.name);
    w.u32(r.dst);
    w.u32(r.sources.length);
    w.ints(r.degrees);
    w.ints(r.sources);
  }
  w.u32(g.target);
  w.u32(g.classes);
  w.u8(g.classNames ? 1 : 0);
  for (const name of g.classNames ?? []) w.text(name);
  w.ints(g.labels);
  w.u32(g.splits.length);
  for (const s of g.splits) {
    w.text(s.name);
    for (const nodes of [s.train, s.valid, s.test]) {
      w.u32(nodes.length);
      w.ints(nodes);
    }
  }
  w.u32(0); // no teacher
  return w.seal();
}

/** Reads a pack and the size of its teacher. What it holds is checked by the trainer, before it is used. */
export function decodePack(bytes: ArrayBuffer, file: string): { graph: Graph; teacher: number } {
  const start = new TextDecoder('latin1').decode(new Uint8Array(bytes, 0, Math.min(8, bytes.byteLength)));
  if (bytes.byteLength < header || start !== magic) throw new Refused([`${file}: this is no pack: it begins with ${JSON.stringify(start)}, want "${magic}".`]);
  const view = new DataView(bytes);
  const v = view.getUint32(8, true), size = Number(view.getBigUint64(16, true)), rest = new Uint8Array(bytes, header);
  if (v !== version) throw new Refused([`${file}: this is a pack of version ${v}, and this page reads version ${version}: pack the graph again.`]);
  if (size !== rest.length) throw new Refused([`${file}: ${rest.length} bytes follow the header and ${size} are announced: the file is cut short or has been added to.`]);
  if (crc32c(rest) !== view.getUint32(12, true)) throw new Refused([`${file}: the checksum is wrong: the file is damaged. Get it or make it again.`]);
  const r = new Reader(bytes, file);
  const name = r.text();
  const types = r.list(14, () => nodeType(r));
  const relations = r.list(16, () => relation(r, types));
  const target = r.u32(), classes = r.u32();
  if (!types[target]) r.fail(`target type is ${target} of ${types.length}`);
  const classNames = r.u8() === 1 ? r.texts(classes) : null;
  const labels = r.ints(types[target]!.count);
  const splits = r.list(16, () => ({ name: r.text(), train: r.ints(r.u32()), valid: r.ints(r.u32()), test: r.ints(r.u32()) }));
  const teacher = r.u32();
  if (teacher !== r.left) r.fail(`teacher is ${teacher} bytes long, but ${r.left} are left`);
  return { graph: { name, types, relations, target, classes, classNames, labels, splits }, teacher };
}

function nodeType(r: Reader): NodeType {
  const name = r.text(), count = r.u32(), bits = r.u8(), form = r.u8(), width = r.u32();
  let features = new Float32Array(0);
  if (form === float32) {
    features = r.floats(count * width);
  } else if (form === int8) {
    const scale = r.floats(width), b = r.bytes(count * width);
    features = Float32Array.from(b, (q, i) => ((q << 24) >> 24) * scale[i % width]!);
  }
  return {
    name, count, width, features, derived: (bits & isDerived) !== 0,
    names: bits & hasNames ? r.texts(count) : null, years: bits & hasYears ? r.ints(count) : null,
  };
}

function relation(r: Reader, types: NodeType[]): Relation {
  const src = r.u32(), name = r.text(), dst = r.u32(), edges = r.u32();
  if (!types[src] || !types[dst]) r.fail(`relation ${name} is from type ${src} to ${dst} of ${types.length}`);
  return { src, name, dst, degrees: r.ints(types[dst]!.count), sources: r.ints(edges) };
}

class Writer {
  private b = new Uint8Array(1 << 16);
  private view = new DataView(this.b.buffer);
  private n = header;

  private room(size: number): number {
    const at = this.n;
    this.n += size;
    if (this.n > this.b.length) {
      const larger = new Uint8Array(Math.max(2 * this.b.length, this.n));
      larger.set(this.b);
      this.b = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(v: number): void { const at = this.room(1); this.b[at] = v; }
  u32(v: number): void { const at = this.room(4); this.view.setUint32(at, v, true); }
  f32(v: number): void { const at = this.room(4); this.view.setFloat32(at, v, true); }

  ints(all: ArrayLike<number>): void {
    const at = this.room(4 * all.length);
    for (let i = 0; i < all.length; i++) this.view.setInt32(at + 4 * i, all[i]!, true);
  }

  text(s: string): void {
    const b = new TextEncoder().encode(s);
    this.u32(b.length);
    const at = this.room(b.length);
    this.b.set(b, at);
  }

  /** The bytes, with the header filled in. */
  seal(): ArrayBuffer {
    this.b.set(new TextEncoder().encode(magic));
    this.view.setUint32(8, version, true);
    this.view.setUint32(12, crc32c(this.b.subarray(header, this.n)), true);
    this.view.setBigUint64(16, BigInt(this.n - header), true);
    return this.b.slice(0, this.n).buffer;
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

class Reader {
  private at = header;
  private readonly view: DataView;

  constructor(private readonly buffer: ArrayBuffer, private readonly file: string) { this.view = new DataView(buffer); }

  get left() { return this.buffer.byteLength - this.at; }

  fail(what: string): never { throw new Refused([`${this.file}, byte ${this.at}: ${what}: the file is damaged. Get it or make it again.`]); }

  private take(n: number): number {
    if (n > this.left) this.fail(`${n} bytes are announced, but ${this.left} are left`);
    const at = this.at;
    this.at += n;
    return at;
  }

  u8(): number { return this.view.getUint8(this.take(1)); }
  u32(): number { return this.view.getUint32(this.take(4), true); }
  bytes(n: number): Uint8Array { return new Uint8Array(this.buffer, this.take(n), n); }

  ints(n: number): Int32Array {
    const at = this.take(4 * n);
    return Int32Array.from({ length: n }, (_, i) => this.view.getInt32(at + 4 * i, true));
  }

  floats(n: number): Float32Array<ArrayBuffer> {
    const at = this.take(4 * n);
    return Float32Array.from({ length: n }, (_, i) => this.view.getFloat32(at + 4 * i, true));
  }

  text(): string { return utf8.decode(this.bytes(this.u32())); }
  texts(n: number): string[] { return this.many(n, 4, () => this.text()); }

  /** A list behind its length, of which each entry has at least least bytes. */
  list<T>(least: number, one: () => T): T[] { return this.many(this.u32(), least, one); }

  private many<T>(n: number, least: number, one: () => T): T[] {
    if (n * least > this.left) this.fail(`${n} entries are announced, but ${this.left} bytes are left`);
    return Array.from({ length: n }, one);
  }
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0x82f63b78 : n >>> 1;
  return n >>> 0;
});

/** The CRC-32C (Castagnoli) of b. */
export function crc32c(b: Uint8Array): number {
  let c = ~0;
  for (let i = 0; i < b.length; i++) c = table[(c ^ b[i]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}
