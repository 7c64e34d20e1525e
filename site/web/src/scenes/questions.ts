// What the guess of a scene is about: a run, its soft labels, or many runs.

import type { Ask } from '../generated/lesson';
import { bestDepth, enough, winner } from '../studies/guesses';
import type { Studies } from '../studies/studies.svelte';
import { question, type Question } from '../words/guesses';
import type { Parts } from './scenes';

/** The questions about many runs. */
const ofStudies: Partial<Record<Ask, (s: Studies) => Question>> = {
  depth: (s) => bestDepth(s.depth), wins: (s) => winner(s.race), size: (s) => enough(s.frontier),
};

export const isOfStudies = (ask: Ask) => ofStudies[ask] !== undefined;

/** The question that a scene has asked; undefined where the run has no answer to it, or the scene's panel asks itself. asks says whether its step does now: a layer that is copied is hidden until then, unless A was seen. */
export function questionOf(ask: Ask, asks: boolean, { run, timeline, inspected, studies }: Pick<Parts, 'run' | 'timeline' | 'inspected' | 'studies'>): Question | undefined {
  const ofMany = ofStudies[ask];
  if (ofMany) return ofMany(studies());
  if (!run.snapshot) return undefined;
  const q = question(ask, run.snapshot, inspected.temperature);
  const isCovered = asks && !timeline.told.copies && q?.answer?.keys.length !== 0;
  return ask === 'copies' && q ? { ...q, isHidden: isCovered, isOfRun: false } : q;
}
