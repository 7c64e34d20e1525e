// One training step taken apart, in words.

import type { Beat } from '../generated/lesson';
import type { Snapshot } from '../wire/snapshot';
import { learner, lossTerms, number, strongest } from './report';

/** What each beat is called, and what it does in the step that s has made. */
export const beatWords: Record<Beat, { title: string; says: (s: Snapshot) => string }> = {
  forward: {
    title: 'Forward',
    says: (s) => {
      const layers = learner(s)?.model.layers ?? 0;
      const pair = strongest(s.a);
      return `The messages run through the ${layers} layers of the ${s.phase === 'teaching' ? 'teacher' : 'student'}`
        + (s.phase === 'teaching' ? '.' : '; the teacher’s layers are computed beside them and stay as they are.')
        + (pair ? ` Teacher layer ${pair.teacher} attends most to student layer ${pair.student}: A is ${number(pair.value)}.` : '');
    },
  },
  loss: {
    title: 'Loss',
    says: (s) => {
      const p = learner(s)?.history.at(-1);
      if (!p) return 'The loss compares what came out with the labels.';
      return `What came out is compared: ${lossTerms(s).map((t) => `${t.name} ${number(t.of(p))}`).join(' + ')} = ${number(p.total)}.`;
    },
  },
  backward: {
    title: 'Backward',
    says: (s) => (s.a.length > 0
      ? 'The derivative runs back: from the labels through the last layer, and from each pair of layers by its share A·D into the student’s layer and the projections.'
      : 'The derivative of the loss runs back from the last layer to the first, to each weight its share.'),
  },
  update: {
    title: 'Update',
    says: (s) => `Adam moves each of the ${(learner(s)?.model.params ?? 0).toLocaleString('en-GB')} weights a little against its derivative. That was step ${s.step || s.steps} of ${s.steps} of epoch ${s.step ? s.epoch + 1 : s.epoch}.`,
  },
};
