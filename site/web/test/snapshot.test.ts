import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, History, phases, type ModelState, type Point, type Snapshot } from '../src/lib/snapshot';

// All files are written by the Go codec: one snapshot in its two forms, and
// what a page is sent of it that has all but the last epoch.
const generated = new URL('../src/generated/', import.meta.url);
const bytes = readFileSync(new URL('everything.bin', generated));
const text = readFileSync(new URL('everything.json', generated), 'utf8');
const last = readFileSync(new URL('last.bin', generated));
const want = JSON.parse(text);

const copy = () => new Uint8Array(bytes).buffer;

/** JSON holds the shortest decimal of a float32, the decoder its exact value. */
const float = (v: number) => Math.fround(v);
const floats = (rows: number[][] | null) => (rows ?? []).map((row) => (row ?? []).map(float));
const lower = (o: Record<string, unknown>) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k === 'ID' ? 'id' : k[0]!.toLowerCase() + k.slice(1), v]));
const rows = (m: { Rows: number; Cols: number; Data: number[] }) =>
  Array.from({ length: m.Rows }, (_, i) => m.Data.slice(i * m.Cols, (i + 1) * m.Cols).map(float));

function model(m: Record<string, number>): ModelState {
  const out = lower(m) as unknown as ModelState;
  for (const k of ['inferMicros', 'loss', 'train', 'valid', 'test'] as const) out[k] = float(out[k]);
  return out;
}

/** Lists of numbers, of which Go writes an empty one as null. */
const lists = (o: Record<string, number[] | null>) => lower(Object.fromEntries(Object.entries(o).map(([k, v]) => [k, Array.isArray(v) ? v.map(float) : []])));

/** A number of JSON holds 53 bits only. */
const hash = () => BigInt(/^\t"Hash": (\d+)/m.exec(text)![1]!).toString(16).padStart(16, '0');

function expected(): Snapshot {
  const g = want.Graph;
  return {
    phase: phases[want.Phase as number]!, running: want.Running, epoch: want.Epoch, epochs: want.Epochs,
    step: want.Step, steps: want.Steps, recorded: want.Recorded, hash: hash(), seed: want.Seed,
    backend: want.Backend, error: want.Error, alpha: float(want.Alpha), beta: float(want.Beta), experiment: want.Experiment,
    teacher: model(want.Teacher),
    lanes: want.Lanes.map((l: { Criterion: string; Model: Record<string, number>; History: Record<string, number>[] }) => ({
      criterion: l.Criterion, model: model(l.Model),
      history: History.of(l.History.map((p) => ({
        total: float(p.Total!), ce: float(p.CE!), kd: float(p.KD!), aux: float(p.Aux!),
        train: float(p.Train!), valid: float(p.Valid!), test: float(p.Test!),
      }))),
    })),
    a: rows(want.A), d: rows(want.D), g: rows(want.G),
    graph: {
      types: g.Types, relations: g.Relations.map(lower), classes: g.Classes ?? [], target: g.Target,
      nodes: g.Nodes.map(lower), edges: g.Edges.map(lower),
      teacherMessages: floats(g.TeacherMessages), studentMessages: floats(g.StudentMessages),
      teacherActs: floats(g.TeacherActs), studentActs: floats(g.StudentActs),
    },
    changes: (want.Changes ?? []).map(lower),
    inspection: {
      subject: want.Inspection.Subject, error: want.Inspection.Error,
      quantities: (want.Inspection.Quantities ?? []).map((q: Record<string, never>) => ({
        ...lower(q), uses: q.Uses ?? [], value: rows(q.Value!),
      })),
    },
    predictions: lists(want.Predictions) as unknown as Snapshot['predictions'],
    focus: { ...lists(want.Focus), label: want.Focus.Label } as unknown as Snapshot['focus'],
    embeddings: (want.Embeddings ?? []).map((e: Record<string, number[]> & { Model: string; Layer: number }) => ({
      model: e.Model, layer: e.Layer, nodes: e.Nodes, x: e.X!.map(float), y: e.Y!.map(float), explained: e.Explained!.map(float),
    })),
    smoothness: lists(want.Smoothness) as unknown as Snapshot['smoothness'],
  };
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
