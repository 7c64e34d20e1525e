// Trainers that work side by side: a queue of experiments, each of which the
// next free trainer takes. There are more trainers than may work at once: they
// take turns, so that all runs come on together.

import { commands, type Showable } from '../generated/wire';
import type { OwnGraph } from '../state/experiment.svelte';
import type { Snapshot } from '../wire/snapshot';
import type { Supply } from '../wire/supply';
import { sentence, Trainer } from '../wire/trainer';

/** An experiment to be run to its end. */
export interface Job {
  /** The experiment's text form. */
  experiment: string;
  /** What to have snapshots show beside the run itself, such as "smoothness". */
  show?: Showable | undefined;
  /** Called now and then while it runs. */
  progress?: (s: Snapshot) => void;
}

interface Task extends Job {
  done: (s: Snapshot) => void;
  failed: (err: Error) => void;
  signal: AbortSignal | undefined;
}

/** How many trainers may work at once: as many as a lab has room for, or all cores but the page's. */
export const coresHere = ({ native }: Supply) => native?.places ?? Math.max(1, (navigator.hardwareConcurrency || 2) - 1);

/** How many trainers there may be in the memory of this machine, working or waiting for their turn. A lab counts its own. */
export const placesHere = (supply: Supply) => supply.native?.places ?? Math.max(coresHere(supply), Math.min(12, 2 * ((navigator as { deviceMemory?: number }).deviceMemory ?? 4)));

/** How long a turn is at least, in milliseconds, beside an epoch: to be watched costs a trainer about as much as a step. */
const shortest = 200;

/** The place of a trainer, and what that works at. */
class Place {
  private trainer: Trainer | undefined;
  private ready = false;
  private task: Task | undefined;
  private epoch = 0;
  private began = 0;
  /** Neither its turn nor anybody watching: it makes no step. */
  private resting = true;
  /** It is its turn. */
  private isOn = false;
  /** The epoch at which its turn began. */
  private from = 0;
  /** The graph of the user's own that the trainer has. */
  private graph: OwnGraph | null = null;

  constructor(private readonly pool: Pool) {}

  get busy() { return this.task !== undefined; }

  take(task: Task): void {
    this.task = task;
    this.epoch = this.from = 0;
    if (!this.trainer) this.start();
    else if (this.ready) this.begin();
  }

  /** It works at something, and it is its turn. */
  get on() { return this.busy && this.isOn; }

  /** Begins or ends its turn. */
  turn(on: boolean): void {
    this.isOn = on;
    this.from = this.epoch;
    this.began = performance.now();
    this.rest();
  }

  /** Stops or continues stepping; what is loaded stays. */
  rest(): void {
    const resting = !this.isOn || this.pool.resting;
    if (this.resting === resting) return;
    this.resting = resting;
    if (this.ready && this.task) this.trainer?.command(resting ? commands.pause() : commands.play());
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.trainer?.close();
    this.trainer = undefined;
    this.graph = null;
    this.ready = false;
    this.task = undefined;
    this.isOn = false;
    this.resting = true;
  }

  /** Gives the task up if it was called off. A trainer in the middle of a run is not worth keeping. */
  drop(signal: AbortSignal): void {
    if (this.task?.signal === signal) this.close();
  }

  private start(): void {
    const { supply, notice } = this.pool.around;
    const trainer = new Trainer(supply, {
      ready: () => {
        this.ready = true;
        trainer.command(commands.speed(0));
        if (this.task) this.begin();
      },
      untaught: (why) => notice(`Each run trains a teacher of its own, for want of weights: ${why}`),
      snapshot: (s) => this.show(s),
      refused: (text) => this.fail(text),
      slowed: () => { /* the page's own trainer has said it */ },
      died: (text) => this.fail(text),
    }, { run: 'study', anew: true, kernels: this.pool.kernels, rest: () => this.patience() });
    this.trainer = trainer;
  }

  /** Often at first, so that a short run is not held up by being watched; then rarely, but at the end of a turn that others wait for. */
  private patience(): number { return Math.min(this.pool.isCrowded ? shortest : 600, Math.max(15, (performance.now() - this.began) / 6)); }

  private begin(): void {
    const { experiment, show } = this.task!;
    const graph = this.pool.around.graph();
    if (graph?.bytes && graph !== this.graph) this.trainer!.graph({ ...graph, bytes: graph.bytes }).catch(() => { /* the page's own trainer has taken it */ });
    this.graph = graph;
    this.trainer!.command(commands.begin(experiment));
    if (show) this.trainer!.command(commands.show([show]));
    if (this.resting) this.trainer!.command(commands.pause());
  }

  private show(s: Snapshot): void {
    const task = this.task;
    if (!task) return;
    if (s.phase === 'failed') return this.fail(s.error);
    if (s.phase !== 'finished') {
      this.epoch = s.epoch;
      task.progress?.(s);
      if (this.isOn && s.epoch !== this.from && performance.now() - this.began >= shortest) this.pool.pass(this);
      return;
    }
    this.task = undefined;
    this.turn(false);
    task.done(s);
    this.pool.next();
  }

  /** Ends the worker too: the next task begins with a new one, and hears nothing of this one. */
  private fail(text: string): void {
    const task = this.task;
    this.close();
    task?.failed(new Error(sentence(text)));
    this.pool.next();
  }
}

/** What a pool is told by whoever makes it. */
export interface Surroundings {
  supply: Supply;
  /** What trainers compute with, as the address names it. */
  kernels: () => string;
  notice: (text: string) => void;
  /** The user's own graph, for experiments on it. */
  graph: () => OwnGraph | null;
}

export class Pool {
  private readonly places: Place[];
  private readonly queue: Task[] = [];
  private watchers = 0;
  /** The reader has stopped all runs where they are. */
  paused = $state(false);
  /** What the trainers compute with. */
  kernels = '';

  constructor(readonly around: Surroundings, places = placesHere(around.supply), /** How many trainers work at once. */ readonly size = coresHere(around.supply)) {
    this.places = Array.from({ length: places }, () => new Place(this));
    document.addEventListener('visibilitychange', () => this.next());
  }

  /** Nothing steps: the reader has paused all, or nobody sees the page. */
  get resting() { return this.paused || document.hidden; }

  /** Some wait for their turn. */
  get isCrowded() { return this.places.some((p) => p.busy && !p.on); }

  /** Stops all runs where they are, or lets them go on. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.next();
  }

  /** Gives the turn of a place to one that waits for it, the next in their order. */
  pass(from: Place): void {
    const at = this.places.indexOf(from), after = [...this.places.slice(at + 1), ...this.places.slice(0, at)];
    const to = after.find((p) => p.busy && !p.on);
    if (!to) return;
    from.turn(false);
    to.turn(true);
  }

  get working() { return this.places.filter((p) => p.busy).length; }
  get waiting() { return this.queue.length; }

  /** Runs a job when its turn comes. Rejects with a sentence, or with an AbortError if signal called it off. */
  run(job: Job, signal?: AbortSignal): Promise<Snapshot> {
    return new Promise((done, failed) => {
      if (signal?.aborted) return failed(signal.reason);
      const task: Task = { ...job, done, failed, signal };
      signal?.addEventListener('abort', () => {
        failed(signal.reason);
        const at = this.queue.indexOf(task);
        if (at >= 0) this.queue.splice(at, 1);
        for (const place of this.places) place.drop(signal);
        this.next();
      }, { once: true });
      this.queue.push(task);
      this.next();
    });
  }

  /** To be called when a scene that shows the pool's work appears; the result, when it goes away. */
  enter(): () => void {
    this.watchers++;
    return () => {
      this.watchers--;
      this.next();
    };
  }

  /** Hands out what waits; with nothing to do and nobody watching the workers end. Its places call it too. */
  next(): void {
    for (const place of this.places) place.rest();
    if (document.hidden) return;
    if (this.kernels !== this.around.kernels() && this.working === 0) { // another arithmetic was chosen
      this.end();
      this.kernels = this.around.kernels();
    }
    for (const place of this.places) {
      if (place.busy) continue;
      const task = this.queue.shift();
      if (task) place.take(task);
    }
    const free = this.size - this.places.filter((p) => p.on).length;
    for (const place of this.places.filter((p) => p.busy && !p.on).slice(0, Math.max(0, free))) place.turn(true);
    if (this.watchers === 0 && this.working === 0) this.end();
  }

  private end(): void {
    for (const place of this.places) place.close();
  }
}
