// In what two courses differ, setting by setting and change by change.

import type { Course } from '../state/experiment.svelte';
import { controls } from '../state/link';
import { isShown, valueOf, type Control } from '../state/schema';
import { changeText } from '../words/changes';
import { say } from '../texts/texts';

export interface Difference { name: string; a: string; b: string }

/** What differs, settings first. Of a change that only one of them has, the other has nothing. */
export function differences(a: Course, b: Course): Difference[] {
  const settings = controls.filter((c) => valueOf(controls, a.settings, c.key) !== valueOf(controls, b.settings, c.key) && [a, b].some(({ settings }) => isShown(controls, settings, c)));
  const [ofA, ofB] = [a, b].map(({ plan }) => plan.split('|').filter(Boolean)) as [string[], string[]];
  const change = (text: string, inA: boolean): Difference => {
    const [, epoch, edit] = /^(\d+)\.\d+:(.*)$/.exec(text) ?? ['', '', text], what = say('beside.changed', { change: changeText(edit!), epoch: epoch! });
    return { name: what, a: say(inA ? 'beside.has' : 'beside.lacks'), b: say(inA ? 'beside.lacks' : 'beside.has') };
  };
  return [
    ...settings.map((c) => ({ name: c.label, a: called(c, a), b: called(c, b) })),
    ...ofA.filter((text) => !ofB.includes(text)).map((text) => change(text, true)), ...ofB.filter((text) => !ofA.includes(text)).map((text) => change(text, false)),
  ];
}

/** What a course has of a control, in words. */
function called(c: Control, { settings }: Course): string {
  const value = valueOf(controls, settings, c.key);
  return c.options?.find((o) => o.value === value)?.label ?? (c.kind === 'bool' ? say(value === 'on' ? 'beside.has' : 'beside.lacks') : value || say('link.default'));
}
