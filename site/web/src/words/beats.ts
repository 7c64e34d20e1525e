// One training step taken apart, in words.

import type { Beat } from '../generated/lesson';
import type { Snapshot } from '../wire/snapshot';
import { learner, lossRead, number, strongest } from './report';
import { say } from '../texts/texts';

/** What each beat is called, and what it does in the step that s has made. */
export const beatWords: Record<Beat, { title: string; says: (s: Snapshot) => string }> = {
  forward: {
    get title() { return say('beat.forward'); },
    says: (s) => {
      const layers = learner(s)?.model.layers ?? 0;
      const pair = strongest(s);
      return [
        say(s.phase === 'teaching' ? 'beat.forward.teacher' : 'beat.forward.student', { layers }),
        pair ? say('beat.forward.pair', { ...pair, value: number(pair.value) }) : '',
      ].join(' ').trim();
    },
  },
  loss: {
    get title() { return say('beat.loss'); },
    says: (s) => {
      const p = learner(s)?.history.at(-1);
      if (!p) return say('beat.loss.none');
      const { terms, total } = lossRead(s, p);
      return say('beat.loss.terms', { terms, total: number(total) });
    },
  },
  backward: {
    get title() { return say('beat.backward'); },
    says: (s) => say(s.a.length > 0 ? 'beat.backward.pairs' : 'beat.backward.plain'),
  },
  update: {
    get title() { return say('beat.update'); },
    says: (s) => say('beat.update.says', { weights: learner(s)?.model.params ?? 0, step: s.step || s.steps, steps: s.steps, epoch: s.step ? s.epoch + 1 : s.epoch }),
  },
};
