// The studies of what the page opens with: which runs they are of, and what
// these came to when the page was built.

import studies from '../generated/studies.json';
import { parseFragment } from '../state/fragment';
import type { Control, Settings } from '../state/schema';
import { alone, depths, methods, sized, sweep, withSeed } from './methods';
import type { ModelState } from '../wire/snapshot';
import type { StoredEnd, StoredRun, StoredStudies } from '../generated/stored';
import type { Outcome } from './runs.svelte';

/** Over how many seeds each is stored, and what a walk into the depth is made of. */
export const storedSeeds = { race: 3, frontier: 1, depth: 1 }, storedDepth = { model: 'rgcn', width: 16 };

const seeds = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

/** The experiments of the stored studies, in order. */
export function openingStudies(schema: Control[], opening: string): Record<keyof typeof storedSeeds, string[]> {
  const base = parseFragment(opening);
  const over = (n: number, all: Settings[]) => seeds(n).flatMap((seed) => all.map((s) => withSeed(schema, s, seed)));
  return {
    race: over(storedSeeds.race, methods(schema, base, false).map((m) => m.settings)),
    frontier: over(storedSeeds.frontier, sweep.map(({ layers, hidden }) => sized(schema, base, layers, hidden))),
    depth: over(storedSeeds.depth, depths.map((layers) => alone(schema, base, storedDepth.model, layers, storedDepth.width))),
  };
}

/** What was computed when the page was built. */
export const storedStudies: StoredStudies = studies;

/** What a stored run came to. */
export function storedOutcome(run: StoredRun, teacher: StoredEnd): Outcome {
  const student = result(run.student);
  return { student, alone: run.alone ? result(run.alone) : student, teacher: state(teacher), smoothness: run.smoothness ?? [] };
}

const result = (end: StoredEnd) => ({ test: end.test, valid: end.valid, bestEpoch: end.bestEpoch, model: state(end) });

/** Time is not stored: it is measured where the page is. */
const state = (end: StoredEnd): ModelState => ({ ...end, inferMicros: 0, loss: NaN, train: NaN });
