// What the page's address says: the experiment, where in the story and in the
// run the page is, and how it is shown. Each step of the story is an entry in
// the browser's history; all else is written over the entry that is there.

import { scenes, type Scene, type SceneID, type Step } from '../generated/lesson';
import type { Experiment } from './experiment.svelte';
import { anySeed, defaultSpeed, formatLink, kernels, parseLink, type Place, type Told } from './link';

/** Marks the entries that the page has made: to go to one goes to its place in the story, in the run as it is. */
const ours = 'abkd';

export class Address {
  /** Epochs per second, 0 for as fast as it can. */
  speed = $state(defaultSpeed);
  /** What the trainer computes with. */
  kernels = $state('auto');
  /** The scene that is told beside the drawing. */
  scene = $state<SceneID>('start');
  /** The step of the scene, counted from 0. */
  step = $state(0);

  /** What the page has read or written last. */
  private known = location.hash;

  /** now says where the run is. */
  constructor(private readonly experiment: Experiment, private readonly now: () => Omit<Place, 'scene' | 'step'>) {}

  get told(): Scene { return scenes.find((s) => s.id === this.scene)!; }

  get toldStep(): Step { return this.told.steps[this.step]!; }

  private get whole() {
    const { experiment, speed, kernels, scene, step } = this;
    return { ...experiment.course, speed, kernels, scene, step, ...this.now() };
  }

  /** The link to what is shown; a run that goes on is begun by it. */
  get link(): string { return formatLink(this.whole); }

  /**
   * The link for others: it opens at this epoch, and computes the same bits on every machine. With eachASeed the
   * seed is another one for each who opens it, and the run begins with it.
   */
  shared(at: { epoch: number | undefined; paused: boolean }, eachASeed: boolean): string {
    const whole = this.whole, exact = this.kernels === kernels[0]!.value ? kernels[1]!.value : this.kernels;
    if (eachASeed) return formatLink({ ...whole, settings: { ...whole.settings, seed: anySeed }, kernels: exact, epoch: undefined, paused: at.paused && !at.epoch });
    return formatLink({ ...whole, kernels: exact, ...at });
  }

  /** Writes the address of what is shown over the entry of history that is there, unless that is yet to be read. */
  write(): void {
    if (location.hash !== this.known) return; // browsers tell later that it was changed
    history.replaceState({ [ours]: true }, '', this.link);
    this.known = location.hash;
  }

  /** Leaves all out that the address says. */
  clear(): void {
    history.replaceState(null, '', location.pathname);
    this.known = '';
  }

  /** Marks the entry that is there, whose address stays as it is. */
  claim(): void { history.replaceState({ [ours]: true }, ''); }

  /** Goes to another place in the story, as a new entry or over the one that is there. */
  go(scene: SceneID, step: number, asEntry: boolean): void {
    this.scene = scene;
    this.step = step;
    if (!asEntry) return this.write();
    history.pushState({ [ours]: true }, '', this.link);
    this.known = location.hash;
  }

  /** Whether the page has made the entry that the browser is at. */
  get isOurs(): boolean { return (history.state as Record<string, unknown> | null)?.[ours] === true; }

  /** Takes over what the address says, and returns where in the run that is, and what of it cannot be set. */
  read(): Place & Told {
    const { settings, plan, speed, kernels, ...place } = parseLink(location.hash);
    this.experiment.course = { settings, plan };
    this.speed = speed;
    this.kernels = kernels;
    this.readStory();
    return place;
  }

  /** Takes over the place in the story alone. */
  readStory(): void {
    this.known = location.hash;
    const { scene, step } = parseLink(location.hash);
    this.scene = scene;
    this.step = step;
  }
}
