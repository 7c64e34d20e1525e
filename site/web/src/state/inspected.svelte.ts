// What is looked at: the arithmetic that is open, what is pointed at, and the
// number that the reader is to find.

import { commands, type Command, type Subject } from '../generated/wire';

export class Inspected {
  /** What is inspected, as the trainer's command names it; "" for nothing. */
  subject = $state('');
  /** How often the user has asked for an inspection: the inspector comes into sight each time. */
  asked = $state(0);
  /** What is pointed at outside the drawing. */
  light = $state('');
  /** What the pointer is on in the drawing, named like a subject. */
  pointed = $state('');
  /** Of the soft labels that are shown; 0 for the experiment's own. */
  temperature = $state(0);
  /** The column of a node's sum that the reader is to find, -1 for none. */
  quiz = $state(-1);

  constructor(private readonly command: (c: Command) => void) {}

  /** Inspects a subject, "" for nothing. The inspector comes into sight if the user asked for it. */
  inspect(subject: string, asked = true): void {
    this.subject = subject;
    if (asked && subject) this.asked++;
    this.command(commands.inspect((subject || 'none') as Subject));
  }

  /** Asks a trainer that knows nothing of it for what is inspected. */
  inspectAgain(): void {
    if (this.subject) this.command(commands.inspect(this.subject as Subject));
  }
}
