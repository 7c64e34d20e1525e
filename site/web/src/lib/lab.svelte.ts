// The state of the page: what is set, what the trainer last said, what is
// wrong. Parts of the page read it and call its methods; nothing else is shared.

import presetList from '../generated/presets.json';
import schema from '../generated/schema.json';
import { clean, experimentText, formatFragment, parseFragment } from './fragment';
import { mirrorOf } from './mirror';
import { withValue, valueOf, type Control, type Settings } from './schema';
import type { Snapshot } from './snapshot';
import type { Stage, View } from './stage';
import { Trainer } from './trainer';

export const controls = schema as Control[];

/** Experiments worth seeing; a page without a fragment opens with the first. */
export const presets = presetList as { name: string; experiment: string; why: string }[];

/** Epochs per second; 0 is as fast as it can. */
export const speeds = [1, 3, 6, 12, 0];
const defaultSpeed = 6;

/** What the trainer computes with; the first is the default. */
export const kernels = [
  { value: 'auto', label: 'the fastest that runs here' },
  { value: 'simd128', label: 'SIMD128: the same bits on every machine' },
  { value: 'none', label: 'plain Go: the same bits, slower' },
];

/** Settings of the page itself, kept in the fragment beside the experiment's. */
const pageKeys = ['speed', 'kernels'];

export type Theme = View['theme'];
export type Tab = 'graph' | 'align' | 'curves';

export class Lab {
  settings = $state.raw<Settings>({});
  speed = $state(defaultSpeed);
  kernels = $state('auto');
  /** The implementation of the inner loops that the trainer runs. */
  backend = $state('');
  snapshot = $state.raw<Snapshot | null>(null);
  /** Why the trainer is gone, "" while it lives. */
  trainerError = $state('');
  stageError = $state('');
  /** What the trainer or the link's settings were refused for. */
  notice = $state('');
  theme = $state<Theme>('light');
  tab = $state<Tab>('graph');
  narrow = $state(false);
  reducedMotion = $state(false);
  hidden = $state(false);
  /** Whose messages the stage shows. */
  model = $state<View['model']>('student');
  /** The stage has drawn; until then the precomputed picture stands in. */
  drawn = $state(false);

  private trainer: Trainer | undefined;
  private stage: Stage | undefined;

  get running() { return this.snapshot?.running ?? false; }
  get failed() { return this.trainerError !== ''; }

  get view(): View {
    const onStage = !this.narrow || this.tab !== 'curves';
    return {
      theme: this.theme, model: this.model, tab: this.narrow && this.tab !== 'curves' ? this.tab : '',
      reducedMotion: this.reducedMotion, visible: onStage && !this.hidden, speed: this.speed,
    };
  }

  /** Starts training what the address says. */
  open(): void {
    this.readAddress();
    this.startTrainer();
    this.mirror();
  }

  private startTrainer(): void {
    this.trainer?.close();
    this.trainerError = '';
    const teacher = fetchTeacher();
    teacher.catch(() => { /* told when the trainer is ready for it */ });
    const trainer = new Trainer({
      ready: async (backend) => {
        this.backend = backend;
        try {
          trainer.teacher(await teacher);
        } catch (err) {
          this.notice = `The teacher's weights could not be loaded (${(err as Error).message}): it is trained here instead.`;
        }
        this.begin();
      },
      snapshot: (s, bytes) => {
        this.snapshot = s;
        this.stage?.snapshot(bytes);
        this.mirror();
      },
      refused: (text) => { this.notice = sentence(text); },
      died: (text) => {
        this.trainerError = `The trainer stopped: ${text.replace(/\.$/, '')}.`;
        if (this.snapshot) this.snapshot = { ...this.snapshot, running: false };
        this.mirror();
      },
    }, `trainer.js?kernels=${this.kernels}`);
    this.trainer = trainer;
  }

  retryTrainer(): void { this.startTrainer(); }

  attach(stage: Stage | undefined): void { this.stage = stage; }

  /** Carries out a command of the trainer's, whoever gave it. */
  command(text: string): void { this.trainer?.command(text); }

  private begin(): void {
    this.command(`speed ${this.speed}`);
    this.command(`begin ${experimentText(controls, this.settings)}`);
  }

  playOrPause(): void {
    if (this.running) return this.command('pause');
    if (this.snapshot && this.snapshot.phase !== 'teaching' && this.snapshot.phase !== 'distilling') this.command('reset');
    this.command('play');
  }

  step(): void { this.command('step'); }
  reset(): void { this.command('reset'); }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.command(`speed ${speed}`);
    this.writeAddress();
  }

  /** Changes what the trainer computes with: another trainer begins the experiment again. */
  setKernels(kernels: string): void {
    this.kernels = kernels;
    this.writeAddress();
    this.startTrainer();
  }

  value(key: string): string { return valueOf(controls, this.settings, key); }

  /** Changes one setting and begins again with it. */
  set(key: string, value: string): void {
    this.settings = withValue(controls, this.settings, key, value);
    this.changed();
  }

  private changed(): void {
    this.notice = '';
    this.writeAddress();
    this.begin();
  }

  /** The preset that is set, whatever the seed. */
  get preset() {
    const { seed: _, ...rest } = this.settings;
    return presets.find((p) => p.experiment === experimentText(controls, rest));
  }

  /** Begins a preset with the seed of now. */
  choose(experiment: string): void {
    const seed = this.value('seed');
    this.settings = withValue(controls, parseFragment(experiment), 'seed', seed);
    this.changed();
  }

  /** The link to this experiment. It is never empty: an empty one stands for the first preset. */
  get link(): string {
    const settings = {
      ...this.settings,
      ...(this.speed === defaultSpeed ? {} : { speed: String(this.speed) }),
      ...(this.kernels === 'auto' ? {} : { kernels: this.kernels }),
    };
    const first = controls[0]!;
    return `#${formatFragment(controls, settings) || `${first.key}=${first.default}`}`;
  }

  private writeAddress(): void { history.replaceState(null, '', this.link); }

  private readAddress(): void {
    const given = parseFragment(location.hash);
    const speed = Number(given.speed ?? defaultSpeed);
    this.speed = speed >= 0 && speed <= 1e6 ? speed : defaultSpeed;
    this.kernels = kernels.find((k) => k.value === given.kernels)?.value ?? 'auto';
    const known = Object.fromEntries(Object.entries(given).filter(([key]) => controls.some((c) => c.key === key)));
    this.settings = Object.keys(known).length > 0 ? clean(controls, known) : parseFragment(presets[0]!.experiment);
    const dropped = Object.entries(given).filter(([key, value]) => !pageKeys.includes(key)
      && this.settings[key] === undefined && controls.find((c) => c.key === key)?.default !== value);
    this.notice = dropped.length === 0 ? ''
      : `The link asks for ${dropped.map(([key, value]) => `${key}=${value}`).join(', ')}, which cannot be set here; the default is used.`;
  }

  /** Follows a fragment that was changed by hand or by history. */
  addressChanged(): void {
    this.readAddress();
    this.begin();
  }

  mirror(): void {
    window.__abkd = mirrorOf(this.snapshot, this.backend, this.trainerError || this.stageError, () => this.stage?.frames ?? 0);
  }
}

async function fetchTeacher(): Promise<ArrayBuffer> {
  const response = await fetch('generated/teacher.safetensors');
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response.arrayBuffer();
}

const sentence = (text: string) => `${text.replace(/^sim: /, '').replace(/^./, (c) => c.toUpperCase()).replace(/\.?$/, '.')}`;
