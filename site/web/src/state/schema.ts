// The controls of an experiment, as setup.Controls describes them. The page draws
// whatever is listed; it knows no control by name.

import type { Control as Listed, Preset as Offered } from '../generated/setup';
import { say, sayOf } from '../texts/texts';

/** A value of a choice, and what it is called. */
export interface Option { value: string; readonly label: string }

/** A control with its words, in the language that is spoken. */
export type Control = Omit<Listed, 'options'> & { options?: Option[]; readonly label: string; readonly help: string };

/** A preset with its words. */
export type Preset = Offered & { readonly name: string; readonly why: string };

/** The controls with their words. */
export const worded = (listed: Listed[]): Control[] => listed.map((c) => ({
  ...c,
  ...(c.options ? { options: c.options.map((value) => ({ value, get label() { return sayOf(`control.${c.key}.${value}`); } })) } : {}),
  get label() { return sayOf(`control.${c.key}`); },
  get help() { return sayOf(`control.${c.key}.help`); },
} as Control));

/** The presets with theirs. */
export const offered = (presets: Offered[]): Preset[] => presets.map((p) => ({
  ...p,
  get name() { return sayOf(`preset.${p.key}`); },
  get why() { return sayOf(`preset.${p.key}.why`); },
}));

/** Key and value of each setting that differs from its default. */
export type Settings = Record<string, string>;

export function valueOf(schema: Control[], settings: Settings, key: string): string {
  return settings[key] ?? defaultIn(schema, settings, key);
}

/** The default of a control beside the other settings. */
export function defaultIn(schema: Control[], settings: Settings, key: string): string {
  const control = schema.find((c) => c.key === key);
  const instead = control?.instead?.find((i) => valueOf(schema, settings, i.key) === i.value);
  return instead?.default ?? control?.default ?? '';
}

export function isShown(schema: Control[], settings: Settings, control: Control): boolean {
  return Object.entries(control.needs ?? {}).every(([key, values]) =>
    values.some((v) => admits(v, valueOf(schema, settings, key))));
}

function admits(value: string, got: string): boolean {
  return value.startsWith('>') ? Number(got) > Number(value.slice(1)) : got === value;
}

/** The controls by group, in the order in which the groups first appear. */
export function groups(schema: Control[]): [string, Control[]][] {
  const by = new Map<string, Control[]>();
  for (const c of schema) by.set(c.group, [...(by.get(c.group) ?? []), c]);
  return [...by];
}

/** The number that a decimal text is; beyond what a number holds it is infinite. Other spellings, such as 0x10, are none: the core reads no other. */
export function decimal(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;
}

/** What a value of the control must be. */
export function wanted(control: Control): string {
  switch (control.kind) {
    case 'choice': return say('link.one', { values: control.options?.map((o) => o.value).join(', ') ?? '' });
    case 'bool': return say('wanted.bool');
    case 'text': return say('wanted.text');
    default: return say(control.kind === 'int' ? 'wanted.int' : 'wanted.float', { min: control.min ?? '', max: control.max ?? '' });
  }
}

/** Whether the control allows the value as it is, however the number is spelled. */
export function allows(control: Control, text: string): boolean {
  const valid = normalise(control, text);
  return valid !== undefined && (control.kind === 'int' || control.kind === 'float' ? Number(valid) === decimal(text) : valid === text);
}

/** Brings text typed into a control to the nearest value it allows, or undefined if there is none. */
export function normalise(control: Control, text: string): string | undefined {
  switch (control.kind) {
    case 'choice':
      return control.options?.some((o) => o.value === text) ? text : undefined;
    case 'bool':
      return text === 'on' || text === 'off' ? text : undefined;
    case 'text':
      return /[&=#\s]/.test(text.trim()) ? undefined : text.trim();
    default: {
      const v = decimal(text);
      if (v === undefined) return undefined;
      const bounded = Math.min(Math.max(v, control.min ?? -Infinity), control.max ?? Infinity);
      return String(control.kind === 'int' ? Math.round(bounded) : bounded);
    }
  }
}

/** Settings with key set to value; a value that is the default is left out. */
export function withValue(schema: Control[], settings: Settings, key: string, value: string): Settings {
  const { [key]: _, ...rest } = settings;
  return defaultIn(schema, rest, key) === value ? rest : { ...rest, [key]: value };
}
