// Valid files with a few changes at random places, from a fixed seed: what
// comes of each is a graph that holds together or a sentence, never another error.

import { expect, it, vi } from 'vitest';
import { edgesCSV, nodesCSV } from '../src/data/examples';
import { crc32c, decodePack } from '../src/data/pack';
import { Refused } from '../src/data/problems';
import { open, type Source } from '../src/data/read';

vi.setConfig({ testTimeout: 0 });

/** Numbers 0 to n-1, the same in each run (xorshift of Marsaglia). */
function random(seed: number): (n: number) => number {
  let s = seed;
  return (n) => {
    s ^= s << 13; s ^= s >>> 17; s ^= s << 5;
    return (s >>> 0) % n;
  };
}

const file = (name: string, b: Uint8Array<ArrayBuffer> | string): Source => new File([b], name);
const bytes = (text: string) => new TextEncoder().encode(text);

/** Text that readers trip over. */
const pieces = [
  ',', ';', '\t', '"', '""', '\n', '\r', '\0', '', '-1', 'nan', '1e39', '-Infinity', '9007199254740993', '1e300', '{', '}', '[', ']', ':', 'null', '\\ud800', '\ufeff',
  '__proto__', 'constructor', 'features', 'f9', 'f99999999999', 'id', 'source', 'links', '\u202e', '0x10', '1e', 'ü', 'x'.repeat(5000), 'p1',
].map(bytes);

/** Changes bytes: one overwritten, a range cut out or doubled, a piece put in. */
function mutated(b: Uint8Array<ArrayBuffer>, pick: (n: number) => number): Uint8Array<ArrayBuffer> {
  for (let k = pick(4); k >= 0; k--) {
    const at = pick(b.length + 1), end = Math.min(b.length, at + pick(40));
    const [head, cut, tail] = [b.subarray(0, at), b.subarray(at, end), b.subarray(end)];
    const between = [[Uint8Array.of(pick(256))], [], [cut, cut], [pieces[pick(pieces.length)]!, cut]][pick(4)]!;
    b = Uint8Array.from([head, ...between, tail].flatMap((part) => [...part]));
  }
  return b;
}

async function graphOrSentence(files: Source[], what: string): Promise<boolean> {
  try {
    decodePack((await open(files, 1)).bytes, 'made.pack'); // what is made is checked too
    return true;
  } catch (err) {
    if (!(err instanceof Refused)) throw new Error(`${what}: ${String(err)}`);
    expect(err.message, what).not.toBe('');
    expect(err.message.length, what).toBeLessThan(700);
    return false;
  }
}

it('CSV', async () => {
  const pick = random(11), nodes = bytes(nodesCSV), edges = bytes(edgesCSV);
  let read = 0;
  for (let i = 0; i < 3000; i++) {
    const which = pick(3);
    const files = [file('n.csv', which !== 1 ? mutated(nodes, pick) : nodes), file('e.csv', which !== 0 ? mutated(edges, pick) : edges)];
    if (await graphOrSentence(files, `change ${i}`)) read++;
  }
  expect(read).toBeGreaterThan(100);
});

it('JSON', async () => {
  const pick = random(12);
  const nodes = Array.from({ length: 9 }, (_, i) => ({ id: i, type: i < 7 ? 'p' : 'a', label: i < 7 ? i % 2 : null, split: i < 4 ? 'train' : '', year: 2000, features: [0.5, i] }));
  const text = bytes(JSON.stringify({ name: 'g', nodes, edges: [{ source: 0, relation: 'r', target: 1 }, { source: 7, target: 1 }] }));
  let read = 0;
  for (let i = 0; i < 3000; i++) if (await graphOrSentence([file('g.json', mutated(text, pick))], `change ${i}`)) read++;
  expect(read).toBeGreaterThan(100);
});

it('packs, with the checksum of what was changed', async () => {
  const pick = random(13);
  const good = new Uint8Array((await open([file('n.csv', nodesCSV), file('e.csv', edgesCSV)], 1)).bytes);
  let read = 0;
  for (let i = 0; i < 5000; i++) {
    let b = Uint8Array.from(good);
    if (pick(3) === 0) b = Uint8Array.from([...good.subarray(0, 24), ...mutated(good.subarray(24), pick)]);
    else for (let k = pick(3); k >= 0; k--) b[24 + pick(b.length - 24)] = [0, 1, 255, 127, pick(256)][pick(5)]!;
    const view = new DataView(b.buffer);
    view.setBigUint64(16, BigInt(b.length - 24), true);
    view.setUint32(12, crc32c(b.subarray(24)), true);
    if (await graphOrSentence([file('x.pack', b)], `change ${i}`)) read++;
  }
  expect(read).toBeGreaterThan(50);
});
