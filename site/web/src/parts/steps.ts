// How the steps of the story follow one another, from scene to scene.

import { scenes, type Ask, type Scene } from '../generated/lesson';

/** What a scene has asked by that step, counted from 0; "" before its guess. */
export const askedBy = (scene: Scene, at: number): Ask => scene.steps.slice(0, at + 1).findLast((s) => s.ask !== '')?.ask ?? '';

export interface Place { scene: Scene; step: number }

/** The step after one, that of the next scene after the last; undefined at the end of the story. */
export function next(scene: Scene, at: number): Place | undefined {
  if (at < scene.steps.length - 1) return { scene, step: at + 1 };
  const other = scenes[scenes.indexOf(scene) + 1];
  return other && { scene: other, step: 0 };
}

/** The step before one; undefined at the beginning of the story. */
export function previous(scene: Scene, at: number): Place | undefined {
  if (at > 0) return { scene, step: at - 1 };
  const other = scenes[scenes.indexOf(scene) - 1];
  return other && { scene: other, step: other.steps.length - 1 };
}
