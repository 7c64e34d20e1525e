// What the user changed in a run: as the link and the trainer's command plan
// write it ("12.0:pin diagonal|20.3:drop cites", epoch and step before each),
// and in words.

import { madeWhileTeaching, readEdit, type EditWords } from '../generated/wire';
import { shown, told } from '../lib/foreign';
import type { Change, Snapshot } from './snapshot';

export const formatPlan = (changes: Change[]): string => changes.map((c) => `${c.epoch}.${c.step}:${c.text}`).join('|');

const isEarly = (text: string) => text.startsWith(madeWhileTeaching);
const edited = (text: string) => (isEarly(text) ? text.slice(madeWhileTeaching.length) : text);

/** The edits of changes, in order of time. */
export const editsOf = (changes: Change[]): EditWords[] => changes.map((c) => readEdit(edited(c.text))).filter((e) => e !== undefined);

/** Whether a change has been made at the moment of s; otherwise it is still to be replayed. */
export function isMade(c: Change, s: Snapshot): boolean {
  const early = isEarly(c.text);
  if (early !== (s.phase === 'teaching')) return early;
  return c.epoch < s.epoch || (c.epoch === s.epoch && c.step <= s.step);
}

/** A change in words. */
export function changeText(text: string): string {
  if (isEarly(text)) return `while the teacher learned, ${changeText(edited(text))}`;
  const e = readEdit(text);
  switch (e?.verb) {
    case 'pin': return e.to === 'free' ? 'A is learned again' : `A is pinned: ${e.to}`;
    case 'weight': return `weight ${e.param}[${e.row}, ${e.col}] of the ${e.model} becomes ${e.value}`;
    case 'drop': return `relation ${plain(e.relation)} is switched off`;
    case 'restore': return `relation ${plain(e.relation)} is switched on`;
    case 'cut': return `the edge ${plain(e.relation)} from ${e.src} to ${e.dst} is cut`;
    case 'mend': return `the edge ${plain(e.relation)} from ${e.src} to ${e.dst} is mended`;
    case 'mislabel': return `node ${e.node} is labelled class ${e.class}`;
    case 'freeze': return e.on ? 'the teacher’s projections are frozen' : 'the teacher’s projections train';
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
  for (const e of editsOf(changes)) {
    if (e.verb === 'drop') out.add(e.relation);
    if (e.verb === 'restore') out.delete(e.relation);
  }
  return out;
}

export interface Edge { relation: string; src: number; dst: number }

/** An edge as one text, which no other edge has. */
export const edgeKey = (e: Edge) => `${e.relation} ${e.src} ${e.dst}`;

/** The edges that are cut after these changes, by their keys. */
export function cutBy(changes: Change[]): Map<string, Edge> {
  const out = new Map<string, Edge>();
  for (const e of editsOf(changes)) {
    if (e.verb === 'cut') out.set(edgeKey(e), e);
    if (e.verb === 'mend') out.delete(edgeKey(e));
  }
  return out;
}

/** The last edit of a kind, or undefined. */
export const lastOf = <Verb extends EditWords['verb']>(changes: Change[], verb: Verb) =>
  editsOf(changes).findLast((e): e is Extract<EditWords, { verb: Verb }> => e.verb === verb);
