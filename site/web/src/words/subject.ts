// What can be inspected. Layers count from 0 in its text, and from 1 in words, as
// in the drawing.

import { readSubject, subjects, type RelationView } from '../generated/wire';
import { shown } from '../wire/foreign';
import { plain } from './changes';

export type { ModelName } from '../generated/wire';

export const { node: nodeSubject, edge: edgeSubject, cell: cellSubject, param: paramSubject } = subjects;

/** A subject in words. */
export function subjectText(subject: string): string {
  const s = readSubject(subject);
  const whose = (model: string) => (model === 'alone' ? 'student alone' : model);
  const where = (model: string, layer: number) => `layer ${layer + 1} of the ${whose(model)}`;
  switch (s?.verb) {
    case 'node': return `${shown(`${s.type} ${s.i}`)} in ${where(s.model, s.layer)}`;
    case 'edge': return `the message ${plain(s.relation)} from ${s.i} to ${s.j} in ${where(s.model, s.layer)}`;
    case 'cell': return `the pair T${s.i + 1} and S${s.j + 1}`;
    case 'loss': return 'the loss of the last step';
    case 'param': return `the weights ${shown(s.param)} of the ${whose(s.model)}`;
    default: return shown(subject);
  }
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
