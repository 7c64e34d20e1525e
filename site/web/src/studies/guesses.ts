// What can be guessed of many runs before they are run, and what they came to:
// judged as by sim/guess, held by a test on the same runs.
// What is stored is hidden by the scene until the guess is made.

import { manyLayers, studentSizes } from '../generated/lesson';
import { fixed, say } from '../texts/texts';
import type { Question } from '../words/guesses';
import { percent } from '../words/report';
import type { Run } from './runs.svelte';
import { paired, spreadOf } from './stats';
import { depths, type Size } from './methods';
import type { Depth, Frontier, Race } from './studies.svelte';

const tests = (runs: Run<unknown>[]) => runs.map((r) => r.outcome!.student.test);

/** Whether chance alone may part what these runs came to, on the seeds that both have. One seed tells nothing of chance: there only equals are level. */
function areLevel(best: Run<unknown>[], other: Run<unknown>[]): boolean {
  const pairs = best.flatMap((a) => { const b = other.find((r) => r.seed === a.seed); return b ? [[a, b] as const] : []; });
  const p = paired(tests(pairs.map(([a]) => a)), tests(pairs.map(([, b]) => b)));
  return p.n > 0 && (Number.isNaN(p.low) ? p.diff === 0 : p.low <= 0);
}

/** The runs of each of those that ran, those with the most test nodes right first; none while some are to come. */
function ranked<Of>(all: readonly Of[], runs: Run<unknown>[], isOf: (r: Run<unknown>, of: Of) => boolean) {
  const each = all.map((of) => ({ of, done: runs.filter((r) => r.outcome && isOf(r, of)) }));
  if (each.some((e) => e.done.length === 0)) return [];
  return each.map((e) => ({ ...e, mean: spreadOf(tests(e.done)).mean })).filter((e) => !Number.isNaN(e.mean)).sort((a, b) => b.mean - a.mean);
}

const choiceOf = (layers: number) => (layers < manyLayers ? String(layers) : 'more');

/** With how many layers the most test nodes are right. */
export function bestDepth(depth: Depth): Question {
  const options = [...new Set(depths.map(choiceOf))].map((key) => ({
    key, label: key === 'more' ? say('guess.depth.more', { from: manyLayers, to: depths.at(-1)! }) : say('guess.depth.layers', { n: Number(key) }),
  }));
  const q: Question = { options, isHidden: depth.runs.stored || depth.runs.done.length === 0 };
  const [best, ...rest] = depth.runs.busy ? [] : ranked(depths, depth.runs.all, (r, layers) => r.of === layers);
  if (!best) return q;
  const level = rest.filter((r) => areLevel(best.done, r.done)).map((r) => r.of);
  return { ...q, answer: {
    keys: [...new Set([best.of, ...level].map(choiceOf))],
    text: say('guess.depth', { n: best.of, share: percent(best.mean), seeds: best.done.length, more: level.length, others: level.join(say('list.separator')) }),
  } };
}

/** Which method has the most test nodes right, or none beyond chance. */
export function winner(race: Race): Question {
  const isOver = race.runs.all.length > 0 && !race.runs.busy, all = isOver ? race.methods : race.choice;
  const q: Question = { options: [...all.map((m) => ({ key: m.key, label: m.name })), { key: 'tie', label: say('guess.tie') }], isHidden: race.runs.stored || race.runs.done.length === 0 };
  const [best, ...rest] = isOver ? ranked(all, race.runs.all, (r, m) => r.of === m.key) : [];
  if (!best) return q;
  const seeds = best.done.length, level = rest.filter((r) => areLevel(best.done, r.done)).map((r) => r.of.name);
  if (seeds < 2) return { ...q, answer: { keys: [], text: say('guess.wins.seed', { method: best.of.name, share: percent(best.mean) }) } };
  return { ...q, answer: {
    keys: [level.length > 0 ? 'tie' : best.of.key],
    text: say('guess.wins', { method: best.of.name, share: percent(best.mean), seeds, more: level.length, others: level.join(say('list.separator')) }),
  } };
}

const sizes = Object.entries(studentSizes);

/** How many parameters a student needs that has as many test nodes right as the teacher. */
export function enough(frontier: Frontier): Question {
  const { done, busy, all } = frontier.runs;
  const q: Question = { options: [...sizes.map(([key]) => key), 'none'].map((key) => ({ key, label: say('guess.size.part', { part: key }) })), isHidden: frontier.runs.stored || done.length === 0 };
  if (done.length === 0 || busy || all.length === 0) return q;
  const sizeOf = (r: Run<Size>) => `${r.of.layers} × ${r.of.hidden}`, ran = [...new Set(done.map(sizeOf))];
  const equal = ran.map((size) => {
    const runs = done.filter((r) => sizeOf(r) === size), { teacher, student } = runs[0]!.outcome!;
    return { size, smaller: teacher.params / student.model.params, test: spreadOf(tests(runs)).mean, teacher: spreadOf(runs.map((r) => r.outcome!.teacher.test)).mean };
  }).filter((s) => s.test >= s.teacher).sort((a, b) => b.smaller - a.smaller);
  const [least] = equal;
  if (!least) return { ...q, answer: { keys: ['none'], text: say('guess.size.none', { sizes: ran.length }) } };
  return { ...q, answer: {
    keys: [sizes.find(([, from]) => least.smaller >= from)![0]],
    text: say('guess.size', { size: least.size, times: fixed(least.smaller, least.smaller < 10 ? 1 : 0), share: percent(least.test), teacher: percent(least.teacher) }),
  } };
}
