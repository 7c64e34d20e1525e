// What the user changed in a run, in words.

import { readEdit } from '../generated/wire';
import { shown, told } from '../wire/foreign';
import { edited, isEarly } from '../wire/plan';
import { known, say } from '../texts/texts';

/** A change in words. */
export function changeText(text: string): string {
  if (isEarly(text)) return say('change.early', { change: changeText(edited(text)) });
  const e = readEdit(text);
  switch (e?.verb) {
    case 'pin': return e.to === 'free' ? say('change.free') : say('change.pin', { to: e.to, name: e.to });
    case 'weight': return say('change.weight', { param: e.param, row: e.row, col: e.col, model: e.model, value: e.value });
    case 'drop': return say('change.drop', { relation: plain(e.relation) });
    case 'restore': return say('change.restore', { relation: plain(e.relation) });
    case 'cut': return say('change.cut', { relation: plain(e.relation), source: e.src, target: e.dst });
    case 'mend': return say('change.mend', { relation: plain(e.relation), source: e.src, target: e.dst });
    case 'mislabel': return say('change.mislabel', { node: e.node, class: e.class });
    case 'freeze': return say(e.on ? 'change.frozen' : 'change.thawed');
    default: return told(text);
  }
}

/** A relation's name in words. */
export function plain(name = ''): string {
  return name.startsWith('rev_') ? say('relation.reversed', { relation: forward(name.slice(4)) }) : forward(name);
}

const forward = (name: string) => known(name) ?? shown(name).replaceAll('_', ' ');
