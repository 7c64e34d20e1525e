// The language that the page speaks: what the user chose here, or the first of
// the browser's that there is.

import { languages } from '../generated/messages';
import { say, speak, spoken } from '../texts/texts';
import type { Supply } from '../wire/supply';

const stored = 'abkd-language';

export class Language {
  /** What was asked for last: it is spoken once its messages are there. */
  wanted = $state(chosen() ?? suited(navigator.languages));

  /** failed is told why a language cannot be had. */
  constructor(private readonly supply: Supply, private readonly failed: (text: string) => void) {}

  get tag(): string { return spoken(); }

  /** Speaks what the user chose before, or what the browser asks for. */
  open(): Promise<void> { return this.speak(this.wanted); }

  /** Speaks a language from now on, on this page and those that are opened later. */
  async choose(tag: string): Promise<void> {
    try {
      localStorage.setItem(stored, tag);
    } catch { /* storage is switched off: the choice lasts as long as the page */ }
    await this.speak(tag);
  }

  private async speak(tag: string): Promise<void> {
    const language = languages.find((l) => l.tag === tag) ?? languages[0]!;
    this.wanted = language.tag;
    try {
      const texts = language === languages[0] ? undefined : await this.supply.catalogue(language.tag);
      if (this.wanted !== language.tag) return;
      speak(language.tag, texts);
      Object.assign(document.documentElement, { lang: language.tag, dir: language.direction });
      document.title = say('page.title');
    } catch (err) {
      this.failed(say('language.failed', { language: language.name, reason: (err as Error).message }));
    }
  }
}

function chosen(): string | undefined {
  try {
    return languages.find((l) => l.tag === localStorage.getItem(stored))?.tag;
  } catch {
    return undefined;
  }
}

/** The first of the tags whose language, and script if both name or imply one, is there. */
export function suited(tags: readonly string[], offered = languages): string {
  const known = (tag: string) => {
    try {
      const { language, script } = new Intl.Locale(tag).maximize();
      return `${language} ${script}`;
    } catch {
      return '';
    }
  };
  for (const tag of tags) {
    const found = offered.find((l) => known(l.tag) === known(tag));
    if (found) return found.tag;
  }
  return offered[0]!.tag;
}
