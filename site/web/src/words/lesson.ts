// What is told beside the drawing: the words of scenes, their steps and the
// graphs that come with the page, by the keys that package lesson gives them.

import type { Scene } from '../generated/lesson';
import { has, say, sayOf } from '../texts/texts';

export const sceneName = (s: Scene): string => say(`scene.${s.id}.name`);
export const sceneTitle = (s: Scene): string => say(`scene.${s.id}.title`);

/** What a step, counted from 0, says or asks. */
export const stepText = (s: Scene, step: number): string => sayOf(`scene.${s.id}.${step + 1}.text`);

/** What the reader may do in it, "" for nothing. */
export function stepTask(s: Scene, step: number): string {
  const key = `scene.${s.id}.${step + 1}.do`;
  return has(key) ? sayOf(key) : '';
}

/** What a graph that comes with the page is, and what is guessed of its nodes; undefined for another. */
export function toldOf(data: string): { what: string; asks: string } | undefined {
  return has(`graph.${data}.what`) ? { what: sayOf(`graph.${data}.what`), asks: sayOf(`graph.${data}.asks`) } : undefined;
}
