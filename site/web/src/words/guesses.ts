// What can be guessed of a run before it is seen, and what a guess is judged by:
// the numbers that were learned, where they were.

import type { Ask } from '../generated/lesson';
import type { Snapshot } from '../wire/snapshot';
import { alone, isTaught, percent, taught } from './report';

export interface Question {
  options: { key: string; label: string }[];
  /** The answer is not to be seen yet. */
  isHidden: boolean;
  /** What it came to, once that can be said; "" for a key where nothing was learned that could be guessed. */
  answer?: { key: string; text: string } | undefined;
}

/** The question that a step asks of a run, undefined where this run has none. */
export function question(ask: Ask, s: Snapshot): Question | undefined {
  switch (ask) {
    case 'ahead': return ahead(s);
    case 'attends': return attends(s);
    default: return undefined;
  }
}

/** The run has not begun. */
const isUntouched = (s: Snapshot) => s.phase === 'teaching' || s.phase === 'distilling' && s.epoch === 0 && s.step === 0;

/** Two students part by chance on as many nodes as this in 95 of 100 cases, if they are equally good: the sign test's bound on nodes that only one of them has right. */
const byChance = (nodes: number) => 1.96 * Math.sqrt(nodes);

/** How two students stand on the test nodes: how many each has right, and how many it alone. */
export function standing(s: Snapshot): { taught: number; alone: number; tests: number; isTie: boolean } | undefined {
  const { label, part, student, alone: other } = s.predictions;
  if (student.length === 0 || other.length === 0) return undefined;
  let tests = 0, right = 0, otherRight = 0, apart = 0;
  label.forEach((c, v) => {
    if (part[v] !== 2 || c < 0) return;
    const a = student[v] === c, b = other[v] === c;
    tests++;
    right += Number(a);
    otherRight += Number(b);
    apart += Number(a !== b);
  });
  return tests === 0 ? undefined : { taught: right, alone: otherRight, tests, isTie: Math.abs(right - otherRight) <= byChance(apart) };
}

function ahead(s: Snapshot): Question | undefined {
  if (s.phase !== 'teaching' && (!alone(s) || !isTaught(s))) return undefined;
  const options = [{ key: 'taught', label: 'the taught one' }, { key: 'alone', label: 'the one alone' }, { key: 'tie', label: 'a tie' }];
  const now = s.phase === 'finished' ? standing(s) : undefined;
  return {
    options, isHidden: isUntouched(s),
    answer: now && {
      key: now.isTie ? 'tie' : now.taught > now.alone ? 'taught' : 'alone',
      text: `At the end it is ${now.taught} against ${now.alone} of ${now.tests} test nodes${now.isTie ? ', a tie: chance alone parts two equal students as far' : ''}.`,
    },
  };
}

/** Two shares that differ by less are called level. */
const level = 0.05;

function attends(s: Snapshot): Question | undefined {
  const layers = s.phase === 'teaching' ? 0 : taught(s)?.model.layers ?? 0, row = s.a[1] ?? s.a[0];
  if (layers < 2 || !['abkd', 'stride'].includes(taught(s)?.criterion ?? '')) return undefined;
  const options = Array.from({ length: layers }, (_, j) => ({ key: String(j), label: `S${j + 1}` }));
  const q: Question = { options: [...options, { key: 'tie', label: 'all alike' }], isHidden: isUntouched(s) };
  if (isPinned(s)) return { ...q, isHidden: false, answer: { key: '', text: 'A is pinned: nobody learned it, so there is nothing to guess.' } };
  if (!row || q.isHidden) return q;
  const order = row.map((v, j) => ({ v, j })).sort((a, b) => b.v - a.v), [first, second] = order;
  const isTie = first!.v - second!.v < level;
  return { ...q, answer: { key: isTie ? 'tie' : String(first!.j), text: `At epoch ${s.epoch} T${s.a.length > 1 ? 2 : 1} gives ${isTie ? `S${first!.j + 1} and S${second!.j + 1} about the same` : `S${first!.j + 1} ${percent(first!.v)}`}.` } };
}

/** A is or was the user's own in this run. */
const isPinned = (s: Snapshot) => /(^|&)pin=[^&]/.test(s.experiment) || s.changes.some((c) => c.text.startsWith('pin '));
