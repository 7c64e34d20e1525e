// The page's end of the conversation with the trainer, the worker that trains.

import type { Code } from '../generated/session';
import type { Command } from '../generated/wire';
import { decodeSnapshot, type Lane, type Snapshot } from './snapshot';

export interface TrainerEvents {
  ready(backend: string): void;
  snapshot(s: Snapshot, bytes: ArrayBuffer): void;
  /** The trainer refused something and goes on. */
  refused(text: string, code: Code): void;
  /** The trainer is gone. */
  died(text: string): void;
}

/** A trainer that says nothing for this long, though it was asked and runs, is taken for dead. */
const patience = 30_000;

export class Trainer {
  private readonly worker: Worker;
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
  /** Hands the graph over once the trainer listens. */
  private unsent: (() => void) | undefined;

  /** rest says how long to leave it alone between two snapshots, in milliseconds. */
  constructor(private readonly events: TrainerEvents, url = 'trainer.js', private readonly rest = () => pause) {
    this.worker = new Worker(url, { name: 'trainer' });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (e) => {
      e.preventDefault();
      this.die(e.message || 'its script could not be loaded');
    };
    this.watch();
  }

  command(text: Command): void {
    this.worker.postMessage({ type: 'command', text });
  }

  teacher(bytes: ArrayBuffer): void {
    this.worker.postMessage({ type: 'teacher', bytes }, [bytes]);
  }

  /** Gives it the bytes of a pack, for data=pack. The answer is the experiment to begin with; a graph that is refused rejects with a sentence. */
  graph({ bytes, name }: { bytes: ArrayBuffer; name: string }): Promise<string> {
    const copy = bytes.slice(0);
    this.given?.refused(new Error('Another graph was opened.'));
    return new Promise((opened, refused) => {
      this.given = { opened, refused };
      const send = () => {
        this.unanswered++;
        this.worker.postMessage({ type: 'graph', name, bytes: copy }, [copy]);
      };
      if (this.ready) send();
      else this.unsent = send;
    });
  }

  close(): void {
    this.closed = true;
    this.given?.refused(new Error('The trainer was stopped.'));
    this.given = undefined;
    clearTimeout(this.watchdog);
    this.worker.terminate();
  }

  private receive(m: { type: string; text: string; code: Code; fatal?: boolean; backend: string; bytes: ArrayBuffer }): void {
    if (this.closed) return;
    clearTimeout(this.watchdog);
    switch (m.type) {
      case 'ready':
        this.ready = true;
        this.unsent?.();
        this.events.ready(m.backend);
        this.pull();
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
          this.die(this.refusal || m.text);
        } else {
          this.refusal = m.text;
          this.events.refused(m.text, m.code);
        }
    }
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
      this.die((err as Error).message);
      return;
    }
    this.lanes = s.lanes;
    this.refusal = '';
    this.events.snapshot(s, bytes);
    if (s.running) this.watch();
    whenDrawn(() => this.pull(), this.rest());
  }

  private pull(): void {
    if (!this.closed) this.worker.postMessage({ type: 'pull', more: this.lanes !== undefined });
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.die(`it has not answered for ${patience / 1000} seconds`), patience);
  }

  private die(text: string): void {
    if (this.closed) return;
    this.close();
    this.events.died(text);
  }
}

/** The least time between two snapshots: describing a run costs the trainer about as much as a step. */
const pause = 60;

/** Calls back at a frame soon, or a little later where no frames are drawn. */
function whenDrawn(then: () => void, wait: number): void {
  let done = false;
  const once = () => {
    if (!done) then();
    done = true;
  };
  setTimeout(() => requestAnimationFrame(once), wait);
  setTimeout(once, wait + 440);
}

/** The default teacher's weights. */
export async function fetchTeacher(): Promise<ArrayBuffer> {
  const response = await fetch('generated/teacher.safetensors');
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response.arrayBuffer();
}

/** A trainer's complaint without the package that it comes from, as it begins there: with the name of a file, perhaps. */
const complaint = (text: string) => text.replace(/^[a-z]+: /, '').replace(/\.?$/, '.');

/** A trainer's complaint as a sentence. */
export const sentence = (text: string) => complaint(text).replace(/^./, (c) => c.toUpperCase());
