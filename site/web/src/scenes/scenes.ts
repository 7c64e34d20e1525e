// The panel of each scene: a component of the story under the scene's title,
// claim and task, which App.svelte writes from generated/lesson.ts. It is created
// when its scene opens and destroyed when that closes; what has to last belongs
// to the parts of the state. The panel of the first scene is in first.ts.

import type { Component } from 'svelte';
import type { Ask, SceneID } from '../generated/lesson';
import type { Drawing } from '../state/drawing.svelte';
import type { Experiment } from '../state/experiment.svelte';
import type { Inspected } from '../state/inspected.svelte';
import type { Outcomes } from '../state/outcomes.svelte';
import type { Run } from '../state/run.svelte';
import type { Screen } from '../state/screen.svelte';
import type { Timeline } from '../state/timeline.svelte';
import type { Studies } from '../studies/studies.svelte';
import DepthScene from '../studies/DepthScene.svelte';
import FrontierScene from '../studies/FrontierScene.svelte';
import RaceScene from '../studies/RaceScene.svelte';
import AlignmentScene from './AlignmentScene.svelte';
import AloneScene from './AloneScene.svelte';
import CollapseScene from './CollapseScene.svelte';
import LabelScene from './LabelScene.svelte';
import NodeScene from './NodeScene.svelte';
import TeacherScene from './TeacherScene.svelte';

/** The parts of the state that panels may use; each names those that it does. */
export interface Parts {
  run: Run;
  experiment: Experiment;
  timeline: Timeline;
  inspected: Inspected;
  outcomes: Outcomes;
  screen: Screen;
  drawing: Drawing;
  /** The studies, which begin with what is set when they are first asked for. */
  studies: () => Studies;
  /** What is stored is not to be told yet: it would answer what is asked. */
  veiled: boolean;
  /** What the step asks, "" for nothing. */
  ask: Ask;
  /** The run is where the address wants it. */
  hasArrived: boolean;
}

export type Panel = Component<Parts>;

export const panels: Record<Exclude<SceneID, 'start'>, Panel> = {
  node: NodeScene, depth: DepthScene, teacher: TeacherScene, alone: AloneScene, labels: LabelScene,
  alignment: AlignmentScene, methods: RaceScene, frontier: FrontierScene, collapse: CollapseScene,
};
