// What the runs of a lesson came to, and which guess that leaves: sim/course/measure.go
// and condition.go for the page. A test holds both against the same snapshot.

import type { Condition, Lesson, Term, Value } from '../generated/course';
import type { Matrix } from '../wire/reader';
import type { ModelState, Snapshot } from '../wire/snapshot';
import { alone, taught } from '../words/report';

export type Values = Record<string, number>;

const models: Record<string, (s: Snapshot) => ModelState | undefined> = {
  teacher: (s) => s.teacher, alone: (s) => (s.phase === 'teaching' ? undefined : alone(s)?.model), student: (s) => taught(s)?.model,
};
const entry = (m: Matrix, i: number, j: number) => m[i]?.[j] ?? NaN;
/** The place of what is counted from 1, such as T2. */
const placeOf = (text = '') => Number(text.replace(/^[TS]/, '')) - 1;

const model = (read: (m: ModelState) => number) => (s: Snapshot, [name = '']: string[]) => {
  const m = models[name]?.(s);
  return m ? read(m) : NaN;
};

const measures: Record<string, (s: Snapshot, of: string[]) => number> = {
  test: model((m) => m.test), valid: model((m) => m.valid), train: model((m) => m.train), loss: model((m) => m.loss),
  weights: model((m) => m.params), kib: model((m) => m.bytes / 1024),
  epoch: (s) => s.epoch,
  left: (s) => {
    const h = s.lanes.at(-1)?.history;
    return h && h.length > 0 ? h.at(-1)!.aux / h.at(0)!.aux : NaN;
  },
  A: (s, [t, u]) => entry(s.a, placeOf(t), placeOf(u)),
  D: (s, [t, u]) => entry(s.d, placeOf(t), placeOf(u)),
  lead, lost,
  cosine: (s, [name, layer]) => (name === 'teacher' ? s.smoothness.teacher : name === 'student' ? s.smoothness.student : [])[placeOf(layer)] ?? NaN,
  top: (s, [name, temperature]) => top({ teacher: s.focus.teacher, alone: s.focus.alone, student: s.focus.student }[name!] ?? [], Number(temperature)),
  dead: (s) => s.activity.share.at(-1)?.filter((v) => v === 0).length ?? NaN,
  term: (s, [symbol, column]) => {
    const q = s.inspection.quantities.findLast((x) => x.symbol === symbol);
    return q ? entry(q.value, 0, placeOf(column)) : NaN;
  },
  baseline: (s, [name]) => s.baselines.find((b) => b.model === name)?.test ?? NaN,
};

const testsOf = ({ predictions: p }: Snapshot) => p.label.flatMap((c, v) => (p.part[v] === 2 && c >= 0 ? [v] : []));

function lead(s: Snapshot): number {
  const { label, student, alone: other } = s.predictions;
  if (student.length === 0 || other.length === 0) return NaN;
  let ahead = 0, apart = 0;
  for (const v of testsOf(s)) {
    const d = Number(student[v] === label[v]) - Number(other[v] === label[v]);
    ahead += d;
    apart += Math.abs(d);
  }
  return apart === 0 ? 0 : ahead / Math.sqrt(apart);
}

function lost(s: Snapshot): number {
  const { label, teacher, alone: other } = s.predictions;
  if (teacher.length === 0 || other.length === 0) return NaN;
  const known = testsOf(s).filter((v) => teacher[v] === label[v]);
  return known.filter((v) => other[v] !== label[v]).length / known.length;
}

function top(logits: ArrayLike<number>, temperature: number): number {
  const all = Array.from(logits), most = Math.max(...all);
  return all.length === 0 ? NaN : 1 / all.reduce((sum, x) => sum + Math.exp((x - most) / temperature), 0);
}

const sum = (terms: Term[], values: Values) => terms.reduce((all, t) => {
  const times = t.times.reduce((v, name) => v * (values[name] ?? NaN), t.factor);
  return all + t.by.reduce((v, name) => v / (values[name] ?? NaN), times);
}, 0);

/** A value in a snapshot of its run, NaN where it is not known. */
export const valueIn = (v: Value, s: Snapshot): number => measures[v.measure]?.(s, v.of) ?? NaN;

/** The values of a lesson, those of its runs given by their names. */
export function reckon(lesson: Pick<Lesson, 'values'>, ran: Values): Values {
  const values: Values = { ...ran };
  for (const v of lesson.values) if (v.sum.length > 0) values[v.name] = sum(v.sum, values);
  return values;
}

const compare: Record<string, (l: number, r: number) => boolean> = { '<': (l, r) => l < r, '<=': (l, r) => l <= r, '>': (l, r) => l > r, '>=': (l, r) => l >= r, '=': (l, r) => l === r };

/** Whether a condition holds, undefined where a value that decides is not known. */
export function holds(c: Condition, values: Values): boolean | undefined {
  const sides = c.map((x) => ({ l: sum(x.left, values), is: x.is, r: sum(x.right, values) }));
  if (sides.some(({ l, r }) => Number.isNaN(l) || Number.isNaN(r))) return undefined;
  return sides.every(({ l, is, r }) => compare[is]!(l, r));
}

/** The option that the values leave, -1 if none is or what decides is not known. */
export function rightOf(lesson: Pick<Lesson, 'guess'>, values: Values): number {
  for (const [i, o] of lesson.guess.entries()) {
    const is = holds(o.when, values);
    if (is === undefined) return -1;
    if (is) return i;
  }
  return -1;
}
