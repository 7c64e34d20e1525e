// How two runs stand at one moment, in words.

import type { Snapshot } from '../wire/snapshot';
import { say, whole } from '../texts/texts';
import { counted, number, percent, right, targetName, taught } from './report';

/** The share of test nodes that the taught student has right. */
const accuracy = (s: Snapshot) => taught(s)?.model.test ?? NaN;

/** How B stands to A, in test nodes at one epoch. */
export function standing(a: Snapshot, b: Snapshot): string {
  const counts = { epoch: b.epoch, right: right(b, accuracy(b)), other: right(a, accuracy(a)), tests: b.tests, type: targetName(b) }, n = counts.right - counts.other;
  if (b.epoch === 0) return say('beside.begins');
  if (Number.isNaN(n)) return say('beside.unknown', { epoch: b.epoch });
  return n === 0 ? say('beside.level', counts) : say('beside.gap', { ...counts, nodes: counted(b, Math.abs(n)), side: n > 0 ? 'ahead' : 'behind' });
}

/** The numbers of both, row by row. */
export function numbers({ a, b }: { a: Snapshot; b: Snapshot }): { name: string; a: string; b: string }[] {
  const row = (name: string, of: (s: Snapshot) => string) => ({ name, a: of(a), b: of(b) });
  return [
    row(say('beside.right', { tests: b.tests, type: targetName(b) }), (s) => whole(right(s, accuracy(s)))),
    row(say('accuracy.test'), (s) => percent(accuracy(s))),
    row(say('beside.loss'), (s) => number(taught(s)?.history.at(-1)?.total ?? NaN)),
  ];
}
