// What the trainer says, in the language that is spoken. Its sentences are
// English: the message of each is found by them, as the arguments are. So the
// trainer knows no language, and what no message says is shown as it is.

import english from '../generated/en.json';
import { languages } from '../generated/messages';
import { sayOf, spoken, type Args, type Catalogue } from './texts';

interface Pattern { key: string; args: string[]; like: RegExp }

let patterns: Pattern[] | undefined;

/** The trainer's messages, those that say most by themselves first. */
function all(): Pattern[] {
  const core = Object.entries(english as Catalogue).filter(([key]) => key.startsWith('core.')).map(([key, message]) => ({
    key, args: message.flatMap((part) => (typeof part === 'string' ? [] : [(part as { arg: string }).arg])),
    own: message.filter((part) => typeof part === 'string').join('').length,
    like: new RegExp(`^${message.map((part) => (typeof part === 'string' ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.+?)')).join('')}$`, 'su'),
  }));
  return core.sort((a, b) => b.own - a.own);
}

/** What was looked for lately: an inspection lists the same in every snapshot. */
const found = new Map<string, [key: string, args: Args] | undefined>();
const most = 1000;

function find(text: string): [key: string, args: Args] | undefined {
  if (found.has(text)) return found.get(text);
  if (found.size >= most) found.clear();
  let hit: [string, Args] | undefined;
  for (const { key, args, like } of patterns ??= all()) {
    const values = like.exec(text);
    if (values) {
      hit = [key, Object.fromEntries(args.map((name, i) => [name, values[i + 1]!]))];
      break;
    }
  }
  found.set(text, hit);
  return hit;
}

/** A text that is one message. */
function said(text: string): string | undefined {
  const hit = find(text);
  return hit && sayOf(hit[0], Object.fromEntries(Object.entries(hit[1]).map(([name, value]) => [name, argument(String(value))])));
}

/** An argument that is a message too, but what names a quantity, which is a plain word. */
const argument = (value: string): string => (find(value)?.[0].startsWith('core.of.') ? value : said(value) ?? value);

/** A text of the trainer's. */
export function reworded(text: string): string {
  if (spoken() === languages[0]!.tag) return text;
  const whole = said(text);
  if (whole !== undefined) return whole;
  const sentences = text.split(/(?<=\.) (?=\p{Lu})(?![^“]*”)/u).map(said);
  return sentences.every((s) => s !== undefined) ? sentences.join(' ') : text;
}
