// What the user changed in a run: as the link and the trainer's command plan
// write it ("12.0:pin diagonal|20.3:drop cites", epoch and step before each),
// and in words.

import { shown, told } from './foreign';
import type { Change, Snapshot } from './snapshot';

export const formatPlan = (changes: Change[]): string => changes.map((c) => `${c.epoch}.${c.step}:${c.text}`).join('|');

/** Changes made while the teacher was trained are marked by this. */
const teaching = /^teaching /;

/** Whether a change has been made at the moment of s; otherwise it is still to be replayed. */
export function isMade(c: Change, s: Snapshot): boolean {
  const early = teaching.test(c.text);
  if (early !== (s.phase === 'teaching')) return early;
  return c.epoch < s.epoch || (c.epoch === s.epoch && c.step <= s.step);
}

/** A change in words. */
export function changeText(text: string): string {
  if (teaching.test(text)) return `while the teacher learned, ${changeText(text.replace(teaching, ''))}`;
  const [verb, ...rest] = text.split(' ');
  const [a, b, c, d] = rest;
  switch (verb) {
    case 'pin': return a === 'free' ? 'A is learned again' : `A is pinned: ${a}`;
    case 'weight': return `weight ${b}[${c}, ${d}] of the ${a} becomes ${rest[4]}`;
    case 'drop': return `relation ${plain(a)} is switched off`;
    case 'restore': return `relation ${plain(a)} is switched on`;
    case 'cut': return `the edge ${plain(a)} from ${b} to ${c} is cut`;
    case 'mend': return `the edge ${plain(a)} from ${b} to ${c} is mended`;
    case 'mislabel': return `node ${a} is labelled class ${b}`;
    case 'freeze': return a === 'on' ? 'the teacher’s projections are frozen' : 'the teacher’s projections train';
    default: return told(text);
  }
}

/** A relation's name in words. */
export function plain(name = ''): string {
  return name.startsWith('rev_') ? `${shown(name.slice(4)).replaceAll('_', ' ')}, reversed` : shown(name).replaceAll('_', ' ');
}

/** The relations that send no messages after these changes. */
export function droppedBy(changes: Change[]): Set<string> {
  const out = new Set<string>();
  for (const { text } of changes) {
    const [verb, rel] = text.replace(teaching, '').split(' ');
    if (verb === 'drop') out.add(rel!);
    if (verb === 'restore') out.delete(rel!);
  }
  return out;
}

/** The argument of the last change of a kind, or undefined. */
export function lastOf(changes: Change[], verb: string): string | undefined {
  return changes.map((c) => c.text.replace(teaching, '')).findLast((text) => text.startsWith(`${verb} `))?.slice(verb.length + 1);
}
