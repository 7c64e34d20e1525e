// Which experiments have run, and which have ended a trainer: so that none is
// begun again that would end the next one.

import type { Cause } from '../wire/channel';
import { courseText, opening, type Course } from './experiment.svelte';

export class Attempts {
  /** What came to an epoch, the latest last, two at most. */
  private ran: Course[] = [];
  /** What a trainer has ended with, as text. */
  private endedWith = '';

  /** Notes that a course has come to an epoch. */
  note(course: Course): void { this.ran = [...this.without(course), course].slice(-2); }

  /**
   * What to begin after a trainer has ended with a course, if not that again: it has taken the memory, has
   * never come to an epoch, or has ended a trainer before. hasRun says whether the other one is known to run.
   */
  instead(course: Course, cause: Cause): { course: Course; hasRun: boolean } | undefined {
    const text = courseText(course), others = this.without(course);
    const isHarmless = cause === 'run' && others.length < this.ran.length && this.endedWith !== text;
    this.endedWith = text;
    if (isHarmless) return undefined;
    this.ran = others;
    const next = others.at(-1) ?? opening();
    return courseText(next) === text ? undefined : { course: next, hasRun: others.length > 0 };
  }

  private without(course: Course): Course[] { return this.ran.filter((c) => courseText(c) !== courseText(course)); }
}
