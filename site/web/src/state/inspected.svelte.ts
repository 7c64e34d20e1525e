// What is looked at: the arithmetic that is open, what is pointed at, and the
// number that the reader is to find.

import { commands, type Command, type Subject } from '../generated/wire';
import { isSame } from '../words/subject';

export class Inspected {
  /** What is inspected, as the trainer's command names it; "" for nothing. */
  subject = $state('');
  /** The sheet with its arithmetic is open. */
  sheet = $state(false);
  /** How often the user has asked for an inspection: the sheet takes the focus each time. */
  asked = $state(0);
  /** What is pointed at outside the drawing. */
  light = $state('');
  /** What the pointer is on in the drawing, named like a subject. */
  pointed = $state('');
  /** Of the soft labels that are shown; 0 for the experiment's own. */
  temperature = $state(0);
  /** The column of a node's sum that the reader is to find, -1 for none. */
  quiz = $state(-1);
  /** What the scene inspects by itself, "" for nothing. */
  private ofScene = '';

  /** changed is called when the sheet has opened, or closed, or shows something else. */
  constructor(private readonly command: (c: Command) => void, private readonly changed: () => void) {}

  /** Whether what a subject names is pointed at, here or in the drawing. */
  lit(subject: string): boolean { return isSame(subject, this.light) || isSame(subject, this.pointed); }

  /** Opens the arithmetic of a subject, as the user asks. */
  inspect(subject: string): void {
    this.asked++;
    this.sheet = true;
    this.ask(subject);
    this.changed();
  }

  /** Opens what an address says is open, "" for nothing. */
  restore(subject: string): void {
    if (subject === '' && !this.sheet) return;
    this.sheet = subject !== '';
    this.ask(subject || this.ofScene);
  }

  /** Inspects what the scene shows, without the sheet; what the user has open there stays. */
  show(subject: string): void {
    this.ofScene = subject;
    if (!this.sheet || this.subject === '') this.ask(subject);
  }

  /** Closes the sheet; what the scene shows is inspected on. */
  close(): void {
    this.sheet = false;
    this.light = '';
    this.ask(this.ofScene);
    this.changed();
  }

  /** Forgets all: another scene begins. */
  leave(): void {
    this.ofScene = '';
    this.sheet = false;
    this.light = '';
    if (this.subject !== '') this.ask('');
  }

  /** Asks a trainer that knows nothing of it for what is inspected. */
  inspectAgain(): void {
    if (this.subject) this.ask(this.subject);
  }

  private ask(subject: string): void {
    this.subject = subject;
    this.command(commands.inspect((subject || 'none') as Subject));
  }
}
