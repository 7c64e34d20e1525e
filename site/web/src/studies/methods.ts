// Which experiments a race, a frontier and a walk into the depth are made of:
// the one that is set, with one thing changed at a time.

import { besideKD } from '../generated/study';
import { clean, experimentText } from '../state/fragment';
import { say } from '../texts/texts';
import { defaultIn, withValue, type Control, type Settings } from '../state/schema';

export interface Method {
  key: string;
  /** In the language that is spoken, as about. */
  readonly name: string;
  readonly about: string;
  criterion: string;
  /** Its loss has the soft-label term. */
  soft: boolean;
  /** All settings but the seed. */
  settings: Settings;
}

export const baseline = 'none';
/** A criterion that knows no teacher: it stands beside one that is looked into, and is no method. */
const control = 'spread';

/** What a student's width and depth are chosen from, and the sizes of a sweep; one layer has no width. */
export const widths = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64];
export const depths = [1, 2, 3, 4, 5, 6, 7, 8];
export interface Size { layers: number; hidden: number }
export const sweep: Size[] = [2, 3, 4].flatMap((layers) => [2, 4, 8, 16, 32].map((hidden) => ({ layers, hidden })));

/** The criteria of the product, the student alone first. */
export function criteria(schema: Control[]): { value: string; readonly name: string; readonly about: string }[] {
  const options = (schema.find((c) => c.key === 'criterion')?.options ?? []).filter((o) => o.value !== control);
  const all = options.map((option) => {
    const { value } = option, words = () => option.label.split(/: |：/, 2);
    return { value, get name() { return value === baseline ? say('method.alone') : words()[0]!; }, get about() { return words()[1] ?? ''; } };
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
  const all = criteria(schema).map((criterion): Method => {
    const { value } = criterion;
    const both = soft && value !== baseline && value !== 'kd';
    let settings: Settings = { ...common, criterion: value };
    if (both) settings = { ...settings, alpha: defaultIn(schema, { criterion: 'kd' }, 'alpha'), ...(value in besideKD ? { beta: besideKD[value]! } : {}) };
    if (value === baseline) delete settings.temperature; // nodes stays: over which dropout draws is the same in every lane
    return {
      key: value, criterion: value, soft: both || value === 'kd', settings: clean(schema, settings),
      get name() { return both ? say('method.soft', { method: criterion.name }) : criterion.name; }, get about() { return criterion.about; },
    };
  });
  const { seed: _, ...own } = base;
  const text = experimentText(schema, clean(schema, own));
  if (!all.some((m) => experimentText(schema, m.settings) === text)) {
    const criterion = own.criterion ?? defaultIn(schema, own, 'criterion');
    const alpha = Number(own.alpha ?? defaultIn(schema, own, 'alpha'));
    all.push({ key: 'own', criterion, soft: alpha > 0, settings: clean(schema, own), get name() { return say('method.own'); }, get about() { return say('method.own.about'); } });
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
