// Text that the page did not write: of a link, of a file, of an error. It is
// cut, and what cannot be seen is spelled out, before any of it is shown.

import { say } from '../texts/texts';

/** Controls, halves of characters, and marks that turn the direction of what follows. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** The beginning of a text, at most that many characters of it, at a cost that does not grow with the rest. */
export function shown(text: string, most = 60): string {
  let end = Math.min(text.length, most);
  if (end < text.length && text.charCodeAt(end - 1) >> 10 === 0x36) end--; // half of a character
  const spelled = text.slice(0, end).replace(unseen, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
  return end < text.length ? `${spelled}…` : spelled;
}

/** A value as it is quoted in a sentence. */
export const quote = (text: string) => `"${shown(text, 40)}"`;

/** A sentence that may hold foreign text of any length. */
export const told = (text: string) => shown(text, 600);

/** The first of many names, quoted, and how many more there are. */
export function listed(names: string[], most = 8): string {
  const first = names.slice(0, most).map(quote).join(', ');
  return names.length > most ? say('foreign.more', { first, more: names.length - most }) : first;
}
