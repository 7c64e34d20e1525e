// The terms of the field, with what they mean, their formulas and where they
// come from (assets/glossary), and where a text has them. All of it is one file,
// which is fetched once the page trains; until then no text has terms.

import { spoken } from './texts';

/** Where something comes from. */
export interface Source { authors: string; year: number; title: string; in: string; url?: string }

/** What a term is called, in all its forms, and what it means. */
interface Meaning { forms: string[]; text: string }

/** A term in the language that is spoken, or in English, which is then told to the browser: its formula as MathML, "" without one. */
export interface Term { id: string; name: string; text: string; math: string; source: Source | undefined; foreign: { lang?: string; translate?: 'no' } }

/** A part of a text, with the term that it is. */
export interface Part { text: string; term?: string }

/** A term with its meanings by language; controls are the settings that it explains, and a quiet one is a word so common that no text marks it. */
type Entry = { id: string; math: string; source?: string; controls?: string[]; quiet?: boolean } & Record<string, Meaning>;

/** The glossary as it is fetched. */
export interface Glossary { terms: Entry[]; sources: Record<string, Source> }

let entries = $state.raw<Entry[]>([]);
let all = $state.raw<Record<string, Source>>({});

/** Has the terms from now on. */
export function learn(glossary: Glossary): void { [entries, all] = [glossary.terms, glossary.sources]; }

/** What an entry means in a language, or in English. */
const meaningOf = (e: Entry, tag: string): Meaning => e[tag] ?? e['en']!;

/** All terms by their names, as the language sorts them. */
export function terms(): Term[] {
  const tag = spoken();
  return entries.map((e) => ({ ...e, name: meaningOf(e, tag).forms[0]!, text: meaningOf(e, tag).text, source: e.source === undefined ? undefined : all[e.source], foreign: e[tag] ? {} : { lang: 'en', translate: 'no' as const } }))
    .sort((a, b) => a.name.localeCompare(b.name, tag));
}

/** The term that explains a setting, "" until that is known. */
export const termOf = (control: string): string => entries.find((e) => e.controls?.includes(control))?.id ?? '';

export const term = (id: string): Term | undefined => terms().find((t) => t.id === id);

/** All sources, by their authors. */
export const sources = (): Source[] => Object.values(all).sort((a, b) => a.authors.localeCompare(b.authors) || a.year - b.year);

const escaped = (form: string) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Of letters that are written without spaces between words. */
const isUnspaced = (form: string) => /^\p{Script=Han}/u.test(form);

/** Finds the forms of some terms, longer ones first, as whole words where there are such. */
function finder(forms: string[]): RegExp {
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((f) => (isUnspaced(f) ? escaped(f) : `(?<![\\p{Script=Latin}\\d-])${escaped(f)}(?![\\p{Script=Latin}\\d-])`)).join('|'), 'giu');
}

/** The parts of a text of which each term is one where it is first named. */
export function marked(text: string): Part[] {
  const tag = spoken(), ids = new Map(entries.filter((e) => !e.quiet).flatMap((e) => meaningOf(e, tag).forms.map((f) => [f.toLowerCase(), e.id] as const)));
  if (ids.size === 0) return [{ text }];
  const parts: Part[] = [], seen = new Set<string>();
  let from = 0;
  for (const { 0: found, index } of text.matchAll(finder([...ids.keys()]))) {
    const id = ids.get(found.toLowerCase())!;
    if (seen.has(id)) continue;
    seen.add(id);
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: found, term: id });
    from = index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
