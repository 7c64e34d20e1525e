// The page's end of the conversation with the trainer, the worker that trains.

import { decodeSnapshot, type Snapshot } from './snapshot';

export interface TrainerEvents {
  ready(backend: string): void;
  snapshot(s: Snapshot, bytes: ArrayBuffer): void;
  /** The trainer refused something and goes on. */
  refused(text: string): void;
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

  constructor(private readonly events: TrainerEvents, url = 'trainer.js') {
    this.worker = new Worker(url, { name: 'trainer' });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (e) => {
      e.preventDefault();
      this.die(e.message || 'its script could not be loaded');
    };
    this.watch();
  }

  command(text: string): void {
    this.worker.postMessage({ type: 'command', text });
  }

  teacher(bytes: ArrayBuffer): void {
    this.worker.postMessage({ type: 'teacher', bytes }, [bytes]);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.watchdog);
    this.worker.terminate();
  }

  private receive(m: { type: string; text: string; fatal?: boolean; backend: string; bytes: ArrayBuffer }): void {
    if (this.closed) return;
    clearTimeout(this.watchdog);
    switch (m.type) {
      case 'ready':
        this.events.ready(m.backend);
        this.pull();
        break;
      case 'snapshot':
        this.show(m.bytes);
        break;
      case 'error':
        if (m.fatal) {
          this.die(this.refusal || m.text);
        } else {
          this.refusal = m.text;
          this.events.refused(m.text);
        }
    }
  }

  private show(bytes: ArrayBuffer): void {
    let s: Snapshot;
    try {
      s = decodeSnapshot(bytes);
    } catch (err) {
      this.die((err as Error).message);
      return;
    }
    this.refusal = '';
    this.events.snapshot(s, bytes);
    if (s.running) this.watch();
    whenDrawn(() => this.pull());
  }

  private pull(): void {
    if (!this.closed) this.worker.postMessage({ type: 'pull' });
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
function whenDrawn(then: () => void): void {
  let done = false;
  const once = () => {
    if (!done) then();
    done = true;
  };
  setTimeout(() => requestAnimationFrame(once), pause);
  setTimeout(once, 500);
}
