import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../src/generated/lesson';
import { bestDepth, enough, winner } from '../src/studies/guesses';
import type { Depth, Frontier, Race } from '../src/studies/studies.svelte';
import { decodeSnapshot, type Snapshot } from '../src/wire/snapshot';
import { heldTogether, keeps, question, type Question } from '../src/words/guesses';

const read = (): Snapshot => decodeSnapshot(new Uint8Array(readFileSync(new URL('../src/generated/snapshot.bin', import.meta.url))).buffer);

/** A run whose two students have these test nodes right: of each node whether the taught one has, and the one alone. */
function over(nodes: [boolean, boolean][]): Snapshot {
  const s = read();
  s.phase = 'finished';
  s.predictions = {
    nodes: [], label: nodes.map(() => 0), part: nodes.map(() => 2), teacher: nodes.map(() => 0),
    student: nodes.map(([taught]) => (taught ? 0 : 1)), alone: nodes.map(([, alone]) => (alone ? 0 : 1)),
  };
  return s;
}
const only = (taught: number, alone: number, both: number): [boolean, boolean][] => [
  ...Array<[boolean, boolean]>(taught).fill([true, false]), ...Array<[boolean, boolean]>(alone).fill([false, true]), ...Array<[boolean, boolean]>(both).fill([true, true])];

describe('of a run', () => {
  it.each([[30, 5, 'taught'], [5, 30, 'alone'], [5, 4, 'tie'], [0, 0, 'tie'], [14, 6, 'tie'], [15, 5, 'taught']])('%d nodes against %d is %s', (taught, alone, key) => {
    const q = question('ahead', over(only(taught, alone, 40)))!;
    expect(q.answer!.keys).toEqual([key]);
    expect(q.answer!.text.includes('a tie')).toBe(key === 'tie');
    expect(q.isHidden).toBe(false);
  });

  it.each([[0, 'few'], [25, 'few'], [26, 'some'], [50, 'some'], [51, 'most']])('of 100 that the teacher knows %d are lost: %s', (n, key) => {
    expect(question('lost', over(only(n, 0, 100 - n)))!.answer).toMatchObject({ keys: [key], text: expect.stringContaining(`${n} of the 100`) });
  });

  it('is judged at its end alone, and not of what was given', () => {
    const s = over(only(30, 5, 0));
    s.phase = 'distilling';
    for (const ask of ['ahead', 'lost', 'parts'] as Ask[]) expect(question(ask, s)?.answer, ask).toBeUndefined();
    s.a = [[0.5, 0.5], [0.9, 0.1]];
    expect(question('attends', s)!.answer!.keys).toEqual(['0']);
    s.a = [[0.5, 0.5], [0.52, 0.48]];
    expect(question('attends', s)!.answer!.keys).toEqual(['tie']);
    for (const given of ['pin=1,0;1,0;0,1', 'alpha=0.5&softmax=uniform', 'detach=on&epochs=7']) {
      expect(question('attends', { ...s, experiment: given })!.answer!.keys, given).toEqual([]);
    }
  });

  it('has a gain that is the criterion’s where there are no soft labels', () => {
    const s = over(only(30, 5, 0));
    expect(question('gains', { ...s, alpha: 0.5 })).toBeUndefined();
    expect(question('gains', { ...s, alpha: 0 })!.answer!.keys).toEqual(['taught']);
    expect(question('gains', { ...over(only(5, 6, 50)), alpha: 0 })!.answer!.keys).toEqual(['tie']);
  });

  it('holds a class together whose nodes are nearest to its own mean; those that chance may part tie', () => {
    const e = { model: 'student', layer: 1, nodes: [0, 1, 2, 3, 4, 5, 6], x: [0, 1, 0, 10, 11, 1, 5], y: [0, 0, 1, 0, 0, 1, 5], explained: [1, 0] } as unknown as Snapshot['embeddings'][number];
    const label = [0, 0, 0, 1, 1, 1, -1];
    expect(heldTogether(e, label)).toEqual([{ class: 0, nodes: 3, held: 3 }, { class: 1, nodes: 3, held: 2 }]);
    const s = over([]);
    s.predictions.label = label;
    s.embeddings = [e];
    expect(question('parts', s)!.answer!.keys).toEqual(['0', '1']);
    const far = { ...e, nodes: [...Array(60).keys()], x: Array.from({ length: 60 }, (_, i) => (i < 30 ? i % 2 : i % 2 * 50)), y: Array<number>(60).fill(0) };
    s.predictions.label = far.nodes.map((i) => Number(i >= 30));
    s.embeddings = [far as never];
    expect(question('parts', s)!.answer!.keys).toEqual(['0']);
  });

  it('keeps a share at temperature 10, hidden below', () => {
    const s = read();
    s.focus = { ...s.focus, teacher: [50, 0, 0] };
    expect(keeps(s, 4)!.answer).toBeUndefined();
    expect(keeps(s, 4)!.isHidden).toBe(true);
    expect(keeps(s, 10)).toMatchObject({ isHidden: false, answer: { keys: ['most'], text: expect.stringContaining('98.7\u00a0%') } });
    s.focus.teacher = [1, 0, 0, 0, 0];
    expect(keeps(s, 10)!.answer!.keys).toEqual(['some']);
    s.focus.teacher = [1, ...Array<number>(20).fill(0)];
    expect(keeps(s, 10)!.answer!.keys).toEqual(['little']);
  });
});

const run = (of: unknown, seed: number, test: number, params = 1, teacher = { params: 100, test: 0.6 }) =>
  ({ of, seed, status: 'done', outcome: { student: { test, model: { params } }, alone: { test: 0.5 }, teacher } });
const runs = (all: ReturnType<typeof run>[], busy = false) => ({ all, done: all, busy });

describe('of many runs', () => {
  it('the best depth is that of the highest mean; those that chance may part from it tie', () => {
    const seeds = [1, 2, 3], of = (tests: (layers: number, seed: number) => number) =>
      bestDepth({ runs: runs([1, 2, 3, 4, 5, 6, 7, 8].flatMap((l) => seeds.map((s) => run(l, s, tests(l, s))))) } as unknown as Depth);
    expect(of((l, s) => (l === 2 ? 0.6 : 0.4) + 0.01 * ((s * l) % 3)).answer!.keys).toEqual(['2']);
    expect(of((l, s) => (l === 2 ? 0.6 + 0.002 * s : l === 6 ? 0.59 + 0.004 * (4 - s) : 0.4)).answer!.keys).toEqual(['2', 'more']);
    expect(bestDepth({ runs: runs([]) } as unknown as Depth)).toSatisfy((q: Question) => q.isHidden && !q.answer);
    expect(bestDepth({ runs: runs([run(1, 1, 0.4)], true) } as unknown as Depth)).toSatisfy((q: Question) => !q.isHidden && !q.answer);
  });

  it('a method wins beyond chance, or nobody does', () => {
    const methods = ['none', 'kd', 'abkd'].map((key) => ({ key, name: key })), of = (tests: Record<string, number[]>) =>
      winner({ methods, choice: methods, runs: runs(Object.entries(tests).flatMap(([key, each]) => each.map((t, i) => run(key, i + 1, t)))) } as unknown as Race);
    expect(of({ none: [0.5, 0.51, 0.49], kd: [0.6, 0.62, 0.6], abkd: [0.5, 0.52, 0.5] }).answer!.keys).toEqual(['kd']);
    expect(of({ none: [0.5, 0.51, 0.49], kd: [0.6, 0.62, 0.6], abkd: [0.61, 0.6, 0.6] }).answer!.keys).toEqual(['tie']);
    expect(of({ none: [0.5], kd: [0.6], abkd: [0.5] }).answer!.keys).toEqual([]);
    expect(of({})).toSatisfy((q: Question) => q.isHidden && !q.answer);
  });

  it('the smallest student that equals the teacher says how many parameters it takes', () => {
    const of = (...all: [number, number, number][]) => enough({ runs: runs(all.map(([hidden, params, test], i) => run({ layers: 2, hidden }, i, test, params, { params: 1000, test: 0.6 }))) } as unknown as Frontier);
    expect(of([2, 8, 0.3], [4, 20, 0.6], [8, 200, 0.7]).answer).toMatchObject({ keys: ['small'], text: expect.stringContaining('2 × 4, 50×') });
    expect(of([2, 8, 0.3], [4, 20, 0.5]).answer!.keys).toEqual(['none']);
    expect(of([2, 8, 0.6]).answer!.keys).toEqual(['tiny']);
    expect(of([2, 200, 0.6]).answer!.keys).toEqual(['large']);
  });
});
