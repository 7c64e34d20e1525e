// The panel of each scene. A panel is a component with the one property lab,
// put beside the drawing (below it on a phone) under the scene's title, claim
// and task, which App.svelte writes from generated/lesson.ts. It is created when its
// scene opens and destroyed when that closes; what has to last belongs to lab.

import type { Component } from 'svelte';
import type { SceneID } from '../generated/lesson';
import type { Lab } from '../state/lab.svelte';
import DepthScene from '../studies/DepthScene.svelte';
import FrontierScene from '../studies/FrontierScene.svelte';
import RaceScene from '../studies/RaceScene.svelte';
import AlignmentScene from './AlignmentScene.svelte';
import AloneScene from './AloneScene.svelte';
import CollapseScene from './CollapseScene.svelte';
import HookScene from './HookScene.svelte';
import LabelScene from './LabelScene.svelte';
import NodeScene from './NodeScene.svelte';
import TeacherScene from './TeacherScene.svelte';

export type Panel = Component<{ lab: Lab }>;

export const panels: Record<SceneID, Panel> = {
  start: HookScene, node: NodeScene, depth: DepthScene, teacher: TeacherScene, alone: AloneScene, labels: LabelScene,
  alignment: AlignmentScene, methods: RaceScene, frontier: FrontierScene, collapse: CollapseScene,
};
