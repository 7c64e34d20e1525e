// What the guess of a scene is about: a run, its soft labels, or many runs.

import type { Ask } from '../generated/lesson';
import { bestDepth, enough, winner } from '../studies/guesses';
import { keeps, question, type Question } from '../words/guesses';
import type { Parts } from './scenes';

/** The question that a step asks now; undefined where the run has no answer to it, or the scene's panel asks itself. */
export function questionOf(ask: Ask, { run, inspected, studies }: Pick<Parts, 'run' | 'inspected' | 'studies'>): Question | undefined {
  switch (ask) {
    case 'depth': return bestDepth(studies().depth);
    case 'wins': return winner(studies().race);
    case 'size': return enough(studies().frontier);
    case 'share': return run.snapshot ? keeps(run.snapshot, inspected.temperature) : undefined;
    default: return run.snapshot ? question(ask, run.snapshot) : undefined;
  }
}
