import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, phases, type ModelState, type Snapshot } from '../src/lib/snapshot';

// Both files are written by the Go codec: one snapshot in its two forms.
const generated = new URL('../src/generated/', import.meta.url);
const bytes = readFileSync(new URL('snapshot.bin', generated));
const want = JSON.parse(readFileSync(new URL('snapshot.json', generated), 'utf8'));

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

function expected(): Snapshot {
  const g = want.Graph;
  return {
    phase: phases[want.Phase as number]!, running: want.Running, epoch: want.Epoch, epochs: want.Epochs, seed: want.Seed,
    backend: want.Backend, error: want.Error, alpha: float(want.Alpha), beta: float(want.Beta), experiment: want.Experiment,
    teacher: model(want.Teacher),
    lanes: want.Lanes.map((l: { Criterion: string; Model: Record<string, number>; History: Record<string, number>[] }) => ({
      criterion: l.Criterion, model: model(l.Model),
      history: l.History.map((p) => ({
        total: float(p.Total!), ce: float(p.CE!), kd: float(p.KD!), aux: float(p.Aux!),
        train: float(p.Train!), valid: float(p.Valid!), test: float(p.Test!),
      })),
    })),
    a: rows(want.A), d: rows(want.D), g: rows(want.G),
    graph: {
      types: g.Types, relations: g.Relations.map(lower), classes: g.Classes ?? [], target: g.Target,
      nodes: g.Nodes.map(lower), edges: g.Edges.map(lower),
      teacherMessages: floats(g.TeacherMessages), studentMessages: floats(g.StudentMessages),
      teacherActs: floats(g.TeacherActs), studentActs: floats(g.StudentActs),
    },
  };
}

describe('decodeSnapshot', () => {
  it('reads every field as Go wrote it', () => {
    const got = decodeSnapshot(copy());
    expect(got).toEqual(expected());
    expect(got.lanes.length).toBe(2);
    expect(got.lanes[1]!.history.length).toBe(got.epoch);
    expect(got.graph.nodes.length).toBeGreaterThan(10);
  });

  it('refuses every shorter prefix', () => {
    for (let n = 0; n < bytes.length; n += n < 600 ? 1 : 97) {
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
    for (let at = 0; at < bytes.length; at += 13) {
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
