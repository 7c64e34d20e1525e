// The language that the page speaks: the one that public/first.js found in the
// user's choice or the browser's languages, or one that is chosen later.

import { languages } from '../generated/messages';
import { learnCore } from '../texts/core';
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

  /** Speaks the language of the document. What the core says in it comes after, as the page does not begin with that. */
  async open(): Promise<void> {
    const { wanted } = this;
    if (await this.speak(wanted)) void this.hear(wanted).then((learn) => learn?.());
  }

  /** Speaks a language from now on, on this page and those that are opened later. */
  async choose(tag: string): Promise<void> {
    try {
      localStorage.setItem(stored, tag);
    } catch { /* storage is switched off: the choice lasts as long as the page */ }
    const heard = this.hear(tag);
    if (await this.speak(tag, heard)) (await heard)?.();
  }

  /** Speaks a language once its messages are there, and what is waited for; says whether it does. */
  private async speak(tag: string, waitsFor?: Promise<unknown>): Promise<boolean> {
    const language = languages.find((l) => l.tag === tag) ?? languages[0]!;
    this.wanted = language.tag;
    try {
      const texts = language === languages[0] ? undefined : await this.supply.catalogue(language.tag);
      await waitsFor;
      if (this.wanted !== language.tag) return false;
      speak(language.tag, texts);
      Object.assign(document.documentElement, { lang: language.tag, dir: language.direction });
      document.title = say(this.title);
      return true;
    } catch (err) {
      this.failed(say('language.failed', { language: language.name, reason: (err as Error).message }));
      return false;
    }
  }

  /** Fetches what the core says in a language; what comes of it has that said, if the language still is. */
  private async hear(tag: string): Promise<(() => void) | undefined> {
    if (tag === languages[0]!.tag) return undefined;
    try {
      const core = await this.supply.core(tag);
      return () => { if (this.wanted === tag) learnCore(...core); };
    } catch {
      return undefined; // its sentences stay English
    }
  }
}
