// What a page that shows this one as a part of itself is told of it, by
// postMessage; README says the same.

import type { SceneID } from '../generated/lesson';
import type { Phase } from '../generated/wire';

export type Told =
  /** It trains; lesson is the one that was asked for, "" for none. */
  | { type: 'ready'; lesson: string }
  /** The story is at a step, counted from 1. */
  | { type: 'place'; scene: SceneID; step: number; link: string }
  /** The run is at an epoch: the share of test nodes that the taught student has right, null while unknown. */
  | { type: 'epoch'; phase: Phase; epoch: number; running: boolean; seed: number; accuracy: number | null }
  /** The run is over. The hash is of all that the next step would depend on: equal runs have equal ones. */
  | { type: 'finished'; experiment: string; seed: number; hash: string; accuracy: number | null; parameters: number }
  /** A scene's question has been answered by a guess. */
  | { type: 'guess'; question: string; guess: string }
  /** A lesson has been played to its answer. */
  | { type: 'lesson'; lesson: string; title: string; guess: string; right: boolean; seed: number };

/** Tells the page around, if there is one. It may be of any origin: nothing of this is a secret. */
export function tellAround(told: Told): void {
  if (parent !== window) parent.postMessage({ from: 'abkd-lab', version: 1, ...told }, '*');
}
