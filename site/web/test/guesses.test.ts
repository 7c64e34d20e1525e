import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bestDepth, enough, winner } from '../src/studies/guesses';
import type { Depth, Frontier, Race } from '../src/studies/studies.svelte';
import { decodeSnapshot, type Snapshot } from '../src/wire/snapshot';
import { question, type Question } from '../src/words/guesses';

const read = (): Snapshot => decodeSnapshot(new Uint8Array(readFileSync(new URL('../src/generated/snapshot.bin', import.meta.url))).buffer);

describe('of a run', () => {
  it('is what the trainer asks, in words', () => {
    const s = read();
    const figures = { name: '', is: 'count', words: [], values: [] }, count = (name: string, n: number) => ({ ...figures, name, values: [n] });
    s.questions = [
      { ask: 'gains', options: ['taught', 'tie', 'alone'], hidden: false, answer: 'guess.gains', keys: ['tie'], figures: [count('taught', 5), count('alone', 4), count('tests', 50), { ...figures, name: 'tie', is: 'word', words: ['yes'] }, { ...figures, name: 'left', is: 'share', values: [0.25] }] },
      { ask: 'attends', options: ['0', '1', 'tie'], hidden: true, answer: '', keys: [], figures: [] },
      { ask: 'parts', options: ['1', '0'], hidden: false, answer: 'guess.parts', keys: ['1', '0'], figures: [{ ...figures, name: 'class', is: 'classes', values: [1] }, count('held', 3), count('nodes', 4), count('more', 1), { ...figures, name: 'others', is: 'classes', values: [0] }] },
      { ask: 'share', options: ['little', 'some', 'most'], hidden: false, answer: 'guess.share', keys: ['most'], figures: [count('temperature', 10), { ...figures, name: 'share', is: 'share', values: [0.987] }, { ...figures, name: 'even', is: 'share', values: [0.25] }, count('classes', 4)] },
    ];
    s.graph.classes = ['one', 'two'];
    expect(question('gains', s)).toMatchObject({ isHidden: false, isOfRun: true, answer: { keys: ['tie'], text: expect.stringMatching(/of 50 test nodes the taught student has 5 right, the one alone 4, a tie/) } });
    expect(question('attends', s)).toMatchObject({ isHidden: true, answer: undefined, options: [{ label: 'S1' }, { label: 'S2' }, { label: 'all alike' }] });
    expect(question('parts', s)).toMatchObject({ options: [{ label: 'two', isName: true }, { label: 'one' }], answer: { text: expect.stringMatching(/^two: 3 of its 4 .*part them: one\.$/) } });
    expect(question('lost', s)).toBeUndefined();
    expect(question('share', s, 4)).toSatisfy((q: Question) => q.isHidden && !q.answer);
    expect(question('share', s, 10)).toMatchObject({ isHidden: false, answer: { keys: ['most'], text: expect.stringContaining('98.7\u00a0%') } });
  });

  it('is sent with the snapshot', () => {
    const asked = read().questions.map((q) => q.ask);
    expect(asked).toContain('copies');
  });
});

type Stored = [of: string, seed: number, test: number, smaller?: number];
const cases = JSON.parse(readFileSync(new URL('../../../sim/guess/testdata/runs.json', import.meta.url), 'utf8')) as
  { ask: 'depth' | 'wins' | 'size'; name: string; runs: Stored[]; over: boolean; hidden?: boolean; answered: boolean; keys?: string[] }[];
const methods = ['none', 'kd', 'abkd'].map((key) => ({ key, name: key }));

describe('of many runs', () => {
  it.each(cases)('$ask: $name', ({ ask, runs, over, hidden, answered, keys }) => {
    const all = runs.map(([of, seed, test, smaller = 1]) => {
      const [layers, hidden] = of.split(' × ');
      return { of: ask === 'wins' ? of : ask === 'depth' ? Number(of) : { layers, hidden }, seed, status: 'done', outcome: { student: { test, model: { params: 1 } }, alone: { test: 0.5 }, teacher: { params: smaller, test: 0.6 } } };
    });
    const of = { runs: { all, done: all, busy: !over, stored: false }, methods, choice: methods };
    const q = { depth: bestDepth, wins: winner, size: enough }[ask](of as unknown as Depth & Race & Frontier);
    expect([q.isHidden, q.answer !== undefined]).toEqual([hidden ?? false, answered]);
    if (answered) expect(q.answer!.keys).toEqual(keys);
  });
});
