// Mean, spread and paired differences over seeds, as sim/study has them.

import { noSpread, t975 } from '../generated/study';
import { unknown } from '../words/report';
import { fixed, say } from '../texts/texts';

export interface Spread { n: number; mean: number; /** With the divisor n−1; NaN for one number. */ sd: number }

export function spreadOf(x: number[]): Spread {
  const n = x.length;
  const mean = x.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1));
  return { n, mean, sd: n > 1 ? sd : NaN };
}

export interface Paired { n: number; diff: number; /** Bounds of the 95 % interval by Student's t; NaN where there is none. */ low: number; high: number }

/** The mean difference x−y over pairs, with its interval. Pairs that all differ by the same have none. */
export function paired(x: number[], y: number[]): Paired {
  const { n, mean, sd } = spreadOf(x.map((v, i) => v - y[i]!));
  const t = t975[n - 2];
  const half = t !== undefined && sd >= noSpread ? (t * sd) / Math.sqrt(n) : NaN;
  return { n, diff: mean, low: mean - half, high: mean + half };
}

/** What an interval says, in one word that no plot needs. */
export function verdict(p: Paired): string {
  if (p.n > 0 && Number.isNaN(p.diff)) return say('verdict.unknown');
  if (p.n < 2) return say('verdict.single');
  if (Math.abs(p.diff) < noSpread) return Number.isNaN(p.low) ? say('verdict.tie') : say('verdict.level');
  if (Number.isNaN(p.low)) return p.diff > 0 ? say('verdict.gain') : say('verdict.loss');
  if (p.low > 0) return say('verdict.ahead');
  if (p.high < 0) return say('verdict.behind');
  return say('verdict.chance');
}

const signed = (v: number) => `${v < 0 ? '−' : '+'}${fixed(Math.abs(v), 1)}`;

/** An accuracy in per cent with one decimal. */
export const points = (v: number) => (Number.isNaN(v) ? unknown() : fixed(100 * v, 1));
/** A difference of accuracies in points. A zero has no sign. */
export const gap = (v: number) => (Number.isNaN(v) ? unknown() : Math.abs(100 * v) < 0.05 ? fixed(0, 1) : signed(100 * v));

/** "+1.3 [−0.2, +2.9]", without brackets where there is no interval. */
export const interval = (p: Paired) => (Number.isNaN(p.low) ? gap(p.diff) : say('interval', { value: gap(p.diff), low: gap(p.low), high: gap(p.high) }));
