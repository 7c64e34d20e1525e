// What can be guessed of a run before it is seen, and what a guess is judged by:
// the numbers that were learned, where they were.

import type { Ask } from '../generated/lesson';
import { say } from '../texts/texts';
import { shown } from '../wire/foreign';
import { labelsOf, type Embedding, type Snapshot } from '../wire/snapshot';
import { alone, isTaught, percent, taught } from './report';

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

/** The question that a step asks of a run, undefined where this run has none. */
export function question(ask: Ask, s: Snapshot): Question | undefined {
  const of: Partial<Record<Ask, (s: Snapshot) => Question | undefined>> = { ahead, attends, parts, lost, gains };
  const q = of[ask]?.(s);
  return q && { isOfRun: true, ...q };
}

/** The run has not begun. */
const isUntouched = (s: Snapshot) => s.phase === 'teaching' || s.phase === 'distilling' && s.epoch === 0 && s.step === 0;

/** Two students part by chance on as many nodes as this in 95 of 100 cases, if they are equally good: the sign test's bound on nodes that only one of them has right. */
const byChance = (nodes: number) => 1.96 * Math.sqrt(nodes);

/** How two students stand on the test nodes: how many each has right, and how many it alone. */
export function standing(s: Snapshot): { taught: number; alone: number; tests: number; isTie: boolean } | undefined {
  const { label, part, student, alone: other } = s.predictions;
  if (student.length === 0 || other.length === 0) return undefined;
  let tests = 0, hits = 0, otherHits = 0, apart = 0;
  label.forEach((c, v) => {
    if (part[v] !== 2 || c < 0) return;
    const a = student[v] === c, b = other[v] === c;
    tests++;
    hits += Number(a);
    otherHits += Number(b);
    apart += Number(a !== b);
  });
  return tests === 0 ? undefined : { taught: hits, alone: otherHits, tests, isTie: Math.abs(hits - otherHits) <= byChance(apart) };
}

type Standing = NonNullable<ReturnType<typeof standing>>;
const ahead3 = (now: Standing) => (now.isTie ? 'tie' : now.taught > now.alone ? 'taught' : 'alone');
const figures = ({ taught: t, alone: a, tests, isTie }: Standing) => ({ taught: t, alone: a, tests, tie: isTie ? 'yes' : 'no' });

function ahead(s: Snapshot): Question | undefined {
  if (s.phase !== 'teaching' && (!alone(s) || !isTaught(s))) return undefined;
  const options = [{ key: 'taught', label: say('guess.taught') }, { key: 'alone', label: say('guess.alone') }, { key: 'tie', label: say('guess.tie') }];
  const now = s.phase === 'finished' ? standing(s) : undefined;
  return { options, isHidden: isUntouched(s), answer: now && { keys: [ahead3(now)], text: say('guess.ahead', figures(now)) } };
}

/** Of a criterion without soft labels beside it: theirs would be the gain. */
function gains(s: Snapshot): Question | undefined {
  const criterion = taught(s)?.criterion ?? 'none';
  if (s.phase === 'teaching' || !alone(s) || s.alpha > 0 || criterion === 'none' || criterion === 'kd') return undefined;
  const options = [{ key: 'taught', label: say('guess.gains.taught') }, { key: 'tie', label: say('guess.gains.tie') }, { key: 'alone', label: say('guess.gains.alone') }];
  const now = s.phase === 'finished' ? standing(s) : undefined, { history } = taught(s)!;
  const left = history.length > 0 ? percent(history.at(-1)!.aux / history.at(0)!.aux) : '';
  return { options, isHidden: isUntouched(s), answer: now && { keys: [ahead3(now)], text: say('guess.gains', { ...figures(now), left }) } };
}

/** Two shares that differ by less are called level. */
const level = 0.05;

function attends(s: Snapshot): Question | undefined {
  const layers = s.phase === 'teaching' ? 0 : taught(s)?.model.layers ?? 0, row = s.a[1] ?? s.a[0];
  if (layers < 2 || !['abkd', 'stride'].includes(taught(s)?.criterion ?? '')) return undefined;
  const options = Array.from({ length: layers }, (_, j) => ({ key: String(j), label: `S${j + 1}` }));
  const q: Question = { options: [...options, { key: 'tie', label: say('guess.alike') }], isHidden: isUntouched(s) };
  if (isPinned(s) || isGiven(s)) return { ...q, isHidden: false, answer: { keys: [], text: say(isPinned(s) ? 'guess.pinned' : 'guess.given') } };
  if (!row || q.isHidden) return q;
  const order = row.map((v, j) => ({ v, j })).sort((a, b) => b.v - a.v), [first, second] = order;
  const isTie = first!.v - second!.v < level;
  const what = { epoch: s.epoch, teacher: s.a.length > 1 ? 2 : 1, first: first!.j + 1, second: second!.j + 1, share: percent(first!.v), tie: isTie ? 'yes' : 'no' };
  return { ...q, answer: { keys: [isTie ? 'tie' : String(first!.j)], text: say('guess.attends', what) } };
}

/** A is or was the user's own in this run. */
const isPinned = (s: Snapshot) => /(^|&)pin=[^&]/.test(s.experiment) || s.changes.some((c) => c.text.startsWith('pin '));
/** No gradient reaches A. */
const isGiven = (s: Snapshot) => /(^|&)(softmax=uniform|detach=on)(&|$)/.test(s.experiment);

/** How much of what the teacher knows is lost on the student alone, in parts that are told apart by eye. */
const losses: [string, number][] = [['few', 0.25], ['some', 0.5], ['most', 1]];

function lost(s: Snapshot): Question | undefined {
  if (s.phase !== 'teaching' && !alone(s)) return undefined;
  const q: Question = { options: losses.map(([key]) => ({ key, label: say('guess.lost.part', { part: key }) })), isHidden: isUntouched(s) };
  const { label, part, teacher, alone: other } = s.predictions;
  if (s.phase !== 'finished' || other.length === 0 || teacher.length === 0) return q;
  const known = label.flatMap((c, v) => (part[v] === 2 && c >= 0 && teacher[v] === c ? [v] : []));
  if (known.length === 0) return q;
  const missed = known.filter((v) => other[v] !== label[v]).length, key = losses.find(([, most]) => missed <= most * known.length)![0];
  return { ...q, answer: { keys: [key], text: say('guess.lost', { lost: missed, known: known.length }) } };
}

/** Of how many classes one is guessed: of more, those of most nodes. */
const mostClasses = 6;

/** How a class lies in a layer: how many of its nodes are nearer to its own mean than to that of any other. */
export interface Held { class: number; nodes: number; held: number }

/** How each class lies in a layer, those of most nodes first. */
export function heldTogether(e: Embedding, label: number[]): Held[] {
  const means = new Map<number, { n: number; x: number; y: number }>();
  e.nodes.forEach((v, k) => {
    const c = label[v] ?? -1;
    if (c < 0) return;
    const m = means.get(c) ?? { n: 0, x: 0, y: 0 };
    m.x += e.x[k]!; m.y += e.y[k]!; m.n++;
    means.set(c, m);
  });
  const all = [...means].map(([c, m]) => ({ class: c, nodes: m.n, held: 0, x: m.x / m.n, y: m.y / m.n }));
  e.nodes.forEach((v, k) => {
    const far = (m: { x: number; y: number }) => Math.hypot(e.x[k]! - m.x, e.y[k]! - m.y);
    const own = all.find((m) => m.class === label[v]);
    if (own && all.every((m) => m === own || far(own) < far(m))) own.held++;
  });
  return all.map(({ class: c, nodes, held }) => ({ class: c, nodes, held })).sort((a, b) => b.nodes - a.nodes || a.class - b.class);
}

function parts(s: Snapshot): Question | undefined {
  const label = labelsOf(s.predictions);
  if (s.phase === 'teaching' || label.length === 0) return undefined;
  const last = s.embeddings.findLast((e) => e.model === 'student');
  if (!last) return undefined;
  const asked = heldTogether(last, label).slice(0, mostClasses), name = (c: number) => shown(s.graph.classes[c] || String(c));
  if (asked.length < 2) return undefined;
  const q: Question = { options: asked.map((h) => ({ key: String(h.class), label: name(h.class), isName: true })), isHidden: isUntouched(s) };
  if (s.phase !== 'finished') return q;
  const share = (h: Held) => h.held / h.nodes, best = asked.reduce((a, b) => (share(b) > share(a) ? b : a));
  /** Chance parts two shares as far. */
  const isLevel = (h: Held) => {
    const p = (h.held + best.held) / (h.nodes + best.nodes);
    return share(best) - share(h) <= 1.96 * Math.sqrt(p * (1 - p) * (1 / h.nodes + 1 / best.nodes));
  };
  const tied = asked.filter((h) => h === best || isLevel(h));
  const others = tied.filter((h) => h !== best).map((h) => name(h.class)).join(say('list.separator'));
  return { ...q, answer: { keys: tied.map((h) => String(h.class)), text: say('guess.parts', { class: name(best.class), held: best.held, nodes: best.nodes, more: tied.length - 1, others }) } };
}

/** The temperature at which it is asked what a class keeps. */
const hot = 10;
const shares: [string, number][] = [['little', 0.2], ['some', 0.5], ['most', 1]];

/** The share that the teacher's likeliest class keeps at a high temperature; hidden until the reader has pulled it there. */
export function keeps(s: Snapshot, temperature: number): Question | undefined {
  const logits = s.focus.teacher;
  if (logits.length === 0) return undefined;
  const top = Math.max(...logits), kept = 1 / logits.reduce((sum, v) => sum + Math.exp((v - top) / hot), 0);
  const q: Question = { options: shares.map(([key]) => ({ key, label: say('guess.share.part', { part: key }) })), isHidden: temperature < hot };
  if (q.isHidden) return q;
  return { ...q, answer: { keys: [shares.find(([, most]) => kept <= most)![0]], text: say('guess.share', { temperature: hot, share: percent(kept), even: percent(1 / logits.length), classes: logits.length }) } };
}
