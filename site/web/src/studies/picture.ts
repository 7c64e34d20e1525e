// What the canvases of many runs show: results, as the drawing takes them.

import type { StoredCourse } from '../generated/stored';
import type { Course, Ending, Level, Study } from '../generated/wire';
import type { Outcome } from '../state/outcomes.svelte';
import { baseline, type Method } from './methods';
import type { Run } from './runs.svelte';
import { paired } from './stats';

/** A model by its cost and its accuracy, and the run that it is of. */
export interface Mark<Of> { run: Run<Of>; kind: 'taught' | 'alone' | 'teacher'; layers: number; hidden: number; cost: number; test: number }

const none: Study = { stored: false, chosen: 0, cost: 'params', levels: [], methods: [], dots: [], courses: [] };

/** The student at the epoch of its best validation accuracy or, on its way there, at its last one. */
function ending({ seed, outcome, curve, epochs }: Run<string>): Ending {
  return outcome ? { seed, test: outcome.student.test, epoch: epochs, epochs } : { seed, test: curve.at(-1) ?? NaN, epoch: curve.length, epochs: Math.max(epochs, curve.length + 1) };
}

/** The difference of a method to the student alone of the same seeds. */
export function difference(runs: Run<string>[]) {
  const done = runs.filter((r) => r.outcome);
  return paired(done.map((r) => r.outcome!.student.test), done.map((r) => r.outcome!.alone.test));
}

/** The lanes of a race. */
export function racePicture(methods: Method[], of: (m: Method) => Run<string>[], isStored: boolean): Study {
  const all = methods.flatMap(of), teacher = all.find((r) => r.outcome)?.outcome!.teacher.test;
  const levels: Level[] = [
    ...(teacher === undefined ? [] : [{ model: 'teacher', test: teacher }]),
    ...(all.find((r) => r.baselines.length > 0)?.baselines ?? []).map((b) => ({ model: b.model, test: b.test })),
  ];
  return {
    ...none, stored: isStored, levels,
    methods: methods.map((m) => {
      const { diff, low, high } = difference(of(m));
      return { name: m.name, isAlone: m.criterion === baseline, endings: of(m).filter((r) => r.status !== 'failed').map(ending), diff, low, high };
    }),
  };
}

/** The dots of a frontier. */
export function frontierPicture(marks: Mark<unknown>[], cost: Study['cost'], chosen: number, isStored: boolean): Study {
  return { ...none, stored: isStored, chosen, cost, dots: marks.map(({ run, kind, layers, hidden, cost, test }) => ({ kind, layers, hidden, seed: run.seed, cost, test })) };
}

/** How a run went, once it has come to anything. */
export function courseOf(name: string, epochs: number, outcome: Outcome | undefined): Course | undefined {
  const taught = outcome?.lanes.at(-1);
  if (!outcome || !taught || taught.history.length === 0) return undefined;
  const { lanes, activity } = outcome, now = (i: number) => (lanes.length > i ? lanes[i]!.history.at(-1)?.test : undefined) ?? NaN;
  return {
    name, epochs, l: [...taught.history.column('aux')], taught: now(lanes.length - 1), alone: lanes.length > 1 ? now(0) : NaN,
    units: taught.model.layers > 1 ? taught.model.hidden : 0, at: [...activity.epochs], share: activity.share.flat(), d: [...activity.d],
  };
}

export const storedCourse = (name: string, { experiment: _, ...course }: StoredCourse): Course => ({ ...course, name, epochs: course.l.length });

/** The courses of some runs, those that there are, beside each other. */
export const coursesPicture = (courses: (Course | undefined)[]): Study => ({ ...none, courses: courses.filter((c) => c !== undefined) });
