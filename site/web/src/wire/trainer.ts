// The page's end of the conversation with a trainer.

import type { Code } from '../generated/session';
import { defaultData } from '../generated/setup';
import type { Command } from '../generated/wire';
import { openSocket, startWorker, type Cause, type Channel, type Message, type Wanted } from './channel';
import { reworded } from '../texts/core';
import { told } from './foreign';
import { decodeSnapshot, type Lane, type Snapshot } from './snapshot';
import type { Supply } from './supply';
import { say } from '../texts/texts';

/** A run that had begun before the page came. */
export interface Joined {
  /** What it computes with, as the address calls it. */
  kernels: string;
  /** The page looks on. */
  watching: boolean;
  /** The run is another program's, which says what it is and how fast. */
  attended: boolean;
}

export interface TrainerEvents {
  /** The trainer listens. Of a run that had begun before it says what that computes with, and what the page may do with it. */
  ready(backend: string, joined?: Joined): void;
  /** The default teacher's weights could not be had: what needs them trains a teacher first. */
  untaught(why: string): void;
  /** How the run is. It is an answer if all that the trainer has been told had been done by then. */
  snapshot(s: Snapshot, bytes: ArrayBuffer, isAnswer: boolean): void;
  /** The trainer refused something and goes on. */
  refused(text: string, code: Code): void;
  /** The trainer computes without the fastest kernels, for want of them. */
  slowed(text: string): void;
  /** The trainer is gone. */
  died(text: string, cause: Cause): void;
}

/** What a trainer is started for. */
export interface Start extends Wanted {
  /** What it computes with, as the address calls it. */
  kernels: string;
  /** How long to leave it alone between two snapshots, in milliseconds. */
  rest?: () => number;
}

/** A trainer that says nothing for this long, though it was asked and runs, is taken for dead. */
const patience = 30_000;

export class Trainer {
  private channel: Channel | undefined;
  private readonly rest: () => number;
  /** The name of the lock that a worker holds while it lives; no other of this site has it. */
  private readonly lock = `trainer ${performance.timeOrigin} ${Math.random()}`;
  private readonly waiting = new AbortController();
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private refusal = '';
  private closed = false;
  /** Those of the last snapshot: the next holds only what is new of their learning curves. */
  private lanes: Lane[] | undefined;
  /** The graph that the trainer has been given and not answered for. */
  private given: { opened: (experiment: string) => void; refused: (err: Error) => void } | undefined;
  /** Graphs sent and not answered: the last answer is that of the one in given. */
  private unanswered = 0;
  private ready = false;
  /** Cancels the next pull, which waits. */
  private resting: (() => void) | undefined;
  /** The snapshot that was asked for last may be from before a command. */
  private isBehind = false;
  /** Hands the graph over once the trainer listens. */
  private unsent: (() => void) | undefined;

  /** The data sets for whose experiments it has all that it needs. */
  private readonly supplied = new Set<string>();
  /** What waits until the material for the experiment that it begins with is there. */
  private waits: Command[] | undefined;
  /** Why that could not be had, "" if it could. */
  private lack = '';

  constructor(private readonly supply: Supply, private readonly events: TrainerEvents, { kernels, run, anew, rest = () => pause }: Start) {
    this.rest = rest;
    const on = { said: (m: Message) => this.receive(m), died: (text: string, cause: Cause) => this.die(text, cause) };
    if (supply.native) {
      this.take(openSocket(supply.native, kernels, { run, anew }, on));
      return;
    }
    startWorker(supply, kernels, this.lock, on).then((channel) => this.take(channel)).catch((err: Error) => this.die(err.message, 'supply'));
  }

  private take(channel: Channel): void {
    if (this.closed) return channel.close();
    this.channel = channel;
    this.watch();
  }

  /** Sends a command. One that begins an experiment, and what comes after it, waits for what the trainer needs for it. Before the trainer listens there is nothing to command: whoever is told that it does says what to begin. */
  command(text: Command): void {
    if (!this.ready) return;
    if (this.waits) {
      this.waits.push(text);
      return;
    }
    const data = dataOf(text);
    if (data === undefined || this.supplied.has(data)) return this.send(text);
    this.waits = [text];
    void this.equip(data);
  }

  /** Sends a command; what it does is shown at once. */
  private send(text: Command): void {
    this.channel?.send({ type: 'command', text });
    if (this.resting) this.pull();
    else this.isBehind = true;
  }

  /** Gives it what experiments on a data set need, and sends what waits for that. */
  private async equip(data: string): Promise<void> {
    this.lack = '';
    try {
      const material = await this.supply.for(data);
      if (material) this.channel?.send({ type: material.type, name: data, bytes: material.bytes.slice(0) });
      this.supplied.add(data);
    } catch (err) {
      if (this.closed) return;
      if (data === defaultData) this.events.untaught((err as Error).message);
      else this.lack = (err as Error).message;
    }
    const [first, ...rest] = this.waits ?? [];
    this.waits = undefined;
    if (first) this.send(first);
    for (const text of rest) this.command(text);
  }

  /** Gives it the bytes of a pack, for data=pack. The answer is the experiment to begin with; a graph that is refused rejects with a sentence. */
  graph({ bytes, name }: { bytes: ArrayBuffer; name: string }): Promise<string> {
    if (this.supply.native) return Promise.reject(new Error(say('trainer.fixed')));
    const copy = bytes.slice(0);
    this.given?.refused(new Error(say('trainer.another')));
    return new Promise((opened, refused) => {
      this.given = { opened, refused };
      const send = () => {
        this.unanswered++;
        this.channel?.send({ type: 'graph', name, bytes: copy });
      };
      if (this.ready) send();
      else this.unsent = send;
    });
  }

  close(): void {
    this.closed = true;
    this.given?.refused(new Error(say('trainer.closed')));
    this.given = undefined;
    clearTimeout(this.watchdog);
    this.waiting.abort();
    this.channel?.close();
  }

  private receive(m: Message): void {
    if (this.closed) return;
    if (this.supply.native) this.watch(); // a lab says now and then that it is there
    else clearTimeout(this.watchdog);
    switch (m.type) {
      case 'alive':
        if (this.supply.native) break;
        this.outlive();
        this.watch();
        break;
      case 'without':
        this.events.slowed(say('trainer.slowed', { files: m.files.reduce((first, last) => say('files.and', { first, last })), variant: m.variant, name: m.variant }));
        this.watch();
        break;
      case 'ready':
        this.open(m);
        break;
      case 'snapshot':
        this.show(m.bytes);
        break;
      case 'opened':
        this.answer((given) => given.opened(m.text));
        break;
      case 'error':
        if (m.code === 'graph') {
          this.answer((given) => given.refused(new Error(complaint(m.text))));
        } else if (m.fatal) {
          this.die(m.cause === 'memory' ? say('trainer.memory') : this.refusal || m.text, m.cause === 'memory' ? 'memory' : 'run');
        } else {
          this.refusal = m.text;
          this.events.refused(m.code === 'experiment' && this.lack || m.text, m.code);
        }
    }
  }

  /** Takes commands, graphs and pulls from now on. */
  private open({ backend, joined, arithmetic = 'auto', watching = false, attended = false }: Message): void {
    if (this.closed) return;
    this.ready = true;
    this.unsent?.();
    this.events.ready(backend, joined ? { kernels: arithmetic, watching, attended } : undefined);
    this.pull();
  }

  /** Settles the graph that was given last; those before it have been given up. */
  private answer(settle: (given: NonNullable<typeof this.given>) => void): void {
    if (--this.unanswered > 0 || !this.given) return;
    settle(this.given);
    this.given = undefined;
  }

  private show(bytes: ArrayBuffer): void {
    let s: Snapshot;
    try {
      s = decodeSnapshot(bytes, this.lanes);
    } catch (err) {
      this.die((err as Error).message, 'run');
      return;
    }
    this.lanes = s.lanes;
    this.refusal = '';
    this.events.snapshot(s, bytes, !this.isBehind);
    if (s.running) this.watch();
    this.resting = whenDrawn(() => this.pull(), this.isBehind ? 0 : this.rest());
  }

  private pull(): void {
    this.resting?.();
    this.resting = undefined;
    this.isBehind = false;
    if (!this.closed) this.channel?.send({ type: 'pull', more: this.lanes !== undefined });
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.die(say('trainer.silent', { seconds: patience / 1000 }), this.supply.native ? 'dropped' : 'run'), patience);
  }

  /** Waits for the lock that the worker holds: to get it is to hear that the worker is gone. */
  private outlive(): void {
    navigator.locks.request(this.lock, { signal: this.waiting.signal }, () => {
      this.die(say('trainer.ended'), 'run');
    }).catch(() => { /* closed meanwhile */ });
  }

  private die(text: string, cause: Cause): void {
    if (this.closed) return;
    const sentence = say('trainer.stopped', { reason: told(text).replace(/[.。]$/, '') });
    this.given?.refused(new Error(sentence));
    this.given = undefined;
    this.close();
    this.events.died(sentence, cause);
  }
}

/** The least time between two snapshots: describing a run costs the trainer about as much as a step. */
const pause = 60;

/** Calls back at a frame soon, or a little later where no frames are drawn, unless the result is called before. */
function whenDrawn(then: () => void, wait: number): () => void {
  let done = false;
  const once = () => {
    if (!done) then();
    done = true;
  };
  setTimeout(() => requestAnimationFrame(once), wait);
  setTimeout(once, wait + 440);
  return () => { done = true; };
}

/** The data set of the experiment that a command begins; undefined of other commands. */
function dataOf(text: Command): string | undefined {
  const experiment = /^begin(?: (.*))?$/.exec(text);
  return experiment ? /(?:^|&)data=([^&]*)/.exec(experiment[1] ?? '')?.[1] ?? defaultData : undefined;
}

/** A trainer's complaint without the package that it comes from, as it begins there: with the name of a file, perhaps. */
const complaint = (text: string) => say('refusal.sentence', { reason: reworded(text.replace(/^[a-z]+: /, '').replace(/\.$/, '')) });

/** A trainer's complaint as a sentence. */
export const sentence = (text: string) => complaint(text).replace(/^./, (c) => c.toUpperCase());
