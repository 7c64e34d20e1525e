// A share link's fragment: key=value pairs joined by "&", defaults left out.

import type { Control, Settings } from './schema';
import { defaultIn, normalise } from './schema';

/** So much of a fragment is read: more than any link that the page writes has. */
export const longest = 1 << 16;

/** The pairs of a fragment in their order, with or without its "#". What has no "=" is a key without a value. */
export interface Pairs {
  pairs: { key: string; value: string | undefined }[];
  /** The length of a fragment that is too long to be read whole, 0 of others. */
  cutFrom: number;
}

/** Reads a fragment pair by pair. What cannot be decoded is taken as it stands; of a pair that is cut nothing is taken. */
export function readPairs(fragment: string): Pairs {
  const start = fragment.startsWith('#') ? 1 : 0, length = fragment.length - start;
  let text = fragment.slice(start, start + longest);
  if (length > longest) text = text.slice(0, Math.max(0, text.lastIndexOf('&')));
  const pairs = text.split('&').filter((pair) => pair !== '').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? { key: decode(pair), value: undefined } : { key: decode(pair.slice(0, at)), value: decode(pair.slice(at + 1)) };
  });
  return { pairs, cutFrom: length > longest ? length : 0 };
}

/** The settings of a fragment; of a key that is repeated the last counts. */
export function parseFragment(fragment: string): Settings {
  return Object.fromEntries(readPairs(fragment).pairs.filter((p) => p.key !== '' && p.value !== undefined).map((p) => [p.key, p.value!]));
}

/** Writes settings for a link. */
export function formatFragment(schema: Control[], settings: Settings): string {
  return encodeURI(experimentText(schema, settings));
}

/** Writes settings for the trainer: known keys in the order of the schema, others after them as they came. */
export function experimentText(schema: Control[], settings: Settings): string {
  const known = schema.map((c) => c.key).filter((key) => Object.hasOwn(settings, key));
  const others = Object.keys(settings).filter((key) => !known.includes(key));
  return [...known, ...others].map((key) => `${key}=${settings[key]}`).join('&');
}

/** Settings with every known key's value made valid; defaults and what no control allows are dropped. */
export function clean(schema: Control[], settings: Settings): Settings {
  const out: Settings = {};
  for (const [key, value] of Object.entries(settings)) {
    const control = schema.find((c) => c.key === key);
    const valid = control ? normalise(control, value) : value;
    if (valid !== undefined && (!control || valid !== defaultIn(schema, settings, key))) out[key] = valid;
  }
  return out;
}

function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}
