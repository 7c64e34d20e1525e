// Packs that do not hold together: each is refused in one sentence, as Go does.

import { describe, expect, it, vi } from 'vitest';
import type { Graph } from '../src/data/graph';
import { crc32c, decodePack, encodePack } from '../src/data/pack';
import { Refused } from '../src/data/problems';
import { open, type Source } from '../src/data/read';

vi.setConfig({ testTimeout: 0 }); // a busy machine is slow

const ints = (...all: number[]) => Int32Array.from(all);

const graph = (): Graph => ({
  name: 'g', target: 0, classes: 2, classNames: ['one', 'two'], labels: ints(1, 0, -1),
  types: [
    { name: 'paper', count: 3, width: 2, features: Float32Array.of(1, 2, 3, 4, 5, 6), derived: false, names: ['a', 'b', 'c'], years: ints(7, 8, 9) },
    { name: 'author', count: 2, width: 0, features: new Float32Array(0), derived: false, names: null, years: null },
  ],
  relations: [{ src: 1, name: 'writes', dst: 0, degrees: ints(2, 0, 1), sources: ints(0, 1, 1) }],
  splits: [{ name: 's', train: ints(0), valid: ints(1), test: ints() }],
});

/** The pack with bytes changed and a fitting checksum. */
function patched(change: (b: Uint8Array<ArrayBuffer>, view: DataView) => void): ArrayBuffer {
  const b = new Uint8Array(encodePack(graph()));
  change(b, new DataView(b.buffer));
  return sealed(b);
}

function sealed(b: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const view = new DataView(b.buffer);
  view.setBigUint64(16, BigInt(b.length - 24), true);
  view.setUint32(12, crc32c(b.subarray(24)), true);
  return b.buffer;
}

const made = (change: (g: Graph) => void): ArrayBuffer => {
  const g = graph();
  change(g);
  return encodePack(g);
};

const file = (bytes: ArrayBuffer): Source => new File([bytes], 'x.pack');
const firstType = 24 + 4 + 1 + 4; // behind the graph's name and the number of types
const form = firstType + 4 + 'paper'.length + 4 + 1;

describe('a pack that does not hold together', () => {
  it('is made of one that does', async () => {
    expect(decodePack(encodePack(graph()), 'x').graph).toEqual(graph());
    expect((await open([file(encodePack(graph()))], 1)).preview.notes.join(' ')).toMatch(/No node is a test node/);
  });

  it.each<[string, () => ArrayBuffer, RegExp]>([
    ['an unknown kind of features', () => patched((b) => { b[form] = 7; }), /node type "paper" has bits 6 and features of kind 7, 2 wide/],
    ['unknown bits', () => patched((b) => { b[form - 1] = 8; }), /bits 8/],
    ['features of no width', () => patched((_, v) => v.setUint32(form + 1, 0, true)), /kind 1, 0 wide/],
    ['a width without features', () => patched((b) => { b[form] = 0; }), /kind 0, 2 wide/],
    ['a feature that is no number', () => made((g) => { g.types[0]!.features[1] = NaN; }), /features of "paper": number 1 is NaN/],
    ['an infinite feature', () => made((g) => { g.types[0]!.features[1] = -Infinity; }), /number 1 is -Infinity/],
    ['a feature too large', () => made((g) => { g.types[0]!.features[5] = 2e38; }), /number 5 is 1.99\d*e\+38, want a finite one from -1.00e\+38 to 1.00e\+38/],
    ['a name that is no text', () => patched((b) => { b[firstType + 4] = 0xff; }), /name of a node type is no UTF-8 text/],
    ['two types of a name', () => made((g) => { g.types[1]!.name = 'paper'; }), /two node types are called "paper"/],
    ['a source type that is none', () => made((g) => { g.relations[0]!.src = 2; }), /relation "writes" is from type 2 to 0, want 0 to 1/],
    ['degrees that do not sum to the edges', () => made((g) => { g.relations[0]!.degrees[1] = 1; }), /in-degrees of relation "writes" sum to 4, want its 3 edges/],
    ['a degree below 0', () => made((g) => { g.relations[0]!.degrees[1] = -1; }), /in-degrees of relation "writes" sum to 4294967298/],
    ['an edge from no node', () => made((g) => { g.relations[0]!.sources[2] = 2; }), /node 2 has an edge from node 2 after -1, want increasing ones from 0 to 1/],
    ['an edge from below 0', () => made((g) => { g.relations[0]!.sources[0] = -5; }), /an edge from node -5/],
    ['an edge twice', () => made((g) => { g.relations[0]!.sources[1] = 0; }), /node 0 has an edge from node 0 after 0/],
    ['a target type that is none', () => patched((b, v) => v.setUint32(indexOfTarget(b), 9, true)), /target type is 9/],
    ['a class that is none', () => made((g) => { g.labels[0] = 2; }), /label of node 0 is 2, want 0 to 1, or -1 for none/],
    ['a label below -1', () => made((g) => { g.labels[0] = -2; }), /label of node 0 is -2/],
    ['a split without a name', () => made((g) => { g.splits[0]!.name = ''; }), /name of a split is "", want a name without blanks, control characters, &, = and #/],
    ['a split that no link can name', () => made((g) => { g.splits[0]!.name = 'a=b'; }), /name of a split is "a=b", want a name without blanks/],
    ['a split of no node', () => made((g) => { g.splits[0]!.train = ints(3); }), /split "s": train has node 3, want 0 to 2/],
    ['a split with a node without label', () => made((g) => { g.splits[0]!.test = ints(2); }), /test has node 2, which has no label/],
    ['a node in two parts', () => made((g) => { g.splits[0]!.test = ints(0); }), /test has node 0, which is in train already/],
    ['more names than there are', () => patched((_, v) => v.setUint32(firstType, 0xffffffff, true)), /name of a node type: 4294967295 bytes are announced/],
    ['more types than there are', () => patched((_, v) => v.setUint32(firstType - 4, 0xffffffff, true)), /node types: 4294967295 are announced/],
    ['bytes behind the end', () => { const b = new Uint8Array(encodePack(graph())); return sealed(Uint8Array.from([...b, 0, 0])); }, /teacher is 0 bytes long, but 2 bytes are left/],
    ['too many types', () => made((g) => { for (let i = 0; i < 63; i++) g.types.push({ ...g.types[1]!, name: `t${i}` }); }), /65 types of nodes: this page takes at most 64/],
    ['too many relations', () => made((g) => { for (let i = 0; i < 128; i++) g.relations.push({ ...g.relations[0]!, name: `r${i}` }); }), /129 relations, reverses included: this page takes at most 128/],
    ['too many classes', () => made((g) => { g.classes = 8193; g.classNames = null; }), /8,193 classes: this page takes at most 8,192/],
    ['a name without end', () => made((g) => { g.classNames![0] = 'é'.repeat(2049); }), /4,098 bytes in the longest name: this page takes at most 4,096/],
    ['no split', () => made((g) => { g.splits = []; }), /it has no split/],
    ['no training nodes', () => made((g) => { g.splits[0]!.train = ints(); }), /split "s" has no training nodes/],
  ])('is told: %s', async (_, make, want) => {
    const err: unknown = await open([file(make())], 1).then(() => undefined, (e: unknown) => e);
    expect(err).toBeInstanceOf(Refused);
    expect((err as Refused).problems).toHaveLength(1);
    expect((err as Refused).problems[0]).toMatch(want);
    expect((err as Refused).problems[0]).toMatch(/^x.pack[:,]/);
  });
});

/** Where the target type stands: behind the last relation's sources. */
function indexOfTarget(b: Uint8Array): number {
  const tail = 4 + 4 + 1 + (4 + 3) * 2 + 4 * 3 + 4 + (4 + 1) + 4 * 3 + 4 * 2 + 4;
  return b.length - tail;
}
