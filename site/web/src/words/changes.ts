// What the user changed in a run, in words.

import { readEdit } from '../generated/wire';
import { shown, told } from '../wire/foreign';
import { edited, isEarly } from '../wire/plan';

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
