// What the page says, in the language that is chosen: messages of
// assets/messages, put together of their parts. Whatever shows them follows
// when another language is chosen.

import english from '../generated/en.json';
import { languages, type Messages } from '../generated/messages';

export type Key = keyof Messages;
export type Args = Record<string, string | number>;

/** A part of a message: a text, or what stands in its place, as messages.Part in Go. */
type Part = string | { arg: string } | { number: string } | { plural: string; cases: Cases } | { select: string; cases: Cases } | { tag: string; inner: Part[] };
type Cases = Record<string, Part[]>;
export type Catalogue = Record<string, Part[]>;

/** A piece of a message that is shown as it is, or in another way if it has a tag. */
export interface Piece { text: string; tag?: string }

let chosen = { tag: languages[0]!.tag, texts: english as Catalogue };
/** Notes that what is being shown depends on the language, and tells all of that that it is another. */
let follow = (): void => {}, changed = (): void => {};

/** Notes and tells by a state of the page's from now on; without one, as in tests, nobody follows. */
export function followBy(state: { follow(): void; changed(): void }): void { ({ follow, changed } = state); }

/** From now on says everything in a language. */
export function speak(tag: string, texts: Catalogue = english as Catalogue): void {
  chosen = { tag, texts };
  changed();
}

/** Knows more messages in English from now on. */
export function learn(more: Catalogue): void {
  Object.assign(english, more);
  changed();
}

/** Adds messages to the language that is spoken. */
export function add(more: Catalogue): void {
  chosen = { ...chosen, texts: { ...chosen.texts, ...more } };
  changed();
}

/** The language that is spoken. */
export function spoken(): string {
  follow();
  return chosen.tag;
}

/** Whether there is a message of that key. */
export const has = (key: string): key is Key => key in english;

/** Says the message of a key that the core has put together; its tests hold that there is one. */
export const sayOf = (key: string, args: Args = {}): string => say(key as 'class.number', args as { class: string });

/** Says a message. */
export function say<K extends Key>(key: K, ...args: keyof Messages[K] extends never ? [] : [Messages[K]]): string {
  return pieces(key, ...args).map((p) => p.text).join('');
}

/** A message whose parts in tags are shown in another way. */
export function pieces<K extends Key>(key: K, ...args: keyof Messages[K] extends never ? [] : [Messages[K]]): Piece[] {
  follow();
  return put(chosen.texts[key] ?? (english as Catalogue)[key] ?? [], (args[0] ?? {}) as Args, chosen.tag); // one that comes later says nothing until then
}

/** The messages below a prefix by the rest of their keys, their arguments in braces, for a program that puts these in by itself. */
export function patterns(prefix: string): { key: string; text: string }[] {
  follow();
  const text = (part: Part) => (typeof part === 'string' ? part : `{${(part as { arg: string }).arg}}`);
  return Object.entries({ ...(english as Catalogue), ...chosen.texts }).filter(([key]) => key.startsWith(prefix))
    .map(([key, message]) => ({ key: key.slice(prefix.length), text: message.map(text).join('') }));
}

/** What stands in numbers before the tenths, and between the thousands. */
export function marks(): { decimal: string; group: string } {
  follow();
  const parts = new Intl.NumberFormat(chosen.tag, { numberingSystem }).formatToParts(1234567.5);
  const mark = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return { decimal: mark('decimal'), group: mark('group') };
}

/** What a type or relation of the built-in graphs is called; undefined for any other name. */
export const known = (name: string): string | undefined => (has(`canvas.name.${name}`) ? sayOf(`canvas.name.${name}`) : undefined);

/** The digits of all numbers, as the drawing has them: those of formulas, too. */
const numberingSystem = 'latn';
const formats = new Map<string, Intl.NumberFormat>();

/** A number as a language writes it, with a minus sign in place of a hyphen, none before 0: in groups of digits, or with so many decimals and without. Formats are kept: making one costs more than using it. */
function figure(v: number | `${number}`, tag: string, decimals?: number): string {
  const key = `${tag} ${decimals}`;
  let format = formats.get(key);
  if (!format) formats.set(key, format = new Intl.NumberFormat(tag, decimals === undefined ? { numberingSystem, signDisplay: 'negative' } : { numberingSystem, signDisplay: 'negative', minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false }));
  return format.format(v).replace('-', '−');
}

/** A whole number as the language writes it. */
export const whole = (n: number): string => figure(n, spoken());

/** A number with so many decimals as the language writes it, rounded as toFixed does. */
export const fixed = (v: number, decimals: number): string => figure(v.toFixed(decimals) as `${number}`, spoken(), decimals);

/** Sentences one after the other; those that are empty are left out. */
export const sentences = (...all: string[]): string => all.filter(Boolean).reduce((first, next) => (first ? say('sentences', { first, next }) : next), '');

/** Puts a message together. */
export function put(message: Part[], args: Args, tag: string): Piece[] {
  return message.flatMap((part): Piece[] => {
    if (typeof part === 'string') return [{ text: part }];
    if ('arg' in part) return [{ text: String(args[part.arg]) }];
    if ('number' in part) return [{ text: figure(args[part.number] as number, tag) }];
    if ('tag' in part) return [{ tag: part.tag, text: put(part.inner, args, tag).map((p) => p.text).join('') }];
    const { cases } = part;
    if ('select' in part) return put(cases[args[part.select]!] ?? cases.other!, args, tag);
    const n = args[part.plural] as number;
    return put(cases[`=${n}`] ?? cases[new Intl.PluralRules(tag).select(n)] ?? cases.other!, args, tag);
  });
}
