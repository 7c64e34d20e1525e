// What can be inspected, as the trainer's command inspect names it. Layers
// count from 0 there and here, and from 1 in words, as in the drawing.

import { shown } from './foreign';
import { plain } from './plan';

export type ModelName = 'teacher' | 'student' | 'alone';

/** All partial sums of one node's output of one layer. */
export const nodeSubject = (model: ModelName, layer: number, type: string, id: number): string =>
  `node ${model} ${layer} ${type} ${id}`;

/** One message, to layer from the one before. */
export const edgeSubject = (model: ModelName, layer: number, rel: string, src: number, dst: number): string =>
  `edge ${model} ${layer} ${rel} ${src} ${dst}`;

/** Attention and distance of teacher layer i and student layer j. */
export const cellSubject = (i: number, j: number): string => `cell ${i} ${j}`;

export const lossSubject = 'loss';

/** A weight matrix. */
export const paramSubject = (model: ModelName, name: string): string => `param ${model} ${name}`;

/** A subject in words. */
export function subjectText(subject: string): string {
  const [kind = '', ...rest] = subject.split(' ');
  const [model = '', layer = ''] = rest;
  const whose = model === 'alone' ? 'student alone' : model;
  const where = `layer ${Number(layer) + 1} of the ${whose}`;
  switch (kind) {
    case 'node': return `${shown(rest.slice(2).join(' '))} in ${where}`;
    case 'edge': return `the message ${plain(rest.slice(2, -2).join(' '))} from ${rest.at(-2)} to ${rest.at(-1)} in ${where}`;
    case 'cell': return `the pair T${Number(model) + 1} and S${Number(layer) + 1}`;
    case 'loss': return 'the loss of the last step';
    case 'param': return `the weights ${shown(rest.slice(1).join(' '))} of the ${whose}`;
    default: return shown(subject);
  }
}

/** Whether a quantity is of what a subject names: of that node, layer, relation or pair of layers. */
export function isThere(q: { symbol: string; of: string }, subject: string): boolean {
  const [kind = '', ...rest] = subject.split(' ');
  switch (kind) {
    case 'node': {
      const [model, layer] = rest, name = rest.slice(2).join(' ');
      return q.of === name || q.of.startsWith(`${name} “`) || q.of === `layer ${layer}` || q.of === `${model === 'teacher' ? 'T' : 'S'}${layer}`;
    }
    case 'edge': {
      const rel = rest.slice(2, -2).join(' ');
      return q.of !== '' && (q.of === rel || q.of === rel.split('__')[1]);
    }
    case 'cell': return q.of === `T${rest[0]}` || q.of === `S${rest[1]}` || (q.of === '' && ['A', 'D'].includes(q.symbol));
    default: return false;
  }
}
