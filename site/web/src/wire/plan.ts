// What the user changed in a run, as the link and the trainer's command plan
// write it: "12.0:pin diagonal|20.3:drop cites", epoch and step before each.

import { madeWhileTeaching, readEdit, type EditWords } from '../generated/wire';
import type { Change, Snapshot } from './snapshot';

export const formatPlan = (changes: Change[]): string => changes.map((c) => `${c.epoch}.${c.step}:${c.text}`).join('|');

/** Whether a change is made while the teacher learns. */
export const isEarly = (text: string) => text.startsWith(madeWhileTeaching);
/** The edit of a change, whenever it is made. */
export const edited = (text: string) => (isEarly(text) ? text.slice(madeWhileTeaching.length) : text);

/** The edits of changes, in order of time. */
export const editsOf = (changes: Change[]): EditWords[] => changes.map((c) => readEdit(edited(c.text))).filter((e) => e !== undefined);

/** Whether a change has been made at the moment of s; otherwise it is still to be replayed. */
export function isMade(c: Change, s: Snapshot): boolean {
  const early = isEarly(c.text);
  if (early !== (s.phase === 'teaching')) return early;
  return c.epoch < s.epoch || (c.epoch === s.epoch && c.step <= s.step);
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
