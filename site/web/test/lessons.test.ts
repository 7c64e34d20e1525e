import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Condition, Lesson, Value } from '../src/generated/course';
import given from '../src/generated/values.json';
import { csvOf } from '../src/state/progress';
import { holds, reckon, rightOf, valueIn } from '../src/state/values';
import { formatLink, parseLink } from '../src/state/link';
import { decodeSnapshot } from '../src/wire/snapshot';

const bytes = readFileSync(new URL('../src/generated/everything.bin', import.meta.url));
const s = decodeSnapshot(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
const listed = given.values as { value: Value; in: number | null }[];

/** All values of the snapshot, those that are reckoned too. */
const values = reckon({ values: listed.map((v) => v.value) }, Object.fromEntries(listed.filter((v) => v.value.sum.length === 0).map((v) => [v.value.name, valueIn(v.value, s)])));

describe('values and conditions are those of the core', () => {
  it.each(listed)('$value.measure $value.of', ({ value, in: want }) => {
    const got = values[value.name]!;
    if (want === null) expect(got).toBeNaN();
    else expect(got).toBeCloseTo(want, 6);
  });
  it.each(given.conditions as { text: string; when: Condition; holds: boolean; known: boolean }[])('$text', ({ when, holds: want, known }) => {
    expect(holds(when, values)).toBe(known ? want : undefined);
  });
});

test('a guess is judged by the first condition that holds, and by none where a value is not known', () => {
  const one = [{ left: [{ factor: 1, times: ['a'], by: [] }], is: '>', right: [{ factor: 2, times: [], by: [] }] }];
  const lesson: Pick<Lesson, 'guess'> = { guess: [{ text: [], when: one }, { text: [], when: [] }] };
  expect([rightOf(lesson, { a: 3 }), rightOf(lesson, { a: 2 }), rightOf(lesson, {}), rightOf(lesson, { a: NaN })]).toEqual([0, 1, -1, -1]);
});

test('progress is a table, whatever a title holds', () => {
  const done = { title: 'Is it "luck", or not?', guess: 'yes, it is', right: true, seed: 3, at: '2026-01-02T03:04:05.000Z' };
  const exam = { ...done, exam: { passed: false, attempts: 2, settings: 'hidden=6&seed=3' } };
  expect(csvOf({ luck: done, exam })).toBe('lesson,title,guess,right,seed,time,passed,attempts,settings\n'
    + 'luck,"Is it ""luck"", or not?","yes, it is",yes,3,2026-01-02T03:04:05.000Z,,,\nexam,"Is it ""luck"", or not?","yes, it is",yes,3,2026-01-02T03:04:05.000Z,no,2,"hidden=6&seed=3"\n');
});

test.each([['depth', 'depth'], ['list', '']])('a link to the lesson %s is read and written', (text, id) => {
  const link = parseLink(`#data=karate&lesson=${text}`);
  expect(link.lesson).toBe(id);
  expect(formatLink(link)).toContain(`lesson=${text}`);
  expect(parseLink('#data=karate').lesson).toBeUndefined();
  expect(parseLink('#data=karate&lesson=A%20B').notice).toContain('lesson is "A B"');
});
