import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import formulas from '../src/words/formulas.json';
import { accuracyChart, lossChart, spread, thinned, type Label } from '../src/plot/curves';
import { bandOf, gapChart } from '../src/plot/gap';
import { keyCommand } from '../src/parts/keys';
import { pairs } from '../src/words/pairs';
import { mirrorOf } from '../src/state/mirror';
import { announcement, bytes, counted, hook, lossRead, lossTerms, micros, nodeName, number, percent, question, strongest, times } from '../src/words/report';
import { pointColumns } from '../src/generated/wire';
import { decodeSnapshot, History, type Snapshot } from '../src/wire/snapshot';

const read = (): Snapshot => decodeSnapshot(new Uint8Array(readFileSync(new URL('../src/generated/snapshot.bin', import.meta.url))).buffer);

describe('figures', () => {
  it.each([
    [73760, 3584, '21×'], [330, 100, '3.3×'], [1, 2, '0.5×'], [1, 0, '–'], [0, 1, '–'], [NaN, 1, '–'],
  ])('times(%d, %d) is %s', (a, b, want) => expect(times(a, b)).toBe(want));

  it.each([[0, '0 B'], [1023, '1023 B'], [1024, '1.0 KiB'], [380032, '371.1 KiB'], [3 << 20, '3.0 MiB']])(
    'bytes(%d) is %s', (n, want) => expect(bytes(n)).toBe(want));

  it.each([[0, '–'], [42.4, '42 µs'], [1420, '1.42 ms'], [143_300, '143.3 ms']])(
    'micros(%d) is %s', (n, want) => expect(micros(n)).toBe(want));

  it.each([[0, '0.000'], [1, '1.000'], [0.0005, '0.001'], [7.24e-7, '7.2·10⁻⁷'], [3.4e-18, '3.4·10⁻¹⁸'], [123.456, '123.5'], [NaN, 'n/a']])(
    'number(%d) is %s', (v, want) => expect(number(v)).toBe(want));

  it('finds the strongest pair', () => {
    const s = { ...read(), epoch: 1, a: [[0.2, 0.8], [0.9, 0.1]] };
    expect(strongest(s)).toEqual({ teacher: 2, student: 1, value: 0.9 });
    expect(strongest({ ...s, a: [] })).toBeUndefined();
  });

  it('knows nothing of pairs before the first step', () => {
    const s = { ...read(), epoch: 0, step: 0 }, { a, d, sum, write } = pairs(s);
    expect(strongest(s)).toBeUndefined();
    expect([...a, ...d].flat().map(write.a)).toEqual([...a, ...d].flat().map(() => 'n/a'));
    expect(write.product(sum)).toBe('n/a');
    expect(pairs({ ...s, epoch: 1 }).a.flat().every(Number.isFinite)).toBe(true);
  });

  it('adds up the terms of a loss as they are read', () => {
    const s = { ...read(), phase: 'distilling' as const, alpha: 0.5, beta: 1, experiment: '' };
    for (const p of [{ ce: 0.2469, kd: 1.3577, aux: 0.00042 }, { ce: 1.0009, kd: 1.0009, aux: 1.0004 }, { ce: 300.07, kd: 0.1249, aux: 2.0005 }]) {
      const { terms, total } = lossRead(s, { ...read().lanes[1]!.history.at(0)!, ...p, total: 0.5 * p.ce + 0.5 * p.kd + p.aux });
      const added = terms.split(' + ').map((t) => t.split(' ').at(-1)!).reduce((sum, t) => sum + Number(t.replace('·10⁻⁴', 'e-4')), 0);
      expect(number(total)).toBe(number(added));
    }
    expect(lossRead(s, { ...read().lanes[1]!.history.at(0)!, ce: Infinity, total: Infinity }).total).toBe(Infinity);
  });
});

describe('words', () => {
  const race = (taught: number, alone: number) => {
    const s = read();
    s.phase = 'distilling';
    s.lanes[0]!.model.test = alone;
    s.lanes[1]!.model.test = taught;
    return s;
  };

  it('reports a lead, a tie and a loss alike', () => {
    expect(hook(race(0.621, 0.6))).toContain('is 2 papers (2.1 points) above the one alone, of 98 to be judged by (one seed)');
    expect(hook(race(0.6, 0.6))).toContain('is level with the one alone');
    expect(hook(race(0.58, 0.6))).toContain('is 2 papers (2.0 points) below the one alone');
    const { teacher, lanes } = race(0.58, 0.6);
    expect(hook(race(0.58, 0.6))).toContain(`${times(teacher.params, lanes[1]!.model.params)} fewer parameters; so far`);
    expect(hook({ ...race(0.6, 0.5), phase: 'finished' })).toContain('at the end');
  });

  it('says what the graph is and what is guessed', () => {
    expect(question('debian-mini', null)).toMatch(/^Packages of Debian 12 .*\. Which section does this package belong to\?$/);
    expect(question('pack', null)).toBe('');
    expect(question('pack', read())).toBe('A graph of your own. Which of 8 classes is this paper in?');
    expect(counted(read(), 1)).toBe('1 paper');
  });

  it('speaks of the teacher while it learns and of one student where there is one', () => {
    const s = read();
    expect(hook({ ...s, phase: 'teaching', lanes: [] })).toContain('The teacher is learning here');
    expect(hook({ ...s, lanes: [s.lanes[0]!] })).toContain('the student alone gets');
  });

  it('announces epoch, accuracy and strongest pair', () => {
    const s = race(0.61, 0.6);
    s.epoch = 20;
    s.a = [[0.1, 0.2], [0.9, 0.1]];
    expect(announcement(s)).toBe('epoch 20, student 61\u00a0%, strongest pair T2 to S1');
    expect(announcement({ ...s, error: 'The loss is NaN.' })).toBe('The loss is NaN.');
  });

  it('names every drawn node', () => {
    const s = read();
    s.graph.nodes.forEach((_, i) => expect(nodeName(s, i)).toMatch(/^\w+ \d+/));
    expect(nodeName(s, 0)).toContain('teacher says');
  });
});

describe('curves', () => {
  const size = { width: 400, height: 200 };

  it('stacks terms that add up to the total', () => {
    for (const alpha of [0, 0.5]) {
      const s = { ...read(), alpha };
      const p = { total: 0, ce: 2, kd: 3, aux: 0.5, train: 0, valid: 0, test: 0 };
      const sum = lossTerms(s).reduce((v, t) => v + t.of(p), 0);
      expect(sum, `alpha=${alpha}`).toBeCloseTo((1 - alpha) * 2 + alpha * 3 + s.beta * 0.5, 12);
    }
    expect(lossTerms({ ...read(), alpha: 0, lanes: [read().lanes[0]!] }).map((t) => t.name)).toEqual(['CE']);
  });

  it('leave a gap where nothing is known, and say n/a, never 0', () => {
    const s = read();
    const none = (l: Snapshot['lanes'][number], gap: (i: number) => boolean) => ({
      ...l, model: { ...l.model, test: NaN }, history: History.of([...l.history].map((p, i) => (gap(i) ? { ...p, total: NaN, ce: NaN, kd: NaN, aux: NaN, test: NaN } : p))),
    });
    const without: Snapshot = { ...s, baselines: s.baselines.map((b) => ({ ...b, test: NaN })), teacher: { ...s.teacher, test: NaN }, lanes: s.lanes.map((l) => none(l, () => true)) };
    const c = accuracyChart(without, size);
    expect(c.marks.every((m) => m.path === '')).toBe(true);
    expect(c.labels.map((l) => l.text)).toEqual(['alone n/a', 'taught n/a']);
    expect(lossChart(without, size).labels.every((l) => l.text.endsWith('n/a'))).toBe(true);
    const holed: Snapshot = { ...s, lanes: s.lanes.map((l) => none(l, (i) => i === 2)) };
    for (const m of [...accuracyChart(holed, size).marks.filter((m) => m.series !== 'teacher' && !m.series.startsWith('baseline ')), ...lossChart(holed, size).marks]) {
      expect(m.path.match(/M/g)?.length, m.series).toBe(2);
    }
    expect([percent(NaN), number(NaN)]).toEqual(['n/a', 'n/a']);
    for (const text of [hook({ ...without, epoch: 2 }), hook({ ...without, phase: 'teaching' }), announcement(without)]) {
      expect(text).toMatch(/not known/);
      expect(text).not.toMatch(/NaN|\b0(\.0)? ?%/);
    }
  });

  it('draws a level for each model that needs no training', () => {
    const s = { ...read(), baselines: [{ model: 'majority', valid: 0.2, test: 0.19 }, { model: 'lp', valid: 0.7, test: 0.84 }, { model: 'lp', valid: NaN, test: NaN }] };
    const c = accuracyChart(s, size);
    expect(c.labels.filter((l) => l.series.startsWith('baseline ')).map((l) => l.text)).toEqual(['majority 19.0\u00a0%', 'label prop. 84.0\u00a0%'].map((t) => expect.stringMatching(t.replace('.0', '(\\.0)?'))));
    expect(c.marks.filter((m) => m.series.startsWith('baseline '))).toHaveLength(2);
    expect(accuracyChart({ ...s, baselines: [] }, size).marks.some((m) => m.series.startsWith('baseline '))).toBe(false);
    expect(read().baselines.map((b) => b.model)).toEqual(['majority', 'lp']);
  });

  it('draws inside its frame, whatever the numbers are', () => {
    const broken = read();
    broken.lanes[1]!.history = History.of([...read().lanes[1]!.history].map((p, i) => ({ ...p, ...(i === 3 ? { aux: NaN } : i === 4 ? { ce: Infinity } : {}) })));
    const begun = { ...read(), epoch: 0, lanes: read().lanes.map((l) => ({ ...l, history: History.none })) };
    const one = { ...read(), lanes: read().lanes.map((l) => ({ ...l, history: History.of([...l.history].slice(0, 1)) })) };
    for (const s of [read(), broken, begun, one, { ...read(), phase: 'teaching' as const, lanes: [read().lanes[0]!] }]) {
      for (const c of [lossChart(s, size), accuracyChart(s, size)]) {
        for (const m of c.marks) expect(m.path).not.toMatch(/NaN|Infinity/);
        for (const drawn of [c.marks, c.labels]) expect(new Set(drawn.map((d) => d.series)).size, 'series that are drawn twice').toBe(drawn.length);
        for (const l of c.labels) expect(l.y).toBeGreaterThan(0);
        for (const l of c.labels) expect(l.y).toBeLessThan(size.height);
        expect(c.epochAt(-50)).toBe(1);
        expect(c.epochAt(1e6)).toBe(Math.max(c.length, 1));
      }
    }
  });

  it.each([0, 1, 2, 499, 500, 501, 5000, 7968, 7969])('thins %d epochs, keeps their order, the first and the last', (n) => {
    const drawn = thinned(n);
    expect(drawn.length).toBeLessThanOrEqual(500);
    expect(drawn.length).toBeGreaterThanOrEqual(Math.min(n, 250));
    expect(drawn.at(-1)).toBe(n > 0 ? n - 1 : undefined);
    expect([...drawn].sort((a, b) => a - b)).toEqual(drawn);
    expect(drawn[0]).toBe(n > 0 ? 0 : undefined);
    const gone = drawn.slice(0, -1).filter((i) => !thinned(n + 1).includes(i));
    expect(gone.length === 0 || gone.length > 240, `${gone.length} epochs are drawn no more`).toBe(true);
  });

  it('draws as much of a long run as of a short one', () => {
    const s = read();
    const long = { ...s, lanes: s.lanes.map((l) => ({ ...l, history: History.none.after(0, new Float32Array(200_000 * pointColumns.length).fill(0.5)) })) };
    for (const c of [lossChart(long, size), accuracyChart(long, size), gapChart(long, size, undefined, null)]) {
      expect(c.length).toBe(200_000);
      for (const m of c.marks) expect(m.path.split(/[ML]/).length).toBeLessThanOrEqual(1001); // an area goes there and back
    }
  });

  it('names what is stored until the run has begun', () => {
    const stored = { tests: 98, teacher: 85, bands: [bandOf('alone', [[1, 40], [3, 50]]), bandOf('taught', [[2, 70], [4, 80]])] };
    const named = (s: Snapshot | null) => gapChart(s, size, stored, null).labels.map((l) => l.text);
    expect(named(null)).toEqual(['teacher 85', 'Alone', 'Taught']);
    expect(named(read()).join()).not.toContain('Alone');
    expect(stored.bands[1]).toMatchObject({ low: [2, 70], high: [4, 80], mean: [3, 75] });
  });

  it('keeps labels apart', () => {
    const labels: Label[] = [50, 51, 52, 190].map((y) => ({ x: 0, y, text: '', series: '' }));
    spread(labels, 0, 176);
    const ys = labels.map((l) => l.y).sort((a, b) => a - b);
    ys.slice(1).forEach((y, i) => expect(y - ys[i]!).toBeGreaterThanOrEqual(13.9));
    expect(ys.at(-1)).toBeLessThanOrEqual(176);
  });
});

describe('mirror', () => {
  it('has every promised name before and after the first snapshot', () => {
    const names = ['ready', 'running', 'epoch', 'seed', 'backend', 'teacher', 'student', 'alignment', 'frames', 'error'];
    for (const m of [mirrorOf(null, '', '', 'start', () => 0), mirrorOf(read(), 'go', '', 'start', () => 7)]) {
      expect(Object.keys(m)).toEqual(expect.arrayContaining(names));
    }
    const s = read(), m = mirrorOf(s, 'go', '', 'alignment', () => 7);
    expect(m.frames).toBe(7);
    expect(m.student.loss).toBe(s.lanes[1]!.history.at(-1)!.total);
    expect(m.student.acc).toBe(s.lanes[1]!.model.test);
    expect(m.alone!.loss).toBe(s.lanes[0]!.history.at(-1)!.total);
    expect(m.alignment.A).toBe(s.a);
    expect(mirrorOf(s, 'go', 'gone', 'start', () => 0).error).toBe('gone');
  });
});

describe('formulas', () => {
  it('are MathML without inline styles', () => {
    for (const group of Object.values(formulas)) {
      for (const [name, markup] of Object.entries(group)) {
        expect(markup, name).toMatch(/^<math[^>]*>.*<\/math>$/s);
        expect(markup, name).not.toContain('style=');
      }
    }
  });
});

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) => keyCommand({ key, ...more } as KeyboardEvent);
  // keyCommand asks whether the target is an Element; there is none here.
  (globalThis as { Element?: unknown }).Element ??= class {};

  it.each([[' ', 'play'], ['.', 'step'], ['ArrowRight', 'step'], ['r', 'reset'], ['R', 'reset'], ['n', 'next'], ['B', 'previous'], ['?', 'keys'], ['x', undefined]])(
    '%j asks for %s', (key, want) => expect(press(key)).toBe(want));

  it('leaves the browser its own', () => {
    expect(press('r', { ctrlKey: true })).toBeUndefined();
    expect(press(' ', { repeat: true })).toBeUndefined();
  });
});
