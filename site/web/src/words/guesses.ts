// What can be guessed before it is seen, in words: the trainer asks and judges
// (sim/guess), the page says it.

import { hotTemperature, type Ask } from '../generated/lesson';
import type { Figure, Question as Asked } from '../generated/wire';
import { fixed, say, sayOf, type Args } from '../texts/texts';
import { shown } from '../wire/foreign';
import type { Snapshot } from '../wire/snapshot';
import { percent } from './report';

export interface Question {
  /** isName tells of a label that is a name of the data's. */
  options: { key: string; label: string; isName?: boolean }[];
  /** The answer is not to be seen yet. */
  isHidden: boolean;
  /** The run shows it: at its first moment it is hidden again. */
  isOfRun?: boolean;
  /** What it came to, once that can be said. */
  answer?: Answer | undefined;
}

export interface Answer {
  /** The options that it leaves: several tie, and with none nothing was learned that could be guessed. */
  keys: string[];
  text: string;
}

/** The question that a step asks of a run, undefined where this run has none. The share at a high temperature is hidden until the reader has pulled it there. */
export function question(ask: Ask, s: Snapshot, temperature = 0): Question | undefined {
  const q = s.questions.find((x) => x.ask === ask);
  if (!q) return undefined;
  const options = q.options.map((key) => ({ key, label: labelOf(ask, key, s), isName: ask === 'parts' }));
  if (ask === 'share' && temperature < hotTemperature) return { options, isHidden: true };
  return { options, isHidden: q.hidden, isOfRun: ask !== 'share', answer: q.answer ? { keys: q.keys, text: sayOf(q.answer, argsOf(q, s)) } : undefined };
}

const gains = { taught: 'guess.gains.taught', tie: 'guess.gains.tie', alone: 'guess.gains.alone' } as const;

const nameOf = (s: Snapshot, c: number) => shown(s.graph.classes[c] || String(c));

/** What an option of a question about a run is called. */
function labelOf(ask: Ask, key: string, s: Snapshot): string {
  switch (ask) {
    case 'copies': case 'attends': return key === 'tie' ? say('guess.alike') : `S${Number(key) + 1}`;
    case 'parts': return nameOf(s, Number(key));
    case 'lost': return say('guess.lost.part', { part: key });
    case 'share': return say('guess.share.part', { part: key });
    default: return say(gains[key as 'tie']);
  }
}

const argsOf = (q: Asked, s: Snapshot): Args => Object.fromEntries(q.figures.map((f) => [f.name, said(f, s)]));

function said({ is, words, values: [first = NaN, ...others] }: Figure, s: Snapshot): string | number {
  switch (is) {
    case 'count': return first;
    case 'share': return percent(first);
    case 'times': return fixed(first, first < 10 ? 1 : 0);
    case 'classes': return Number.isNaN(first) ? '' : [first, ...others].map((c) => nameOf(s, c)).join(say('list.separator'));
    default: return words.join(say('list.separator'));
  }
}
