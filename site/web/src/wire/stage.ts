// The page's end of the conversation with the stage, the frame that draws.

import type { Beat, SceneID } from '../generated/lesson';
import type { Study } from '../generated/wire';
import { say } from '../texts/texts';

export interface View {
  theme: 'light' | 'dark' | 'contrast' | 'contrast-light';
  model: 'student' | 'teacher';
  tab: '' | 'graph' | 'align';
  reducedMotion: boolean;
  visible: boolean;
  /** Drawn as fine and as often as can be, however slow that is. */
  full: boolean;
  /** How many times larger than usual texts and marks are. */
  large: number;
  /** Without the legend. */
  bare: boolean;
  /** Epochs per second, 0 for as fast as it can. */
  speed: number;
  /** The scene that is told beside the drawing. */
  scene: SceneID;
  /** Of the scene, counted from 0. */
  step: number;
  /** What is inspected, as the trainer's command inspect names it; "" for nothing. */
  select: string;
  /** What is pointed at outside the drawing, in the same words; "" for nothing. */
  light: string;
  /** The part of a training step that is shown in slow motion; "" for none. */
  beat: Beat | '';
  /** The column of a node's sum that the reader is to find, counted from 1; 0 for none. */
  asked: number;
  /** Of soft labels. */
  temperature: number;
}

/** What the drawing says: messages below canvas., by the rest of their keys, and what stands in numbers before the tenths and between the thousands. */
export interface Words { texts: { key: string; text: string }[]; decimal: string; group: string }

export interface StageEvents {
  ready(): void;
  /** A command of the trainer's, `inspect SUBJECT` among them. */
  command(text: string): void;
  /** What the pointer is on in the drawing, as the command inspect names it; "" for nothing. */
  point(subject: string): void;
  /** Which result of the study is chosen, counted from 1. */
  choose(result: number): void;
  /** Frames take long, and the drawing costs less from now on. */
  paced(pace: Pace): void;
  failed(text: string): void;
}

/** How the drawing is drawn where frames take long: screen.Step in Go. */
export type Pace = 'full' | 'coarse' | 'seldom' | 'still';
/** How many milliseconds lie between two snapshots that it is sent. */
const apart: Record<Pace, number> = { full: 0, coarse: 0, seldom: 100, still: 500 };

/** A snapshot of the run, and one of another run beside it. */
interface Shown { bytes: ArrayBuffer; beside: ArrayBuffer | undefined }

/** How long a stage may take to start. */
const patience = 60_000;

export class Stage {
  private port: MessagePort | undefined;
  private isReady = false;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private latest: Shown | undefined;
  private latestStudy: Study | null = null;
  private view: View | undefined;
  private words: Words | undefined;
  /** Frames drawn before the first snapshot was sent. */
  private before: number | undefined;
  private pace: Pace = 'full';
  /** When a snapshot was sent last, and what sends the next one. */
  private sent = 0;
  private sending: ReturnType<typeof setTimeout> | undefined;

  /** program is what draws; the frame has loaded. */
  constructor(private readonly frame: HTMLIFrameElement, private readonly program: () => Promise<WebAssembly.Module>, private readonly events: StageEvents) {}

  /** Begins to draw, anew if it has begun before: the document stays, so that it takes no network. */
  async begin(): Promise<void> {
    this.close();
    this.isReady = false;
    const channel = new MessageChannel(), port = channel.port1;
    this.port = port;
    port.onmessage = ({ data }) => this.receive(data);
    try {
      const program = await this.program();
      if (this.port !== port) return;
      this.watchdog = setTimeout(() => this.events.failed(say('stage.late')), patience);
      this.frame.contentWindow?.postMessage({ type: 'abkd-begin', program }, '/', [channel.port2]);
    } catch (err) {
      if (this.port === port) this.events.failed((err as Error).message);
    }
  }

  /** Shows a snapshot, and beside it that of another run; the caller keeps the bytes. */
  snapshot(bytes: ArrayBuffer, beside?: ArrayBuffer): void {
    this.latest = { bytes, beside };
    if (!this.isReady || !this.view?.visible || this.sending !== undefined) return;
    const wait = this.sent + apart[this.pace] - performance.now();
    if (wait <= 0) this.send(this.latest);
    else this.sending = setTimeout(() => this.send(this.latest!), wait);
  }

  private send(shown: Shown): void {
    clearTimeout(this.sending);
    this.sending = undefined;
    this.sent = performance.now();
    this.before ??= this.frames;
    const bytes = shown.bytes.slice(0), beside = shown.beside?.slice(0);
    this.port?.postMessage({ type: 'snapshot', bytes, beside }, beside ? [bytes, beside] : [bytes]);
  }

  speak(words: Words): void {
    this.words = words;
    if (this.isReady) this.port?.postMessage({ type: 'words', ...words });
  }

  /** Shows what many runs have come to. */
  study(study: Study | null): void {
    this.latestStudy = study;
    if (this.isReady) this.port?.postMessage({ type: 'study', study });
  }

  look(view: View): void {
    const wasVisible = this.view?.visible;
    this.view = view;
    if (!this.isReady) return;
    if (view.full) this.pace = 'full';
    this.port?.postMessage({ type: 'view', ...view });
    if (view.visible && !wasVisible && this.latest) this.send(this.latest);
  }

  /** Whether a snapshot can be seen. */
  get drawn(): boolean { return this.before !== undefined && this.frames > this.before; }

  get frames(): number { return this.inside?.frames ?? 0; }

  /** The picture as it was last drawn, as an SVG file; "" without one. */
  get svg(): string { return this.inside?.svg() ?? ''; }

  private get inside() { return (this.frame.contentWindow as { __abkd?: { frames: number; svg(): string } } | null)?.__abkd; }

  close(): void {
    clearTimeout(this.watchdog);
    clearTimeout(this.sending);
    this.sending = undefined;
    this.pace = 'full';
    this.port?.close();
    this.port = undefined;
  }

  private receive(m: { type: string; text: string; cause?: string }): void {
    switch (m.type) {
      case 'ready':
        clearTimeout(this.watchdog);
        this.isReady = true;
        this.before = undefined;
        if (this.words) this.speak(this.words);
        if (this.view) this.look({ ...this.view });
        if (this.latest) this.snapshot(this.latest.bytes, this.latest.beside);
        this.study(this.latestStudy);
        this.events.ready();
        break;
      case 'command':
        this.events.command(m.text);
        break;
      case 'point':
        this.events.point(m.text);
        break;
      case 'choose':
        this.events.choose(Number(m.text));
        break;
      case 'pace':
        this.pace = m.text as Pace;
        this.events.paced(this.pace);
        break;
      case 'error':
        clearTimeout(this.watchdog);
        this.events.failed(m.cause === 'memory' ? say('stage.memory') : m.cause === 'ended' ? say('stage.ended') : m.text);
    }
  }
}
