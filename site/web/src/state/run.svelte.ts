// The run: the trainer, and what it last said.

import type { Code } from '../generated/session';
import { commands, type Command } from '../generated/wire';
import { paramNames } from '../wire/params';
import { isMade } from '../wire/plan';
import { isOver, type Change, type Snapshot } from '../wire/snapshot';
import type { ModelName } from '../words/subject';
import { taught } from '../words/report';
import type { Supply } from '../wire/supply';
import type { Cause } from '../wire/channel';
import { Trainer, type Joined } from '../wire/trainer';
import type { OwnGraph } from './experiment.svelte';
import { say } from '../texts/texts';

export interface RunEvents {
  /** A trainer waits to be told what to begin; or one of a lab has begun, and computes with that. */
  ready(joined?: Joined): void;
  /** The trainer refuses the user's own graph, which the one before it had. */
  graphRefused(text: string): void;
  /** Another snapshot has arrived after the one of before, if there was one. */
  snapshot(before: Snapshot | null, bytes: ArrayBuffer): void;
  /** What the trainer has been told. */
  commanded(c: Command): void;
  refused(text: string, code: Code): void;
  untaught(why: string): void;
  slowed(text: string): void;
  died(cause: Cause): void;
}

export class Run {
  snapshot = $state.raw<Snapshot | null>(null);
  /** The implementation of the inner loops that the trainer runs. */
  backend = $state('');
  /** Why the trainer is gone, "" while it lives. */
  error = $state('');
  /** The page looks on: what it says is not heard. */
  watching = $state(false);
  /** Whether it is to run, as the reader has asked, until the trainer says how it is. */
  private asked = $state<boolean>();
  private trainer: Trainer | undefined;

  /** own is the graph of the user's own that each trainer is given. */
  constructor(private readonly supply: Supply, private readonly own: () => OwnGraph | null, private readonly events: RunEvents) {}

  get running(): boolean { return this.snapshot?.running ?? false; }
  /** Whether it runs, or is about to. */
  get plays(): boolean { return this.asked ?? this.running; }
  get failed(): boolean { return this.error !== ''; }

  /** Starts a trainer in place of the one that is there. The run that a lab has goes on, unless it is to begin anew. What went wrong before is shown until another listens, or at once no more. */
  start(kernels: string, anew: boolean, again = false): void {
    this.trainer?.close();
    this.asked = undefined;
    if (!again) this.error = '';
    const { untaught, slowed } = this.events;
    const trainer = new Trainer(this.supply, {
      ready: (backend, joined) => {
        const own = this.own();
        this.error = '';
        this.watching = joined?.watching ?? false;
        this.backend = backend;
        if (own?.bytes) trainer.graph({ ...own, bytes: own.bytes }).catch((err: Error) => { if (this.trainer === trainer) this.events.graphRefused(err.message); });
        this.events.ready(joined);
      },
      snapshot: (s, bytes, isAnswer) => {
        const before = this.snapshot;
        this.snapshot = s;
        if (isAnswer || s.running === this.asked || isOver(s)) this.asked = undefined;
        this.events.snapshot(before, bytes);
      },
      refused: (text, code) => {
        this.asked = undefined;
        this.events.refused(text, code);
      },
      died: (text, cause) => {
        this.asked = undefined;
        this.error = text;
        if (this.snapshot) this.snapshot = { ...this.snapshot, running: false };
        this.events.died(cause);
      },
      untaught, slowed,
    }, { run: 'main', anew, kernels });
    this.trainer = trainer;
  }

  command(c: Command): void {
    if (!this.watching) {
      this.asked = c === commands.play() ? true : c === commands.pause() ? false : undefined;
      this.trainer?.command(c);
    }
    this.events.commanded(c);
  }

  /** Gives the trainer a graph of the user's own; the answer is an experiment on it. Rejects with a sentence if it is refused. */
  async give({ bytes, name }: OwnGraph): Promise<string> {
    if (!this.trainer || this.failed || !bytes) throw new Error(say('run.stopped'));
    return this.trainer.graph({ bytes, name });
  }

  /** The changes that have been made by now, the last of each kind and object included. */
  get changes(): Change[] {
    const s = this.snapshot;
    return s ? s.changes.filter((c) => isMade(c, s)) : [];
  }

  /** The weight matrices of a model of that kind. */
  paramNames(model: ModelName, kind: string): string[] {
    const s = this.snapshot;
    const layers = model === 'teacher' ? s?.teacher.layers : s && taught(s)?.model.layers;
    return s && layers ? paramNames(s.graph, kind, layers) : [];
  }
}
