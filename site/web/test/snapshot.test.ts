import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, History, phases, type Point, type Snapshot } from '../src/wire/snapshot';

// All files are written by the Go codec: one snapshot in its two forms, and
// what a page is sent of it that has all but the last epoch.
const generated = new URL('../src/generated/', import.meta.url);
const bytes = readFileSync(new URL('everything.bin', generated));
const text = readFileSync(new URL('everything.json', generated), 'utf8');
const last = readFileSync(new URL('last.bin', generated));
const want = JSON.parse(text);

const copy = () => new Uint8Array(bytes).buffer;

type JSON = null | boolean | number | string | JSON[] | { [name: string]: JSON };

const lower = (name: string) => (name === name.toUpperCase() ? name.toLowerCase() : name[0]!.toLowerCase() + name.slice(1));

/** JSON as it is decoded: names in lower case, numbers as float32, of which JSON has the shortest decimal, lists and matrices as lists, an empty one of which is null there. */
function plain(v: JSON): unknown {
  if (v === null) return [];
  if (typeof v === 'number') return Number.isInteger(v) ? v : Math.fround(v);
  if (Array.isArray(v)) return v.map(plain);
  if (typeof v !== 'object') return v;
  const { Rows: rows, Cols: cols, Data: data } = v as { Rows?: number; Cols?: number; Data?: number[] };
  if (rows !== undefined && cols !== undefined) return Array.from({ length: rows }, (_, i) => (data ?? []).slice(i * cols, (i + 1) * cols).map(Math.fround));
  return Object.fromEntries(Object.entries(v).map(([name, value]) => [lower(name), plain(value)]));
}

/** A number of JSON holds 53 bits only. */
const hash = () => BigInt(/^\t"Hash": (\d+)/m.exec(text)![1]!).toString(16).padStart(16, '0');

function expected(): Snapshot {
  const s = plain(want) as Snapshot & { lanes: { earlier?: number; history: unknown }[]; phase: unknown };
  for (const lane of s.lanes as { earlier?: number; history: unknown }[]) {
    delete lane.earlier;
    lane.history = History.of(lane.history as Point[]);
  }
  return { ...s, phase: phases[want.Phase as number]!, hash: hash() };
}

describe('decodeSnapshot', () => {
  it('reads every field as Go wrote it', () => {
    const got = decodeSnapshot(copy());
    expect(got).toEqual(expected());
    expect(got.lanes.length).toBe(2);
    expect(got.lanes[1]!.history.length).toBe(got.epoch);
    expect(got.graph.nodes.length).toBeGreaterThan(10);
    expect(got.g.length).toBe(got.a.length);
    expect(got.changes.length).toBe(1);
    expect(got.inspection.error).toBe('');
    expect(got.inspection.quantities.length).toBeGreaterThan(10);
    expect(got.predictions.student.length).toBe(got.predictions.label.length);
    expect(got.embeddings.length).toBe(got.smoothness.teacher.length + got.smoothness.student.length);
    expect(got.focus.alone.length).toBe(got.graph.classes.length);
  });

  it('goes on from the learning curves of the snapshot before', () => {
    const whole = decodeSnapshot(copy()), rest = new Uint8Array(last).buffer;
    const before = whole.lanes.map((l) => ({ ...l, history: History.of([...l.history].slice(0, -1)) }));
    const got = decodeSnapshot(rest, before);
    expect(rest.byteLength).toBeLessThan(bytes.length);
    expect(got.lanes.map((l) => [...l.history])).toEqual(whole.lanes.map((l) => [...l.history]));
    expect({ ...got, lanes: [] }).toEqual({ ...whole, lanes: [] });
    expect(() => decodeSnapshot(rest)).toThrow(`snapshot: a learning curve goes on after ${got.epoch - 1} epochs, but 0 are known`);
  });

  it('refuses every shorter prefix', () => {
    for (let n = 0; n < bytes.length; n += n < 600 ? 1 : 1 + Math.floor(bytes.length / 300)) {
      expect(() => decodeSnapshot(copy().slice(0, n)), `bytes=${n}`).toThrow(/^snapshot: /);
    }
  });

  it('refuses bytes that are left over', () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeSnapshot(longer.buffer)).toThrow('1 bytes are left over');
  });

  it.each([
    ['magic', 0, 0x58, /begins with "XBKS"/],
    ['version', 4, 99, /version is 99, want \d/],
    ['phase', 6, 9, /phase is 9/],
  ])('refuses a wrong %s', (_, at, value, message) => {
    const b = new Uint8Array(copy());
    b[at] = value;
    expect(() => decodeSnapshot(b.buffer)).toThrow(message);
  });

  it('survives any byte set to anything: it decodes or refuses, quickly', () => {
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 400)) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const b = new Uint8Array(copy());
        b[at] = value;
        try {
          decodeSnapshot(b.buffer);
        } catch (err) {
          expect((err as Error).message, `at=${at} value=${value}`).toMatch(/^snapshot: /);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});

describe('History', () => {
  const point = (v: number): Point => ({ total: v, ce: v + 0.25, kd: v + 0.5, aux: -v, train: v + 1, valid: v + 2, test: v + 3 });
  const rows = (...values: number[]) => Float32Array.from(values.flatMap((v) => Object.values(point(v))));
  const totals = (h: History) => h.column('total');

  it('holds points', () => {
    const h = History.of([point(5), point(6)]);
    expect([...h]).toEqual([point(5), point(6)]);
    expect([h.at(0), h.at(-1), h.at(2), h.at(-3)]).toEqual([point(5), point(6), undefined, undefined]);
    expect(h.column('test')).toEqual([8, 9]);
    expect([History.none.length, History.none.at(-1), History.of([]).length]).toEqual([0, undefined, 0]);
  });

  it('stays as it is, whatever goes on from it', () => {
    const first = History.none.after(0, rows(1, 2, 3));
    const steps: [History, number, number[], number[]][] = [
      [first, 3, [4, 5], [1, 2, 3, 4, 5]], // longer
      [first, 2, [3], [1, 2, 3]], // the same
      [first, 1, [2], [1, 2]], // back
      [first, 0, [], []], // to the beginning
      [first, 3, [9], [1, 2, 3, 9]], // another way from where one has gone on
      [first, 1, [7, 3], [1, 7, 3]], // another past
      [first, 3, [NaN], [1, 2, 3, NaN]],
    ];
    const made = steps.map(([from, n, values, want]) => {
      const h = from.after(n, rows(...values));
      expect(totals(h)).toEqual(want);
      return h;
    });
    steps.forEach(([,, , want], i) => expect(totals(made[i]!), `step=${i}`).toEqual(want));
    expect(totals(first)).toEqual([1, 2, 3]);
    expect(() => first.after(4, rows(1))).toThrow('a learning curve goes on after 4 epochs, but 3 are known');
    expect(() => first.after(-1, rows(1))).toThrow('goes on after -1 epochs');
  });

  it('copies nothing while a run goes on, back, and on as before', () => {
    const numbers = (h: History) => (h as unknown as { store: { numbers: Float32Array } }).store.numbers;
    const long = History.none.after(0, rows(...Array(600).keys()));
    let h = long.after(600, rows(600));
    expect(numbers(h)).toBe(numbers(long));
    h = h.after(99, rows(99));
    expect(h.length).toBe(100);
    h = h.after(100, rows(100, 101));
    expect(numbers(h)).toBe(numbers(long));
    expect(numbers(h.after(102, rows(7)))).not.toBe(numbers(long));
  });
});
