// The language that the page speaks: the one that public/first.js found in the
// user's choice or the browser's languages, or one that is chosen later.

import { languages } from '../generated/messages';
import { followBy, say, speak, spoken } from '../texts/texts';
import type { Supply } from '../wire/supply';

const stored = 'abkd-language';

/** How often the language has changed. It is one state for all that is said: createSubscriber would make an effect for each text, at each step of a run. */
let changes = $state(0);
followBy({ follow: () => void changes, changed: () => { changes++; } });

export class Language {
  /** What was asked for last: it is spoken once its messages are there. */
  wanted = $state(document.documentElement.lang);

  /** failed is told why a language cannot be had; title is that of the document. */
  constructor(private readonly supply: Supply, private readonly failed: (text: string) => void, private readonly title: 'page.title' | 'bench.title' = 'page.title') {}

  get tag(): string { return spoken(); }

  /** Speaks the language of the document. */
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
      document.title = say(this.title);
    } catch (err) {
      this.failed(say('language.failed', { language: language.name, reason: (err as Error).message }));
    }
  }
}
