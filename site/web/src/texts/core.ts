// What the core says, in the trainer or the reader of files, in the language that is spoken. Its sentences are
// English: the message of each is found by them, as the arguments are. So the
// core knows no language, and what no message says is shown as it is, as everything
// is until the messages are there, for which English does not wait.

import { languages } from '../generated/messages';
import { add, known, say, sayOf, sentences, spoken, type Args, type Catalogue } from './texts';

interface Pattern { key: string; args: string[]; like: RegExp; rank: number; own: number }

let patterns: Pattern[] = [];

/** Has the core's messages from now on: in English, by which they are found, and in the language that is spoken. */
export function learnCore(english: Catalogue, own: Catalogue): void {
  patterns = patternsOf(english);
  found.clear();
  add({ ...english, ...own });
}

/** Says where a problem is: a file, a row of it. */
const isPlace = (key: string) => key.startsWith('core.file.at');

/** The core's messages: those that begin with a word of their own, then places, each with a problem that is a message, then others; of each those first that say most by themselves. */
function patternsOf(english: Catalogue): Pattern[] {
  const core = Object.entries(english).map(([key, message]) => ({
    key, args: message.flatMap((part) => (typeof part === 'string' ? [] : [(part as { arg: string }).arg])),
    rank: typeof message[0] === 'string' ? 0 : isPlace(key) ? 1 : 2,
    own: message.filter((part) => typeof part === 'string').join('').length,
    like: new RegExp(`^${message.map((part) => (typeof part === 'string' ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.+?)')).join('')}$`, 'su'),
  }));
  return core.sort((a, b) => a.rank - b.rank || b.own - a.own);
}

/** What was looked for lately: an inspection lists the same in every snapshot. */
const found = new Map<string, [key: string, args: Args] | undefined>();
const most = 1000;

function find(text: string): [key: string, args: Args] | undefined {
  if (found.has(text)) return found.get(text);
  if (found.size >= most) found.clear();
  let hit: [string, Args] | undefined;
  for (const pattern of patterns) {
    const values = pattern.like.exec(text);
    if (values && (!isPlace(pattern.key) || find(values.at(-1)!))) {
      hit = [pattern.key, Object.fromEntries(pattern.args.map((name, i) => [name, values[i + 1]!]))];
      break;
    }
  }
  found.set(text, hit);
  return hit;
}

/** A text that is one message. Between two Chinese characters no space stands, whatever an argument became. */
function said(text: string): string | undefined {
  const hit = find(text);
  return hit && sayOf(hit[0], Object.fromEntries(Object.entries(hit[1]).map(([name, value]) => [name, argument(String(value))]))).replace(/(?<=\p{Script=Han}) +(?=\p{Script=Han})/gu, '');
}

/** An argument that is a message too, but what names a quantity, which is a plain word; types, relations and nodes as the page calls them. */
const argument = (value: string): string => called(value) ?? (find(value)?.[0].startsWith('core.of.') ? value : said(value) ?? value);

/** What a name of the built-in graphs is called, or one of their nodes: "paper 3 “Deep Nets”". */
function called(value: string): string | undefined {
  const [, type = value, id, name] = /^(\S+) (\d+)(?: “(.*)”)?$/su.exec(value) ?? [];
  const is = known(type);
  if (is === undefined || id === undefined) return is;
  return name === undefined ? say('node.called', { type: is, id }) : say('node.named', { type: is, id, name });
}

/** A text of the core's. */
export function reworded(text: string): string {
  if (spoken() === languages[0]!.tag) return text;
  const whole = said(text) ?? called(text);
  if (whole !== undefined) return whole;
  const parts = text.split(/(?<=\.) (?=\p{Lu})(?![^“]*”)/u).map(said);
  return parts.every((s) => s !== undefined) ? sentences(...parts) : text;
}
