// Which experiments a race, a frontier and a walk into the depth are made of:
// the one that is set, with one thing changed at a time.

import { besideKD } from '../generated/study';
import { clean, experimentText } from '../state/fragment';
import { defaultIn, withValue, type Control, type Settings } from '../state/schema';

export interface Method {
  key: string;
  name: string;
  about: string;
  criterion: string;
  /** Its loss has the soft-label term. */
  soft: boolean;
  /** All settings but the seed. */
  settings: Settings;
}

export const baseline = 'none';

/** The criteria of the product, the student alone first. */
export function criteria(schema: Control[]): { value: string; name: string; about: string }[] {
  const options = schema.find((c) => c.key === 'criterion')?.options ?? [];
  const all = options.map(({ value, label }) => {
    const [name = label, about = ''] = label.split(': ', 2);
    return value === baseline ? { value, name: 'Student alone', about } : { value, name, about };
  });
  return [...all.filter((c) => c.value === baseline), ...all.filter((c) => c.value !== baseline)];
}

/** What of a criterion's own settings all methods share. */
const shared = ['nodes', 'temperature'];

/**
 * The methods of a race: base with each criterion at its published weights,
 * beside KD if soft is set. What is set in base itself runs along if it is
 * none of them.
 */
export function methods(schema: Control[], base: Settings, soft: boolean): Method[] {
  const common = Object.fromEntries(Object.entries(base).filter(([key]) =>
    key !== 'seed' && (shared.includes(key) || schema.find((c) => c.key === key)?.group !== 'distillation')));
  const all = criteria(schema).map(({ value, name, about }): Method => {
    const both = soft && value !== baseline && value !== 'kd';
    let settings: Settings = { ...common, criterion: value };
    if (both) settings = { ...settings, alpha: defaultIn(schema, { criterion: 'kd' }, 'alpha'), ...(value in besideKD ? { beta: besideKD[value]! } : {}) };
    if (value === baseline) delete settings.temperature; // nodes stays: over which dropout draws is the same in every lane
    return { key: value, name: both ? `${name} + KD` : name, about, criterion: value, soft: both || value === 'kd', settings: clean(schema, settings) };
  });
  const { seed: _, ...own } = base;
  const text = experimentText(schema, clean(schema, own));
  if (!all.some((m) => experimentText(schema, m.settings) === text)) {
    const criterion = own.criterion ?? defaultIn(schema, own, 'criterion');
    const alpha = Number(own.alpha ?? defaultIn(schema, own, 'alpha'));
    all.push({ key: 'own', name: 'As set', about: 'the experiment of the main screen', criterion, soft: alpha > 0, settings: clean(schema, own) });
  }
  return all;
}

/** The experiment of a method and a seed. */
export const withSeed = (schema: Control[], settings: Settings, seed: number): string =>
  experimentText(schema, withValue(schema, settings, 'seed', String(seed)));

/** base with a student of that size. */
export function sized(schema: Control[], base: Settings, layers: number, hidden: number): Settings {
  const { pin: _, ...rest } = base; // made for another number of layers
  return withValue(schema, withValue(schema, rest, 'layers', String(layers)), 'hidden', String(hidden));
}

/** A student of that kind and size that learns from the labels alone, on the data and by the training of base. */
export function alone(schema: Control[], base: Settings, model: string, layers: number, hidden: number): Settings {
  const [plain] = methods(schema, base, false).filter((m) => m.criterion === baseline);
  return clean(schema, sized(schema, withValue(schema, plain!.settings, 'model', model), layers, hidden));
}
