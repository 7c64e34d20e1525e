// The pack file of gnn/graph/pack.go, which says what it looks like: written
// for the trainer, which is Go, and read for the preview.

import { maxFeature, maxPackClasses, packMagic, packVersion, splitNameWanted } from '../generated/data';
import { quote } from '../lib/foreign';
import type { Graph, NodeType, Relation, Split } from './graph';
import { parts } from './nodes';
import { Refused } from './problems';

const header = 24;
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

/**
 * Reads a pack and the size of its teacher, or throws Refused: the checks are
 * those of DecodePack in gnn/graph, so that the preview never shows what the
 * trainer would not take. The teacher is not looked into.
 */
export function decodePack(bytes: ArrayBuffer, file: string): { graph: Graph; teacher: number } {
  const start = new TextDecoder('latin1').decode(new Uint8Array(bytes, 0, Math.min(8, bytes.byteLength)));
  if (bytes.byteLength < header || start !== packMagic) throw new Refused([`${file}: this is no pack: it begins with ${quote(start)}, want "${packMagic}".`]);
  const view = new DataView(bytes);
  const v = view.getUint32(8, true), size = view.getBigUint64(16, true), rest = new Uint8Array(bytes, header);
  if (v !== packVersion) throw new Refused([`${file}: this is a pack of version ${v}, and this page reads version ${packVersion}: pack the graph again.`]);
  if (size !== BigInt(rest.length)) throw new Refused([`${file}: ${rest.length} bytes follow the header and ${size} are announced: the file is cut short or has been added to.`]);
  if (crc32c(rest) !== view.getUint32(12, true)) throw new Refused([`${file}: the checksum is wrong: the file is damaged. Get it or make it again.`]);
  const r = new Reader(bytes, file);
  const name = r.text('name of the graph');
  const types = readTypes(r, rest.length);
  const relations = r.list(16, 'relations', () => relation(r, types));
  const target = r.u32(), classes = r.u32();
  if (target >= types.length || classes > maxPackClasses) r.fail(`target type is ${target} and there are ${classes} classes, want a type below ${types.length} and at most ${maxPackClasses} classes`);
  const mark = r.u8();
  if (mark > 1) r.fail(`the mark for names of classes is ${mark}, want 0 or 1`);
  const classNames = mark === 1 ? r.texts(classes, 'names of classes') : null;
  const labels = r.ints(types[target]!.count, 'labels');
  const wrong = labels.findIndex((c) => c < -1 || c >= classes);
  if (wrong >= 0) r.fail(`label of node ${wrong} is ${labels[wrong]}, want 0 to ${classes - 1}, or -1 for none`);
  const splits = r.list(16, 'splits', () => split(r, labels));
  const teacher = r.u32();
  if (teacher !== r.left) r.fail(`the teacher is ${teacher} bytes long, but ${r.left} bytes are left`);
  return { graph: { name, types, relations, target, classes, classNames, labels, splits }, teacher };
}

function readTypes(r: Reader, size: number): NodeType[] {
  const before = new Set<string>();
  const types = r.list(14, 'node types', () => {
    const t = nodeType(r);
    if (before.has(t.name)) r.fail(`two node types are called ${quote(t.name)}, want different names`);
    before.add(t.name);
    return t;
  });
  const nodes = types.reduce((n, t) => n + t.count, 0);
  if (nodes > size) r.fail(`${nodes} nodes in ${size} bytes, want at least a byte for each`);
  return types;
}

function nodeType(r: Reader): NodeType {
  const name = r.text('name of a node type'), called = quote(name);
  const count = r.u32(), bits = r.u8(), form = r.u8(), width = r.u32();
  if (count > 0x7fffffff) r.fail(`node type ${called} has ${count} nodes, want at most ${0x7fffffff}`);
  if (bits > (isDerived | hasNames | hasYears) || form > int8 || (form === noFeatures) !== (width === 0)) {
    r.fail(`node type ${called} has bits ${bits} and features of kind ${form}, ${width} wide; want bits up to 7, a kind up to 2, and a width unless the kind is 0`);
  }
  let features = new Float32Array(0);
  if (form === float32) {
    features = r.floats(count * width, `features of ${called}`, -maxFeature);
  } else if (form === int8) {
    const scale = r.floats(width, `scales of ${called}`, 0, Math.fround(maxFeature / 126)), b = r.bytes(count * width, `features of ${called}`);
    features = new Float32Array(b.length);
    for (let i = 0; i < b.length; i++) features[i] = ((b[i]! << 24) >> 24) * scale[i % width]!;
  }
  return {
    name, count, width, features, derived: (bits & isDerived) !== 0,
    names: bits & hasNames ? r.texts(count, `names of ${called}`) : null, years: bits & hasYears ? r.ints(count, `years of ${called}`) : null,
  };
}

function relation(r: Reader, types: NodeType[]): Relation {
  const src = r.u32(), name = r.text('name of a relation'), called = quote(name), dst = r.u32();
  if (!types[src] || !types[dst]) r.fail(`relation ${called} is from type ${src} to ${dst}, want 0 to ${types.length - 1}`);
  const edges = r.u32(), degrees = r.ints(types[dst]!.count, `in-degrees of ${called}`);
  let sum = 0;
  for (const d of degrees) sum += d >>> 0;
  if (sum !== edges) r.fail(`in-degrees of relation ${called} sum to ${sum}, want its ${edges} edges`);
  const sources = r.ints(edges, `edges of ${called}`), { count } = types[src]!;
  for (let v = 0, i = 0; v < degrees.length; v++) {
    for (let last = -1, end = i + degrees[v]!; i < end; i++) {
      if (sources[i]! <= last || sources[i]! >= count) r.fail(`relation ${called}: node ${v} has an edge from node ${sources[i]} after ${last}, want increasing ones from 0 to ${count - 1}`);
      last = sources[i]!;
    }
  }
  return { src, name, dst, degrees, sources };
}

function split(r: Reader, labels: Int32Array): Split {
  const name = r.text('name of a split'), called = quote(name);
  if (name === '' || /[&=#\s\p{Cc}]/u.test(name)) r.fail(`name of a split is ${called}, want ${splitNameWanted}`);
  const before = new Uint8Array(labels.length); // 1 + the part that a node is in
  const [train, valid, test] = parts.map((part, p) => {
    const nodes = r.ints(r.u32(), `${part} nodes of split ${called}`);
    for (const v of nodes) {
      if (v < 0 || v >= labels.length) r.fail(`split ${called}: ${part} has node ${v}, want 0 to ${labels.length - 1}`);
      if (labels[v]! < 0) r.fail(`split ${called}: ${part} has node ${v}, which has no label`);
      if (before[v]) r.fail(`split ${called}: ${part} has node ${v}, which is in ${parts[before[v]! - 1]} already`);
      before[v] = p + 1;
    }
    return nodes;
  }) as [Int32Array, Int32Array, Int32Array];
  return { name, train, valid, test };
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
    this.b.set(new TextEncoder().encode(packMagic));
    this.view.setUint32(8, packVersion, true);
    this.view.setUint32(12, crc32c(this.b.subarray(header, this.n)), true);
    this.view.setBigUint64(16, BigInt(this.n - header), true);
    return this.b.slice(0, this.n).buffer;
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Takes from the front; nothing is allocated for what is not there. */
class Reader {
  private at = header;
  private readonly view: DataView;

  constructor(private readonly buffer: ArrayBuffer, private readonly file: string) { this.view = new DataView(buffer); }

  get left() { return this.buffer.byteLength - this.at; }

  fail(what: string): never { throw new Refused([`${this.file}, byte ${this.at}: ${what}: the file does not hold together. Get it or make it again.`]); }

  private take(n: number, what: string): number {
    if (n > this.left) this.fail(`${what}: ${n} bytes are announced, but ${this.left} are left`);
    const at = this.at;
    this.at += n;
    return at;
  }

  u8(): number { return this.view.getUint8(this.take(1, 'a byte')); }
  u32(): number { return this.view.getUint32(this.take(4, 'a number'), true); }
  bytes(n: number, what: string): Uint8Array { return new Uint8Array(this.buffer, this.take(n, what), n); }

  ints(n: number, what: string): Int32Array {
    const at = this.take(4 * n, what), all = new Int32Array(n);
    for (let i = 0; i < n; i++) all[i] = this.view.getInt32(at + 4 * i, true);
    return all;
  }

  floats(n: number, what: string, from: number, to = maxFeature): Float32Array<ArrayBuffer> {
    const at = this.take(4 * n, what), all = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      const v = this.view.getFloat32(at + 4 * i, true);
      if (!(v >= from && v <= to)) this.fail(`${what}: number ${i} is ${v}, want a finite one from ${from.toPrecision(3)} to ${to.toPrecision(3)}`);
      all[i] = v;
    }
    return all;
  }

  text(what: string): string {
    const b = this.bytes(this.u32(), what);
    try {
      return utf8.decode(b);
    } catch {
      return this.fail(`${what} is no UTF-8 text`);
    }
  }

  texts(n: number, what: string): string[] { return this.many(n, 4, what, () => this.text(what)); }

  /** A list behind its length, of which each entry has at least least bytes. */
  list<T>(least: number, what: string, one: () => T): T[] { return this.many(this.u32(), least, what, one); }

  private many<T>(n: number, least: number, what: string, one: () => T): T[] {
    if (n * least > this.left) this.fail(`${what}: ${n} are announced, but ${this.left} bytes are left`);
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
