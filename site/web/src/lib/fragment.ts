// A share link's fragment: key=value pairs joined by "&", defaults left out.

import type { Control, Settings } from './schema';
import { defaultIn, normalise } from './schema';

/** Reads a fragment, with or without its "#". What cannot be decoded is taken as it stands. */
export function parseFragment(fragment: string): Settings {
  const settings: Settings = {};
  for (const pair of fragment.replace(/^#/, '').split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) settings[decode(pair.slice(0, at))] = decode(pair.slice(at + 1));
  }
  return settings;
}

/** Writes settings for a link. */
export function formatFragment(schema: Control[], settings: Settings): string {
  return encodeURI(experimentText(schema, settings));
}

/** Writes settings for the trainer: known keys in the order of the schema, others after them as they came. */
export function experimentText(schema: Control[], settings: Settings): string {
  const known = schema.map((c) => c.key).filter((key) => key in settings);
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
