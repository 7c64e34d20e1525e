// What is wrong with a file, in sentences that name the file and the row.

import { told } from '../lib/foreign';

/** As many as are shown; the others are counted. */
const shown = 5;

/** A file was refused. */
export class Refused extends Error {
  /** What is foreign in a sentence never makes it endless. */
  readonly problems: string[];

  constructor(problems: string[], readonly count = problems.length) {
    super(told(problems[0]!));
    this.problems = problems.map(told);
  }
}

export class Problems {
  private readonly first: string[] = [];
  private count = 0;

  add(problem: string): void {
    if (this.count++ < shown) this.first.push(problem);
  }

  /** Refuses the file if there was any. */
  settle(): void {
    if (this.count > 0) throw new Refused(this.first, this.count);
  }
}
