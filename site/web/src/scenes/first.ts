// What the scene shows that the page opens with: it is there before the others.

import type { Component } from 'svelte';
import type { SceneID } from '../generated/lesson';
import type { Ghost } from '../plot/curves';
import Gap from './Gap.svelte';
import HookScene from './HookScene.svelte';
import type { Panel, Parts } from './scenes';

/** What stands above the drawing, larger than it, in the scenes that are about it. */
export const leads: Partial<Record<SceneID, Component<Pick<Parts, 'run' | 'experiment'> & { ghost: Ghost | null }>>> = { start: Gap };

export const first: Panel = HookScene;
