// What the user is told above everything else, until it is dismissed.

export class Notices {
  text = $state('');

  /** Tells this in place of what is told. */
  tell(text: string): void { this.text = text; }

  /** Adds a sentence, once. */
  add(text: string): void {
    if (!this.text.includes(text)) this.text = `${this.text} ${text}`.trim();
  }

  clear(): void { this.text = ''; }
}
