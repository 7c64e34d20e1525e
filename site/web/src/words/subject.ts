// What can be inspected. Layers count from 0 in its text, and from 1 in words, as
// in the drawing.

import { readSubject, subjects, type RelationView } from '../generated/wire';
import { shown } from '../wire/foreign';
import { plain } from './changes';
import { nodeCalled } from './report';
import { say } from '../texts/texts';

export type { ModelName } from '../generated/wire';

export const { node: nodeSubject, edge: edgeSubject, cell: cellSubject, param: paramSubject } = subjects;

/** A subject in words. */
export function subjectText(subject: string): string {
  const s = readSubject(subject);
  switch (s?.verb) {
    case 'node': return say('subject.node', { node: nodeCalled(s.type, s.i), layer: s.layer + 1, model: s.model });
    case 'edge': return say('subject.edge', { relation: plain(s.relation), source: s.i, target: s.j, layer: s.layer + 1, model: s.model });
    case 'cell': return say('subject.cell', { teacher: s.i + 1, student: s.j + 1 });
    case 'loss': return say('subject.loss');
    case 'param': return say('subject.param', { param: shown(s.param), model: s.model });
    default: return shown(subject);
  }
}

/** Whether two subjects name the same thing: of a node it does not matter in which layer, of a message in which layer and to whom. */
export function isSame(a: string, b: string): boolean {
  if (a === b) return a !== '';
  const x = readSubject(a), y = readSubject(b);
  if (x?.verb === 'node' && y?.verb === 'node') return x.type === y.type && x.i === y.i;
  return x?.verb === 'edge' && y?.verb === 'edge' && x.relation === y.relation && x.i === y.i;
}

/** Whether a quantity is of what a subject names: of that node, layer, relation or pair of layers. */
export function isThere(q: { symbol: string; of: string }, subject: string, relations: RelationView[]): boolean {
  const s = readSubject(subject);
  switch (s?.verb) {
    case 'node': {
      const name = `${s.type} ${s.i}`;
      return q.of === name || q.of.startsWith(`${name} “`) || q.of === `layer ${s.layer}` || q.of === `${s.model === 'teacher' ? 'T' : 'S'}${s.layer}`;
    }
    case 'edge': return relations.some((r) => r.key === s.relation && (q.of === r.name || q.of === r.key));
    case 'cell': return q.of === `T${s.i}` || q.of === `S${s.j}` || (q.of === '' && ['A', 'D'].includes(q.symbol));
    default: return false;
  }
}
