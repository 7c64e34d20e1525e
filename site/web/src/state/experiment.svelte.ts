// What is trained: settings, what the user changed in the run on the way, and
// the user's own graph.

import { defaultData } from '../generated/setup';
import { withValue, valueOf, type Settings } from './schema';
import { clean, experimentText, parseFragment } from './fragment';
import { controls, presets } from './link';

/** A graph of the user's own as a pack, without bytes that of a lab; address says where on this site it came from, "" for the user's disk. */
export interface OwnGraph { bytes: ArrayBuffer | null; name: string; address: string }

/** An experiment with what the user changed in it, as text for the command plan. */
export interface Course { settings: Settings; plan: string }

/** What the page opens with, and returns to. */
export const opening = (): Course => ({ settings: parseFragment(presets[0]!.experiment), plan: '' });

/** The first preset on a graph: models and training that suit it. */
const presetOn = (data: string): Settings | undefined => presets.map((p) => parseFragment(p.experiment)).find((s) => valueOf(controls, s, 'data') === data);

/** What a trainer that has begun says of its course. */
export const courseOf = (experiment: string, plan: string): Course => ({ settings: clean(controls, parseFragment(experiment)), plan });

/** What needs no file: an experiment on the graph that the trainer makes. */
export const made = (): Course => ({ settings: presetOn(defaultData)!, plan: '' });

export const courseText = ({ settings, plan }: Course): string => `${experimentText(controls, settings)} ${plan}`;

/** The data set that is the user's own graph. */
const ownData = 'pack';

export class Experiment {
  settings = $state.raw<Settings>({});
  /** What the user changed in the run, as text for the command plan. */
  plan = '';
  /** The graph of data=pack, null before one has been opened. It stays while the page does. */
  own = $state.raw<OwnGraph | null>(null);
  /** How often a graph was asked for while none was open: the button that opens one takes the focus each time. */
  asksForGraph = $state(0);
  /** What a link asks for on a graph that has yet to be opened. */
  awaited: Course | undefined;
  /** The settings before the user's own graph was opened. */
  private builtIn: Settings = {};

  /** changed is called when the user has chosen something else to begin, or opened the graph that a link awaits. */
  constructor(private readonly changed: (isAwaited: boolean) => void) {}

  get course(): Course { return { settings: this.settings, plan: this.plan }; }
  set course({ settings, plan }: Course) {
    this.settings = settings;
    this.plan = plan;
  }

  /** The experiment for the trainer. */
  get text(): string { return experimentText(controls, this.settings); }

  value(key: string): string { return valueOf(controls, this.settings, key); }

  /** The preset that is set, whatever the seed. */
  get preset() {
    const { seed: _, ...rest } = this.settings;
    return presets.find((p) => p.experiment === experimentText(controls, rest));
  }

  /** Changes one setting. With another graph come the sizes and the training of its first preset. */
  set(key: string, value: string): void {
    const preset = key === 'data' ? presetOn(value) : undefined;
    if (key === 'data' && value === ownData && !this.own) this.asksForGraph++;
    else if (preset) this.take(experimentText(controls, preset));
    else this.choose({ settings: withValue(controls, this.settings, key, value), plan: '' });
  }

  /** Notes that the run has been given more epochs; it goes on. */
  extend(epochs: number): void { this.settings = withValue(controls, this.settings, 'epochs', String(epochs)); }

  /** Takes an experiment's text, with the seed of now unless another is given. */
  take(experiment: string, seed = this.value('seed')): void {
    this.choose({ settings: withValue(controls, parseFragment(experiment), 'seed', seed), plan: '' });
  }

  /** Takes a graph that the trainer has opened: what a link awaits on it, or the experiment that the trainer suggests. */
  takeGraph(own: OwnGraph, suggested: string): void {
    this.own = own;
    if (this.value('data') !== ownData) this.builtIn = this.settings;
    this.choose(this.awaited ?? { settings: withValue(controls, clean(controls, parseFragment(suggested)), 'seed', this.value('seed')), plan: '' });
  }

  /** Goes back to the settings before the user's own graph. */
  useBuiltIn(): void { this.choose({ settings: this.builtIn, plan: '' }); }

  private choose(course: Course): void {
    const isAwaited = course === this.awaited;
    this.awaited = undefined;
    this.course = course;
    this.changed(isAwaited);
  }

  /** Lets what the page opens with stand in for an experiment on a graph that is not open, and reports whether that was necessary. */
  awaitGraph(): boolean {
    this.awaited = this.settings.data === ownData && !this.own ? this.course : undefined;
    if (this.awaited) this.course = opening();
    return this.awaited !== undefined;
  }
}
