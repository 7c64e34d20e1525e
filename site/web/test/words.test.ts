// Commands, edits and subjects are written and read as Go does: texts.json has
// one of each from there.

import { expect, test } from 'vitest';
import texts from '../src/generated/texts.json';
import { commands, edits, readEdit, readSubject, subjects } from '../src/generated/wire';

interface Sample { verb: string; names: string[]; words: unknown[]; text: string }

const all: [string, Record<string, (...words: never[]) => string>, ((text: string) => unknown) | undefined, Sample[]][] = [
  ['command', commands, undefined, texts.command], ['edit', edits, readEdit, texts.edit], ['subject', subjects, readSubject, texts.subject],
];

for (const [kind, make, read, samples] of all) {
  test(`there is no ${kind} but those of Go`, () => expect(Object.keys(make)).toEqual(samples.map((s) => s.verb)));

  test.each(samples)(`${kind} $text`, ({ verb, names, words, text }) => {
    expect(make[verb]!(...words as never[])).toBe(text);
    if (read) expect(read(text)).toEqual({ verb, ...Object.fromEntries(names.map((name, i) => [name, words[i]])) });
  });
}

test.each(['', 'dance', 'toString', 'cut', 'cut a 1', 'mislabel 1 2 3', 'loss now'])('%j says nothing', (text) => {
  expect(readEdit(text) ?? readSubject(text)).toBeUndefined();
});
