// What the page's address says: the experiment, and how it is shown.

import { scenes, type Scene, type SceneID } from '../generated/lesson';
import type { Experiment } from './experiment.svelte';
import { defaultSpeed, formatLink, parseLink } from './link';

export class Address {
  /** Epochs per second, 0 for as fast as it can. */
  speed = $state(defaultSpeed);
  /** What the trainer computes with. */
  kernels = $state('auto');
  /** The scene that is told beside the drawing. */
  scene = $state<SceneID>('start');

  constructor(private readonly experiment: Experiment) {}

  get told(): Scene { return scenes.find((s) => s.id === this.scene)!; }

  /** The link to what is shown. */
  get link(): string {
    return formatLink({ ...this.experiment.course, speed: this.speed, kernels: this.kernels, scene: this.scene });
  }

  write(): void { history.replaceState(null, '', this.link); }

  /** Takes over what the address says, and returns what of it cannot be set. Then it says what runs, not what was asked for. */
  read(): string {
    const { settings, plan, speed, kernels, scene, notice } = parseLink(location.hash);
    this.experiment.course = { settings, plan };
    this.speed = speed;
    this.kernels = kernels;
    this.scene = scene;
    if (notice) this.write();
    return notice;
  }
}
