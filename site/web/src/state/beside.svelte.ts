// Another run beside the one that is steered: what was kept as A, while the run
// with a change is B. A is computed again, by a trainer of its own, and goes to
// each moment that B shows; both are shown together or B alone.

import { commands, type Command } from '../generated/wire';
import type { Ghost } from '../plot/curves';
import type { Cause } from '../wire/channel';
import type { Lane, Snapshot } from '../wire/snapshot';
import type { Supply } from '../wire/supply';
import { sentence, Trainer } from '../wire/trainer';
import type { Drawing } from './drawing.svelte';
import type { Course, Experiment, OwnGraph } from './experiment.svelte';
import { controls } from './link';
import { experimentText } from './fragment';
import { valueOf } from './schema';

/** Why B stands alone: A is on another graph, B's teacher still learns, there is no memory for A, its trainer is gone or refuses it, or A has failed before this epoch. */
export type Alone = '' | 'graph' | 'teaching' | 'memory' | 'gone' | 'failed';

/** Two runs at one moment. */
export interface Pair { a: Snapshot; b: Snapshot }

export interface Around {
  supply: Supply;
  experiment: Experiment;
  drawing: Drawing;
  /** What A's trainer computes with, as the address names it. */
  kernels: () => string;
  /** The picture is of a run, not of many. */
  isOfARun: () => boolean;
}

export class Beside {
  /** What A is, null while there is one run alone. */
  a = $state.raw<Course | null>(null);
  /** Both as they were shown last, null while B stands alone. */
  pair = $state.raw<Pair | null>(null);
  alone = $state<Alone>('');
  /** What A's trainer said of that. */
  reason = $state('');
  /** A's learning curves as far as they are known. */
  private lanes = $state.raw<Lane[]>([]);
  private own: OwnGraph | null = null;
  private trainer: Trainer | undefined;
  /** The last word of each. */
  private last: { a?: Said; b?: Said } = {};
  /** The moment of B to which A is on its way. */
  private aim: { b: Said; isSent: boolean } | undefined;
  /** What is drawn of both. */
  private drawn: { a: ArrayBuffer; b: ArrayBuffer } | undefined;
  /** What the page has the trainer show, by the command's verb. */
  private readonly wishes = new Map<string, Command>();

  constructor(private readonly around: Around) {}

  /** A's curves, for where B's are drawn. */
  get ghost(): Ghost | null {
    return this.a && this.alone !== 'graph' && this.lanes.length > 0 ? { epoch: 0, phase: 'distilling', lanes: this.lanes, kept: true } : null;
  }

  /** Keeps a course as A; lanes are its curves as far as they have come. */
  keep(a: Course, lanes: Lane[] = []): void {
    this.own = this.around.experiment.own;
    this.a = a;
    this.lanes = lanes;
    this.start();
  }

  /** Leaves B alone. */
  leave(): void {
    this.a = null;
    this.stop('');
  }

  /** Follows what is begun as B. */
  begin(): void {
    delete this.last.b;
    this.part(this.alone);
    if (!this.a) return;
    if (!this.sharesGraph) this.stop('graph');
    else if (!this.trainer && this.alone !== 'memory') this.start();
  }

  /** Starts A's trainer, anew if there is one. */
  start(): void {
    this.stop('');
    const { supply, kernels } = this.around, { a, own } = this;
    if (!a) return;
    if (!this.sharesGraph) return this.stop('graph');
    const trainer = new Trainer(supply, {
      ready: () => {
        if (own?.bytes) trainer.graph({ ...own, bytes: own.bytes }).catch((err: Error) => this.stop('gone', err.message));
        for (const c of [commands.speed(0), commands.begin(experimentText(controls, a.settings)), ...(a.plan ? [commands.plan(a.plan)] : []), ...this.wishes.values()]) trainer.command(c);
      },
      snapshot: (s, bytes) => this.take(s, bytes),
      refused: (text, code) => { if (code === 'experiment' || code === 'graph') this.stop('gone', sentence(text)); },
      died: (text, cause) => this.stop(reasons[cause], text),
      untaught: () => { /* the page's own trainer has said it */ },
      slowed: () => { /* likewise */ },
    }, { run: 'study', anew: true, kernels: kernels(), rest: () => 30 });
    this.trainer = trainer;
  }

  /** Has A show what B does. */
  mirror(c: Command): void {
    const verb = c.split(' ', 1)[0]!;
    if (verb !== 'show' && verb !== 'inspect') return;
    this.wishes.set(verb, c);
    this.trainer?.command(c);
  }

  /** Shows B, beside A where that can be. */
  show(s: Snapshot, bytes: ArrayBuffer): void {
    this.last.b = { s, bytes };
    if (this.trainer) this.meet();
    if (!this.pair) this.draw();
  }

  /** Draws what there is: another scene shows both or B alone. */
  draw(): void {
    const { drawn, last, around } = this;
    if (drawn && around.isOfARun()) around.drawing.show(drawn.b, drawn.a);
    else if (last.b) around.drawing.show(last.b.bytes);
  }

  private get sharesGraph(): boolean {
    const { experiment } = this.around, data = valueOf(controls, this.a!.settings, 'data');
    return data === experiment.value('data') && (data !== 'pack' || this.own === experiment.own);
  }

  private stop(alone: Alone, reason = ''): void {
    this.trainer?.close();
    this.trainer = undefined;
    delete this.last.a;
    this.part(alone);
    this.reason = reason;
    this.draw();
  }

  /** Has B stand alone. */
  private part(alone: Alone): void {
    this.alone = alone;
    this.pair = null;
    this.aim = this.drawn = undefined;
  }

  private take(s: Snapshot, bytes: ArrayBuffer): void {
    this.last.a = { s, bytes };
    const length = (lanes: Lane[]) => lanes.at(-1)?.history.length ?? 0;
    if (s.phase !== 'teaching' && length(s.lanes) >= length(this.lanes)) this.lanes = s.lanes;
    this.meet();
  }

  /** Shows both once A is where B was; then sends it to where B is. */
  private meet(): void {
    const { a, b } = this.last;
    if (!a || !b) return;
    if (b.s.phase === 'teaching') return this.part('teaching');
    if (a.s.phase === 'teaching') return; // the teacher that B has had
    const aim = this.aim ??= { b, isSent: false }, to = momentOf(aim.b.s, a.s);
    if (a.s.running || a.s.epoch !== to.epoch || a.s.step !== to.step) return this.send(a.s, aim);
    const node = aim.b.s.graph.nodes[0]?.id;
    if (node !== undefined && node !== a.s.graph.nodes[0]?.id) return this.trainer?.command(commands.focus(node));
    this.alone = '';
    this.pair = { a: a.s, b: aim.b.s };
    this.drawn = { a: a.bytes, b: aim.b.bytes };
    this.aim = undefined;
    this.draw();
    if (b !== aim.b) this.meet();
  }

  /** Sends A to where it has been, or on to where it has not. */
  private send(a: Snapshot, aim: { b: Said; isSent: boolean }): void {
    const to = momentOf(aim.b.s, a);
    if (aim.isSent) return;
    if (a.recorded > to.epoch || a.recorded === to.epoch && to.step === 0) {
      aim.isSent = true;
      this.trainer?.command(commands.rewind(to));
    } else if (a.phase === 'failed') {
      this.part('failed');
    } else if (!a.running) {
      if (a.phase === 'finished') this.trainer?.command(commands.extend(aim.b.s.epochs));
      this.trainer?.command(commands.play());
    }
  }
}

/** A snapshot as it is read, and as it came. */
interface Said { s: Snapshot; bytes: ArrayBuffer }

/** The moment of a run that is that of b. Between two epochs only where both have as many steps. */
const momentOf = (b: Snapshot, a: Snapshot) => ({ epoch: b.epoch, step: a.steps === b.steps ? b.step : 0 });

const reasons: Record<Cause, Alone> = { supply: 'gone', memory: 'memory', run: 'gone', dropped: 'gone' };
