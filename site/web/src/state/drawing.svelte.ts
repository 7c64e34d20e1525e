// The drawing: the stage, and whether it has drawn.

import type { Stage } from '../wire/stage';

export class Drawing {
  /** Why the stage is gone, "" while it draws. */
  error = $state('');
  /** The stage has drawn; until then the precomputed picture stands in. */
  drawn = $state(false);
  private stage: Stage | undefined;

  attach(stage: Stage | undefined): void { this.stage = stage; }

  /** Shows a snapshot; the caller keeps the bytes. */
  show(bytes: ArrayBuffer): void { this.stage?.snapshot(bytes); }

  get frames(): number { return this.stage?.frames ?? 0; }
}
