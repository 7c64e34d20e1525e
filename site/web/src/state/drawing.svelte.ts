// The drawing: the stage, and whether it has drawn.

import type { Study } from '../generated/wire';
import type { Pace, Stage } from '../wire/stage';

export class Drawing {
  /** Why the stage is gone, "" while it draws. */
  error = $state('');
  /** The stage has drawn; until then the precomputed picture stands in. */
  drawn = $state(false);
  /** What the canvas of many runs shows. */
  study = $state.raw<Study | null>(null);
  /** Which of its results was chosen in the drawing, counted from 1; 0 for none. */
  chosen = $state(0);
  /** How it is drawn, where frames take long. */
  pace = $state<Pace>('full');
  private stage: Stage | undefined;

  /** The last snapshot: a stage that comes later, or anew, has it at once, however slow the run is. */
  private latest: { bytes: ArrayBuffer; beside?: ArrayBuffer | undefined } | undefined;

  attach(stage: Stage | undefined): void {
    this.stage = stage;
    if (this.latest) stage?.snapshot(this.latest.bytes, this.latest.beside);
  }

  /** Shows a snapshot, and beside it that of another run; the caller keeps the bytes. */
  show(bytes: ArrayBuffer, beside?: ArrayBuffer): void {
    this.latest = { bytes, beside };
    this.stage?.snapshot(bytes, beside);
  }

  /** The drawing as a file of its own, "" while there is none. */
  get svg(): string { return this.stage?.svg ?? ''; }

  get frames(): number { return this.stage?.frames ?? 0; }
}
