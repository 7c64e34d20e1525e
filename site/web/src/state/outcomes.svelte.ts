// What experiments came to that this page has run, for the scene of the
// collapse.

import { keyOf } from './link';
import type { Lane, Snapshot } from '../wire/snapshot';

/** How a run went: its lanes, and which of the student's units were at work. */
export interface Outcome { lanes: Lane[]; activity: Snapshot['activity'] }

export class Outcomes {
  /** By keyOf their experiments. */
  private kept = $state.raw<Record<string, Outcome>>({});

  /** Keeps the histories of a run in which nothing was changed. */
  keep(s: Snapshot, lanes: Lane[]): void {
    if (s.phase !== 'teaching' && s.changes.length === 0) this.kept = { ...this.kept, [keyOf(s.experiment)]: { lanes, activity: s.activity } };
  }

  of(experiment: string): Outcome | undefined { return this.kept[keyOf(experiment)]; }
}
