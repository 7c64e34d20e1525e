// What the core remarks on a run, in words: what is so extreme that the numbers mislead.

import type { RemarkCode } from '../generated/wire';
import { fixed, say, sentences } from '../texts/texts';
import type { Snapshot } from '../wire/snapshot';
import { shown } from '../wire/foreign';

type Remark = Snapshot['remarks'][number];

/** A number whose decimals, where it is large, say nothing. */
const rounded = (v: number) => (v < 100 ? v : Math.round(v));

const words: Record<RemarkCode, (r: Remark) => string> = {
  rate: (r) => say('remark.rate', { value: rounded(r.value), beside: rounded(r.beside) }),
  weight: (r) => say('remark.weight', { value: rounded(r.value), beside: rounded(r.beside) }),
  features: (r) => say('remark.features', { of: shown(r.of), value: rounded(r.value) }),
  tests: (r) => say('remark.tests', { tests: r.value, points: fixed(100 * r.beside, 1) }),
  dead: (r) => say('remark.dead', { dead: r.value, of: r.beside }),
  silent: (r) => say('remark.silent', { value: r.beside }),
  loss: (r) => say('remark.loss', { value: rounded(r.value), beside: rounded(r.beside) }),
};

export const remarks = (s: Snapshot): string => sentences(...s.remarks.map((r) => words[r.code as RemarkCode]?.(r) ?? ''));
