import { describe, expect, it } from 'vitest';
import checks from '../src/generated/checks.json';
import schemaJSON from '../src/generated/schema.json';
import formulasJSON from '../src/words/formulas.json';
import presets from '../src/generated/presets.json';
import { parseFragment } from '../src/state/fragment';
import { valueOf, worded } from '../src/state/schema';
import type { Control as Listed } from '../src/generated/setup';
import { list, toCSV } from '../src/studies/csv';
import studies from '../src/generated/studies.json';
import { besideKD } from '../src/generated/study';
import { alone, criteria, methods, sized, withSeed } from '../src/studies/methods';
import { around, curves, lines, meanCurve, tens } from '../src/studies/plots';
import { openingStudies, storedOutcome, storedStudies } from '../src/studies/opening';
import { difference, frontierPicture, racePicture } from '../src/studies/picture';
import type { Run } from '../src/studies/runs.svelte';
import { gap, interval, paired, points, spreadOf, verdict } from '../src/studies/stats';

const schema = worded(schemaJSON as Listed[]);
const options = schema.find((c) => c.key === 'criterion')!.options!.map((o) => o.value);

describe('methods', () => {
  it('are the criteria of the product, the student alone first', () => {
    const taught = options.filter((o) => o !== 'spread'); // a control, which knows no teacher
    expect(criteria(schema).map((c) => c.value).sort()).toEqual([...taught].sort());
    expect(criteria(schema)[0]).toEqual({ value: 'none', name: 'Student alone', about: 'cross-entropy alone' });
    expect(methods(schema, {}, false).map((m) => m.key).sort()).toEqual([...taught].sort());
  });

  it('differ by the criterion and its published weights alone', () => {
    const base = parseFragment('seed=9&data=karate&model=gcn&hidden=4&epochs=20&beta=7&granularity=per-node&nodes=all');
    for (const m of methods(schema, base, false).filter((m) => m.key !== 'own')) {
      const of = (key: string) => valueOf(schema, m.settings, key);
      expect(m.settings.seed, m.key).toBeUndefined();
      expect([of('data'), of('model'), of('hidden'), of('epochs'), of('criterion')]).toEqual(['karate', 'gcn', '4', '20', m.criterion]);
      expect(of('granularity'), m.key).toBe('pooled');
      expect(m.settings.beta, m.key).toBeUndefined(); // the schema's default is the published weight
      expect(of('alpha'), m.key).toBe(m.criterion === 'kd' ? '0.9' : '0');
      expect(of('nodes'), m.key).toBe('all'); // of the student alone, too: it is the one beside each taught one
      expect(m.soft, m.key).toBe(m.criterion === 'kd');
    }
  });

  it('have soft labels beside them when asked, with the weights published for that', () => {
    for (const m of methods(schema, {}, true).filter((m) => m.key !== 'own')) {
      const both = !['none', 'kd'].includes(m.criterion);
      expect(valueOf(schema, m.settings, 'alpha'), m.key).toBe(m.criterion === 'none' ? '0' : '0.9');
      expect(m.name.endsWith(' + KD'), m.key).toBe(both);
      expect(m.settings.beta, m.key).toBe(both ? besideKD[m.criterion] : undefined);
    }
  });

  it('take what is set along if it is none of them', () => {
    for (const { key: name, experiment } of presets) {
      const own = methods(schema, parseFragment(experiment), false).filter((m) => m.key === 'own');
      const plain = ['debian-kd', 'abkd', 'karate'].includes(name);
      expect(own.length, name).toBe(plain ? 0 : 1);
      if (!plain) expect(withSeed(schema, own[0]!.settings, 1), name).toBe(experiment);
    }
  });

  it('each have a formula', () => {
    for (const c of options.filter((o) => o !== 'none')) expect(Object.keys(formulasJSON.criterion)).toContain(c);
  });

  it('become experiments of a seed and a size', () => {
    expect(withSeed(schema, { criterion: 'kd' }, 3)).toBe('seed=3&criterion=kd');
    expect(withSeed(schema, { criterion: 'kd' }, 1)).toBe('criterion=kd');
    expect(sized(schema, { pin: '1,0;0,1', lr: '0.1' }, 3, 16)).toEqual({ layers: '3', hidden: '16', lr: '0.1' });
    expect(alone(schema, parseFragment('alpha=0.5&nodes=all&model=gat&heads=4&epochs=9'), 'gcn', 8, 16))
      .toMatchObject({ model: 'gcn', layers: '8', hidden: '16', criterion: 'none', epochs: '9' });
    expect(alone(schema, { alpha: '0.5' }, 'gcn', 8, 16)).not.toHaveProperty('alpha');
  });
});

describe('stored studies', () => {
  it('are of the runs that the scenes would begin', () => {
    const { race, frontier, depth } = studies;
    const texts = { race: race.map((r) => r.experiment), frontier: frontier.map((r) => r.experiment), depth: depth.map((r) => r.experiment) };
    expect(texts, 'the runs have changed: run make studies').toEqual(openingStudies(schema, presets[0]!.experiment));
  });

  it('are what the canvases are made of', () => {
    const base = parseFragment(presets[0]!.experiment), all = methods(schema, base, false);
    const runs = studies.race.map((r, i) => ({ of: all[i % all.length]!.key, seed: Math.floor(i / all.length) + 1, status: 'done', epochs: 120, curve: [], baselines: [], outcome: storedOutcome(r, storedStudies.teacher) }) as unknown as Run<string>);
    const study = racePicture(all, (m) => runs.filter((r) => r.of === m.key), true);
    expect(study.stored).toBe(true);
    expect(study.levels).toEqual([{ model: 'teacher', test: studies.teacher.test }]);
    expect(study.methods.map((m) => m.isAlone)).toEqual(all.map((m) => m.key === 'none'));
    for (const m of study.methods) {
      expect(m.endings.map((e) => e.seed), m.name).toEqual([1, 2, 3]);
      expect(m.endings.every((e) => e.test > 0 && e.epoch === e.epochs), m.name).toBe(true);
    }
    const kd = runs.filter((r) => r.of === 'kd'), none = runs.filter((r) => r.of === 'none');
    expect(difference(kd).diff).toBeCloseTo(spreadOf(kd.map((r, i) => r.outcome!.student.test - none[i]!.outcome!.student.test)).mean, 12); // the student alone beside each taught one is that of its own lane
    expect(frontierPicture([{ run: kd[0]!, kind: 'taught', layers: 2, hidden: 6, cost: 9, test: 0.5 }], 'bytes', 1, false))
      .toMatchObject({ cost: 'bytes', chosen: 1, stored: false, dots: [{ kind: 'taught', layers: 2, hidden: 6, seed: 1, cost: 9, test: 0.5 }] });
  });

  it('of a run on its way have where it is, of one that failed nothing', () => {
    const run = (status: string, curve: number[]) => ({ of: 'kd', seed: 1, status, epochs: 9, curve, baselines: [{ model: 'lp', valid: 0.5, test: 0.6 }] }) as unknown as Run<string>;
    const [, kd] = methods(schema, {}, false).filter((m) => ['none', 'kd'].includes(m.key));
    const study = racePicture([kd!], () => [run('running', [0.1, 0.2]), run('waiting', []), run('failed', [0.3])], false);
    expect(study.methods[0]!.endings).toEqual([{ seed: 1, test: 0.2, epoch: 2, epochs: 9 }, { seed: 1, test: NaN, epoch: 0, epochs: 9 }]);
    expect(study.levels).toEqual([{ model: 'lp', test: 0.6 }]);
  });
});

describe('statistics', () => {
  it('are means and deviations', () => {
    expect(spreadOf([0.5])).toEqual({ n: 1, mean: 0.5, sd: NaN });
    const s = spreadOf([0.7, 0.8, 0.9]);
    expect(s.mean).toBeCloseTo(0.8, 12);
    expect(s.sd).toBeCloseTo(0.1, 12);
  });

  it('have paired intervals by Student’s t', () => {
    // differences .1, .2, .3: mean .2, standard error .1/√3, t(.975, 2) = 4.302653
    const p = paired([0.6, 0.7, 0.8], [0.5, 0.5, 0.5]);
    expect(p.diff).toBeCloseTo(0.2, 12);
    expect(p.high - p.diff).toBeCloseTo((4.302653 * 0.1) / Math.sqrt(3), 6);
    expect(p.low).toBeLessThan(0);
    expect(verdict(p)).toBe('no difference beyond chance');
    const ten = paired([...Array(10).keys()].map((i) => 0.6 + i / 1000), Array(10).fill(0.5));
    expect(ten.high - ten.diff).toBeCloseTo((2.262157 * spreadOf([...Array(10).keys()].map((i) => i / 1000)).sd) / Math.sqrt(10), 6);
    expect(verdict(ten)).toBe('ahead');
    expect(verdict(paired([0.1, 0.12], [0.5, 0.52001]))).toBe('behind');
  });

  it('claim nothing where there is nothing to judge by', () => {
    expect(verdict(paired([0.6], [0.5]))).toBe('one seed says nothing of chance');
    expect(verdict(paired([0.6, 0.6], [0.6, 0.6]))).toBe('a tie on every seed');
    expect(verdict(paired([0.7, 0.8], [0.6, 0.7]))).toBe('the same gain on every seed');
    expect(interval(paired([0.7, 0.8], [0.6, 0.7]))).toBe('+10.0');
    expect(verdict(paired([0.5, 0.7], [0.6, 0.6]))).toBe('level on average');
  });

  it('are those of the command line', () => {
    const close = (got: number, want: number | null, name: string) => (want === null ? expect(got, name).toBeNaN() : expect(got, name).toBeCloseTo(want, 7));
    expect(checks.paired.length).toBeGreaterThan(5);
    for (const { x, y, sd, diff, low, high } of checks.paired) {
      const p = paired(x, y), name = x.join(' ');
      close(spreadOf(x).sd, sd, name);
      close(p.diff, diff, name);
      close(p.low, low, name);
      close(p.high, high, name);
    }
  });

  it('are written in points', () => {
    expect([points(0.5412), points(NaN), gap(-0.024), gap(0.0004), gap(0.02)]).toEqual(['54.1', 'n/a', '−2.4', '0.0', '+2.0']);
    expect(interval({ n: 3, diff: 0.02, low: -0.054, high: 0.1 })).toBe('+2.0 [−5.4, +10.0]');
  });
});

describe('plots', () => {
  it('curves share an axis, and a mean goes as far as all have come', () => {
    expect(meanCurve([[0.2, 0.4, 0.6], [0.4, 0.6], []])).toEqual([0.30000000000000004, 0.5]);
    expect(meanCurve([])).toEqual([]);
    const c = curves([[0.2, 0.4], [0.4]], [[0.5]], 0.8, 10, [0, 1], { width: 200, height: 100 });
    expect(c.seeds).toHaveLength(2);
    expect(c.teacher).toBeGreaterThan(c.top);
    expect(c.xTicks.map((t) => t.text)).toEqual(['1', '10']);
    expect(tens([0.23, 0.71])).toEqual([0.2, 0.8]);
    expect(tens([])).toEqual([0, 1]);
    expect(around([0.5])).toEqual([0.48, 0.52]);
  });

  it('lines end at their labels', () => {
    const l = lines([{ name: '2', points: [{ x: 1, y: 0.1 }, { x: 2, y: 0.9 }] }, { name: 'none', points: [] }], { x: [1, 8], y: [0, 1] }, String, { width: 400, height: 200 });
    expect(l.series.map((s) => s.name)).toEqual(['2']);
    expect(l.series[0]!.label).toEqual(l.series[0]!.dots[1]);
    expect(l.xTicks.map((t) => t.text)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  });
});

it('a table is written by the rules for CSV', () => {
  expect(toCSV(['a', 'b'], [['x,y', 1.5], ['say "so"', NaN]])).toBe('a,b\r\n"x,y",1.5\r\n"say ""so""",\r\n');
});

it('a cell of a table is no formula, and a number stays one', () => {
  const rows = [['=1+1', '+cmd', '-b', '@SUM(A1)'], ['\t=1', '-1.5e3', '+2', -3], ['＝1', 'a=b', '', '-']];
  expect(toCSV(['=h'], rows)).toBe("'=h\r\n'=1+1,'+cmd,'-b,'@SUM(A1)\r\n'\t=1,-1.5e3,+2,-3\r\n'＝1,a=b,,'-\r\n");
});

describe('what is not known', () => {
  it('is n/a, an empty cell or a gap, never 0', () => {
    const p = paired([NaN, NaN], [NaN, NaN]);
    expect([points(spreadOf([NaN, NaN]).mean), gap(p.diff), interval(p), verdict(p)]).toEqual(['n/a', 'n/a', 'n/a', 'not known: there are no test nodes']);
    expect([list([NaN, NaN]), list([0.5, NaN]), list([])]).toEqual(['', '0.5 n/a', '']);
    expect(toCSV(['a', 'b'], [[NaN, list([NaN])]])).toBe('a,b\r\n,\r\n');
    expect([around([NaN]), tens([NaN, 0.5, 0.61])]).toEqual([[0, 1], [0.5, 0.7]]);
    const c = curves([[0.5, NaN, 0.7, 0.8]], [], NaN, 4, [0, 1], { width: 200, height: 100 });
    expect([c.seeds[0]!.match(/M/g)!.length, c.teacher]).toEqual([2, undefined]);
    expect(lines([{ name: 'a', points: [{ x: 1, y: NaN }, { x: 2, y: 0.5 }] }], { x: [1, 2], y: [0, 1] }, String, { width: 200, height: 100 }).series[0]!.dots.length).toBe(1);
  });
});
