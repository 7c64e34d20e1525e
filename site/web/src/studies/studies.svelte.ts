// What the scenes with many runs share, and what lasts when they are left.

import type { Experiment } from '../state/experiment.svelte';
import { controls } from '../state/link';
import { presets } from '../state/link';
import { experimentText, parseFragment } from '../state/fragment';
import type { Settings } from '../state/schema';
import { alone, depths, methods, sized, sweep, withSeed, type Method, type Size } from './methods';
import { storedDepth, storedOutcome, storedStudies } from './opening';
import { Pool, type Surroundings } from './pool.svelte';
import { Run, Runs } from './runs.svelte';
import type { StoredRun, StoredStudies } from '../generated/stored';

export const seedCounts = [1, 3, 5, 10];

/** Every criterion, or those chosen, over seeds. */
export class Race {
  count = $state(3);
  soft = $state(false);
  /** The methods that are left out. */
  without = $state.raw<string[]>([]);
  /** The methods of the runs that are there. */
  methods = $state.raw<Method[]>([]);
  /** What they were made from. */
  base = $state('');
  readonly runs: Runs<string>;

  constructor(private readonly experiment: Experiment, pool: Pool) { this.runs = new Runs<string>(pool); }

  /** What can race: the criteria, and what is set if it is none of them. */
  get choice(): Method[] { return methods(controls, this.experiment.settings, this.soft); }
  get chosen(): Method[] { return this.choice.filter((m) => !this.without.includes(m.key)); }

  choose(key: string, takesPart: boolean): void {
    this.without = takesPart ? this.without.filter((k) => k !== key) : [...this.without, key];
  }

  /** Whether the runs are those that would be started now, seeds apart. */
  get current(): boolean { return this.base === textOf(this.experiment.settings) && this.methods.every((m) => this.choice.some((c) => c.key === m.key && c.soft === m.soft)); }

  /** Begins anew: whole seeds first, so that a race that is cut short can be read. */
  start(): void {
    this.runs.clear();
    this.methods = this.chosen;
    this.base = textOf(this.experiment.settings);
    const list: Run<string>[] = [];
    for (const seed of seedsFrom(this.experiment, this.count)) {
      for (const m of this.methods) list.push(new Run(m.key, seed, withSeed(controls, m.settings, seed)));
    }
    this.runs.add(list);
  }

  /** Shows what was stored of the methods of what the page opens with. */
  recall(stored: StoredStudies): void {
    this.methods = methods(controls, opening, false);
    this.base = textOf(opening);
    this.runs.recall(recalled(stored, stored.race, (i) => this.methods[i % this.methods.length]!.key));
  }

  of(m: Method): Run<string>[] { return this.runs.all.filter((r) => r.of === m.key); }
}

/** Students of many sizes. */
export class Frontier {
  width = $state(5);
  depth = $state(2);
  count = $state(1);
  /** What the runs that are there were made from. */
  base = $state('');
  readonly runs: Runs<Size>;

  constructor(private readonly experiment: Experiment, pool: Pool) {
    this.runs = new Runs<Size>(pool);
    this.width = Number(experiment.value('hidden'));
    this.depth = Number(experiment.value('layers'));
  }

  /** Whether the runs are of what is set now. */
  get current(): boolean { return this.base === textOf(this.experiment.settings); }

  drop(): void { this.add([{ layers: this.depth, hidden: this.width }]); }
  sweep(): void { this.add(sweep); }

  /** Shows what was stored of sizes of what the page opens with. */
  recall(stored: StoredStudies): void {
    this.base = textOf(opening);
    this.runs.recall(recalled(stored, stored.frontier, (i) => sweep[i % sweep.length]!));
  }

  /** Runs sizes, once each; dots of another experiment would not compare, so they go. */
  private add(sizes: Size[]): void {
    const base = textOf(this.experiment.settings);
    if (base !== this.base || this.runs.stored) this.runs.clear();
    this.base = base;
    const list: Run<Size>[] = [];
    for (const seed of seedsFrom(this.experiment, this.count)) {
      for (const size of sizes) {
        const experiment = withSeed(controls, sized(controls, this.experiment.settings, size.layers, size.hidden), seed);
        const known = this.runs.all.some((r) => r.experiment === experiment && r.status !== 'failed' && r.status !== 'stopped');
        if (!known) list.push(new Run(size, seed, experiment));
      }
    }
    this.runs.add(list);
  }
}

/** Students alone of one to eight layers. */
export class Depth {
  model = $state('');
  width = $state(16);
  count = $state(3);
  /** What the runs that are there were made from. */
  made = $state.raw({ model: '', width: 0 });
  base = $state('');
  readonly runs: Runs<number>;

  constructor(private readonly experiment: Experiment, pool: Pool) {
    this.runs = new Runs<number>(pool, 'smoothness');
    this.model = experiment.value('model');
  }

  /** Whether the runs are of what is set now. */
  get current(): boolean { return this.base === textOf(this.experiment.settings) && this.made.model === this.model && this.made.width === this.width; }

  start(): void {
    this.runs.clear();
    this.made = { model: this.model, width: this.width };
    this.base = textOf(this.experiment.settings);
    const list: Run<number>[] = [];
    for (const seed of seedsFrom(this.experiment, this.count)) {
      for (const layers of depths) {
        list.push(new Run(layers, seed, withSeed(controls, alone(controls, this.experiment.settings, this.model, layers, this.width), seed)));
      }
    }
    this.runs.add(list);
  }

  /** Shows what was stored of depths of what the page opens with. */
  recall(stored: StoredStudies): void {
    this.made = storedDepth;
    this.base = textOf(opening);
    this.runs.recall(recalled(stored, stored.depth, (i) => depths[i % depths.length]!));
  }
}

/** The studies of an experiment: they go on when their scene is left, and are there when it opens again. */
export class Studies {
  readonly pool: Pool;
  readonly race: Race;
  readonly frontier: Frontier;
  readonly depth: Depth;

  constructor(experiment: Experiment, around: Surroundings) {
    this.pool = new Pool(around);
    this.race = new Race(experiment, this.pool);
    this.frontier = new Frontier(experiment, this.pool);
    this.depth = new Depth(experiment, this.pool);
    for (const study of [this.race, this.frontier, this.depth]) study.recall(storedStudies);
  }
}

/** The settings that the page opens with. */
const opening = parseFragment(presets[0]!.experiment);

/** Runs that were stored, each with what it is one of, by its place. */
function recalled<Of>({ teacher }: StoredStudies, list: StoredRun[], of: (i: number) => Of): Run<Of>[] {
  return list.map((r, i) => new Run(of(i), Number(parseFragment(r.experiment).seed ?? 1), r.experiment).recall(storedOutcome(r, teacher)));
}

/** The settings as text, the seed apart. */
function textOf(settings: Settings): string {
  const { seed: _, ...rest } = settings;
  return experimentText(controls, rest);
}

function seedsFrom(experiment: Experiment, count: number): number[] {
  const first = Number(experiment.value('seed'));
  return Array.from({ length: count }, (_, i) => first + i);
}
