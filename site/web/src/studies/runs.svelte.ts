// Runs on the pool, one and many: where each stands and what came of it.

import { SvelteSet } from 'svelte/reactivity';
import type { Showable } from '../generated/wire';
import type { Lane, ModelState, Snapshot } from '../wire/snapshot';
import type { Pool } from './pool.svelte';

/** A student at the epoch of its best validation accuracy. */
export interface Result { test: number; valid: number; bestEpoch: number; model: ModelState }

export interface Outcome {
  student: Result;
  /** The student of the same seed that learns from the labels alone. */
  alone: Result;
  teacher: ModelState;
  /** Mean cosine between two nodes' outputs, for each layer of the student; empty unless asked for. */
  smoothness: number[];
}

export type Status = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

/** One experiment on its way, with what it is one of: a method, a size. */
export class Run<Of> {
  status = $state<Status>('waiting');
  /** Accuracy on the test nodes after each epoch. */
  curve = $state.raw<number[]>([]);
  epochs = $state(0);
  /** The teacher is still learning. */
  teaching = $state(false);
  error = $state('');
  outcome = $state.raw<Outcome | undefined>();
  /** What needs no training, on its graph. */
  baselines = $state.raw<Snapshot['baselines']>([]);

  constructor(readonly of: Of, readonly seed: number, /** The text form. */ readonly experiment: string) {}

  /** Takes over what it came to when the page was built. */
  recall(outcome: Outcome): this {
    this.status = 'done';
    this.outcome = outcome;
    return this;
  }

  /** Epochs that its students have done. */
  get steps(): number { return this.outcome ? this.epochs : this.curve.length; }

  async go(pool: Pool, show: Showable | undefined, signal: AbortSignal, progress: () => void): Promise<void> {
    try {
      const last = await pool.run({ experiment: this.experiment, show, progress: (s) => { this.watch(s); progress(); } }, signal);
      this.watch(last);
      this.outcome = outcome(last);
      this.status = 'done';
    } catch (err) {
      this.status = signal.aborted ? 'stopped' : 'failed';
      this.error = signal.aborted ? '' : (err as Error).message;
    }
  }

  private watch(s: Snapshot): void {
    this.status = 'running';
    this.teaching = s.phase === 'teaching';
    this.epochs = s.epochs;
    if (s.baselines.length > 0) this.baselines = s.baselines;
    this.curve = this.teaching ? [] : (s.lanes.at(-1)?.history.column('test') ?? []);
  }
}

export function outcome(s: Snapshot): Outcome {
  const last = s.lanes.at(-1)!;
  return { student: result(last), alone: result(s.lanes[0]!), teacher: s.teacher, smoothness: s.smoothness.student };
}

/** The epoch of the best validation accuracy counts, the first of them: the test nodes choose nothing. */
function result({ model, history }: Lane): Result {
  const best = history.at(model.bestEpoch - 1)!;
  return { test: best.test, valid: best.valid, bestEpoch: model.bestEpoch, model };
}

/** Runs that were asked for together and can be called off together. */
export class Runs<Of> {
  all = $state.raw<Run<Of>[]>([]);
  /** They were computed when the page was built. */
  stored = $state(false);
  private readonly open = new SvelteSet<Run<Of>>();
  private abort = new AbortController();
  /** How many seconds the rest takes, by the epochs that were measured; undefined while too few were. */
  left = $state<number | undefined>();
  /** When measuring began, and the epochs done by then. */
  private measured: { at: number; steps: number } | undefined;

  constructor(private readonly pool: Pool, private readonly show?: Showable) {}

  get paused() { return this.pool.paused; }

  /** Stops all runs where they are, or lets them go on. */
  pause(paused: boolean): void {
    this.measured = undefined; // a pause is no measure of speed
    this.pool.pause(paused);
  }

  private measure(): void {
    const open = this.all.filter((r) => !['failed', 'stopped'].includes(r.status));
    const each = Math.max(...open.map((r) => r.epochs)), steps = open.reduce((sum, r) => sum + r.steps, 0), now = performance.now();
    this.measured ??= { at: now, steps };
    const done = steps - this.measured.steps, seconds = (now - this.measured.at) / 1000;
    this.left = done < 20 || seconds < 2 ? undefined : ((each * open.length - steps) * seconds) / done;
  }

  get busy() { return this.open.size > 0; }
  get over() { return this.all.length - this.open.size; }
  get done() { return this.all.filter((r) => r.status === 'done'); }
  get failed() { return this.all.filter((r) => r.status === 'failed'); }

  /** Adds runs to those that are there; they begin when a trainer is free. */
  add(list: Run<Of>[]): void {
    this.all = [...this.all, ...list];
    this.left = this.measured = undefined;
    this.pool.pause(false);
    const { signal } = this.abort;
    for (const run of list) {
      this.open.add(run);
      void run.go(this.pool, this.show, signal, () => this.measure()).then(() => this.open.delete(run));
    }
  }

  /** Begins with what was computed when the page was built. */
  recall(list: Run<Of>[]): void {
    this.all = list;
    this.stored = true;
  }

  /** Calls off what has not finished. What has stays. */
  stop(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  clear(): void {
    this.stop();
    this.all = [];
    this.stored = false;
  }
}
