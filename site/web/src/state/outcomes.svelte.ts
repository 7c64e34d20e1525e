// What experiments came to that this page has run, for the scene of the
// collapse.

import { keyOf } from './link';
import type { Lane, Snapshot } from '../wire/snapshot';

export class Outcomes {
  /** By keyOf their experiments. */
  private kept = $state.raw<Record<string, Lane[]>>({});

  /** Keeps the histories of a run in which nothing was changed. */
  keep(s: Snapshot, lanes: Lane[]): void {
    if (s.phase !== 'teaching' && s.changes.length === 0) this.kept = { ...this.kept, [keyOf(s.experiment)]: lanes };
  }

  of(experiment: string): Lane[] { return this.kept[keyOf(experiment)] ?? []; }
}
