// Texts that are a verb and words, as sim/wire writes and reads them;
// generated/wire.ts says which there are.

declare const kind: unique symbol;

/** A text of some kind, made by its constructors in generated/wire.ts. */
export type Text<Kind extends string> = string & { readonly [kind]: Kind };

/** Between two steps of a phase. */
export interface Moment { epoch: number; step: number }

type Word = string | number | boolean | readonly string[] | Moment;

/** A verb and its words; those that are empty are left out. */
export const write = (verb: string, ...words: Word[]): string => [verb, ...words.map(wordOf)].filter((w) => w !== '').join(' ');

function wordOf(w: Word): string {
  if (typeof w === 'boolean') return w ? 'on' : 'off';
  if (typeof w !== 'object' || w === null) return String(w); // an empty field of a form is null: it is refused as such
  return 'epoch' in w ? momentText(w) : w.join(',');
}

const momentText = ({ epoch, step }: Moment) => (step === 0 ? String(epoch) : `${epoch}.${step}`);

/** Of each verb its words, in order. */
export type Forms = Record<string, readonly (readonly [name: string, type: 'number' | 'string' | 'boolean'])[]>;

/** What a text says by its form, undefined for a text that has none. Names may hold spaces: the last takes the words that are left over. */
export function read(forms: Forms, text: string): Record<string, string | number | boolean> | undefined {
  const [verb = '', ...words] = text.split(' '), form = Object.hasOwn(forms, verb) ? forms[verb]! : undefined;
  const more = words.length - (form?.length ?? 0), last = form?.findLastIndex(([, type]) => type === 'string') ?? -1;
  if (!form || more < 0 || (more > 0 && last < 0)) return undefined;
  if (more > 0) words.splice(last, more + 1, words.slice(last, last + more + 1).join(' '));
  return Object.fromEntries([['verb', verb], ...form.map(([name, type], i) => [name, type === 'number' ? Number(words[i]) : type === 'boolean' ? words[i] === 'on' : words[i]!])]);
}
