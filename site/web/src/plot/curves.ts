// The geometry of the learning curves, from data to SVG paths.

import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { History, type Lane, type Point, type Snapshot } from '../wire/snapshot';
import { alone, isTaught, learner, lossTerms, number, percent, taught, unknown } from '../words/report';
import { fixed, say } from '../texts/texts';

/** What a run had come to when the user changed it, or that was kept to stand beside it: it goes on as a ghost. */
export interface Ghost { epoch: number; phase: string; lanes: Lane[]; kept?: boolean }

export interface Size { width: number; height: number }
export interface Tick { at: number; text: string }
/** subject is what the mark stands for, if it lights with it. */
export interface Mark { path: string; kind: 'area' | 'line'; series: string; subject?: string }
export interface Label { x: number; y: number; text: string; series: string }
export interface Chart extends Size {
  marks: Mark[];
  labels: Label[];
  xTicks: Tick[];
  yTicks: Tick[];
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** The number of epochs drawn. */
  length: number;
  x: (epoch: number) => number;
  epochAt: (x: number) => number;
}

const margin = { top: 8, right: 126, bottom: 24, left: 46 };
const lineHeight = 14;

/** The loss of the model that learns as stacked areas: what each term adds to the total. */
export function lossChart(s: Snapshot, size: Size, ghost: Ghost | null = null): Chart {
  const history = learner(s)?.history ?? History.none;
  const terms = lossTerms(s).map((t) => ({ ...t, of: (p: Point) => finite(t.of(p)) }));
  const before = pathOf(s, ghost);
  const total = (p: Point) => terms.reduce((sum, t) => sum + t.of(p), 0);
  const drawn = points(history);
  const top = Math.max(1e-6, ...[...drawn, ...points(before)].map(([, p]) => total(p)).filter(Number.isFinite));
  const c = frame(history.length, s.epochs, size, top);
  let below = drawn.map(() => 0);
  for (const term of terms) {
    const base = below, above = drawn.map(([, p], k) => base[k]! + term.of(p));
    below = above;
    const path = area<Drawn>().defined(([, p]) => Number.isFinite(total(p))).x(([i]) => c.x(i + 1)).y0((_, k) => c.y(base[k]!)).y1((_, k) => c.y(above[k]!))(drawn);
    c.marks.push({ path: path ?? '', kind: 'area', series: term.series, subject: term.subject });
    const last = drawn.at(-1);
    if (last) {
      c.labels.push({
        x: c.x(history.length) + 8, y: c.place((base.at(-1)! + above.at(-1)!) / 2),
        text: `${term.name} ${Number.isNaN(term.of(last[1])) ? number(NaN) : fixed(term.of(last[1]), 2)}`, series: term.series,
      });
    }
  }
  haunt(c, before, total, 'ce', ghost?.kept ? (v) => fixed(v, 2) : undefined);
  spread(c.labels, c.top, c.bottom);
  return c;
}

/** What is drawn of a loss: none of what was not known, which leaves a gap, and nothing of what has no bound. */
const finite = (v: number) => (Number.isNaN(v) || Number.isFinite(v) ? v : 0);

/** The history of the model that learns as it was before the last change, or as A has it, if that was in this phase. */
export const pathOf = (s: Snapshot, ghost: Ghost | null): History =>
  ((ghost && (ghost.phase === 'teaching') === (s.phase === 'teaching') ? ghost.lanes.at(-1)?.history : undefined) ?? History.none);

/** Draws what a curve was before a change; or as A has it, with its value at this epoch, which shows puts in words. */
function haunt(c: Chart & { y: (v: number) => number; place: (v: number) => number }, before: History, of: (p: Point) => number, series: string, shows?: (v: number) => string): void {
  const last = before.at(-1), now = before.at(Math.min(c.length, before.length) - 1);
  if (!last) return;
  c.marks.push({ path: curve(before, c, of), kind: 'line', series: `ghost ${series}` });
  if (shows && now && c.length > 0) c.labels.push({ x: c.right + 8, y: c.place(of(now)), text: say('curve.kept', { value: shows(of(now)) }), series: `ghost ${series}` });
  else if (!shows && before.length > c.length) c.labels.push({ x: c.right + 8, y: c.place(of(last)), text: say('curve.before'), series: `ghost ${series}` });
}

export const curve = (history: History, c: { x: (epoch: number) => number; y: (v: number) => number }, of: (p: Point) => number): string =>
  line<Drawn>().defined(([, p]) => Number.isFinite(of(p))).x(([i]) => c.x(i + 1)).y(([, p]) => c.y(of(p)))(points(history)) ?? '';

/** Accuracy on the test nodes by epoch; the teacher is a level, but a curve while it learns. */
export function accuracyChart(s: Snapshot, size: Size, ghost: Ghost | null = null): Chart {
  const teaching = s.phase === 'teaching';
  const lanes = teaching ? [{ lane: learner(s), series: 'teacher' }]
    : [{ lane: alone(s), series: 'alone' }, { lane: taught(s), series: isTaught(s) ? 'taught' : 'alone' }];
  const length = Math.max(0, ...lanes.map(({ lane }) => lane?.history.length ?? 0));
  const c = frame(length, s.epochs, size, 1, (v) => percent(v, 0));
  const level = c.y(s.teacher.test);
  if (!teaching && s.teacher.test > 0) {
    c.marks.push({ path: `M${c.left},${level}H${c.right}`, kind: 'line', series: 'teacher' });
    c.labels.push({ x: c.right + 8, y: level, text: say('curve.teacher', { accuracy: percent(s.teacher.test) }), series: 'teacher' });
  }
  for (const b of baselines(s)) {
    c.marks.push({ path: `M${c.left},${c.y(b.test)}H${c.right}`, kind: 'line', series: `baseline ${b.model}` });
    c.labels.push({ x: c.right + 8, y: c.y(b.test), text: `${b.short} ${percent(b.test)}`, series: `baseline ${b.model}` });
  }
  for (const { lane, series } of lanes) {
    const last = lane?.history.at(-1);
    if (!lane || !last) continue;
    c.marks.push({ path: curve(lane.history, c, (p) => p.test), kind: 'line', series });
    c.labels.push({ x: c.right + 8, y: c.place(last.test), text: say('curve.lane', { series, accuracy: percent(last.test) }), series });
  }
  haunted(c, s, ghost, (p) => p.test, percent);
  spread(c.labels, c.top, c.bottom);
  return c;
}

/** Draws what accuracies were before a change, or are of A; shows puts one in words. */
export function haunted(c: ReturnType<typeof frame>, s: Snapshot, ghost: Ghost | null, of: (p: Point) => number, shows: (v: number) => string): void {
  haunt(c, pathOf(s, ghost), of, isTaught(s) ? 'taught' : 'alone', ghost?.kept ? (v) => (Number.isNaN(v) ? unknown() : shows(v)) : undefined);
}

const baselineNames: Record<string, () => { name: string; short: string }> = {
  majority: () => ({ name: say('baseline.majority'), short: say('baseline.majority.short') }),
  lp: () => ({ name: say('baseline.lp'), short: say('baseline.lp.short') }),
};

/** What needs no training, as far as its accuracy on the test nodes is known. */
export function baselines(s: Snapshot): { model: string; name: string; short: string; test: number }[] {
  return s.baselines.filter((b) => Number.isFinite(b.test)).map(({ model, test }) => ({ model, name: model, short: model, ...baselineNames[model]?.(), test }));
}

/**
 * The epochs that are drawn of a long run: about as many as there are pixels,
 * the first and the last one always. Others stay until half of them go.
 */
export function thinned(length: number): number[] {
  let every = 1;
  while ((length - 1) / every > 498) every *= 2;
  const out: number[] = [];
  for (let i = 0; i < length - 1; i += every) out.push(i);
  if (length > 0) out.push(length - 1);
  return out;
}

/** An epoch that is drawn: its index in the history, and its point. */
type Drawn = [number, Point];

export const points = (history: History): Drawn[] => thinned(history.length).map((i) => [i, history.at(i)!]);

export function frame(length: number, epochs: number, size: Size, top: number, format?: (v: number) => string) {
  const { width, height } = size;
  const left = margin.left, right = Math.max(left + 1, width - margin.right), bottom = height - margin.bottom;
  const last = Math.max(epochs, length, 2);
  const x = scaleLinear().domain([1, last]).range([left, right]);
  const y = scaleLinear().domain([0, top]).nice(4).range([bottom, margin.top]);
  const label = format ?? y.tickFormat(4);
  const round = (v: number) => Math.round(v * 10) / 10;
  return {
    width, height, left, right, bottom, top: margin.top, length,
    marks: [] as Mark[], labels: [] as Label[],
    xTicks: x.ticks(Math.max(2, Math.floor((right - left) / 45))).filter(Number.isInteger).map((v) => ({ at: round(x(v)), text: String(v) })),
    yTicks: y.ticks(4).map((v) => ({ at: round(y(v)), text: label(v) })),
    x: (epoch: number) => round(x(epoch)),
    y: (v: number) => round(y(v)),
    /** Where the label of a value stands: at the bottom without one. */
    place: (v: number) => (Number.isFinite(v) ? round(y(v)) : bottom),
    epochAt: (px: number) => Math.min(Math.max(Math.round(x.invert(px)), 1), Math.max(length, 1)),
  };
}

/** Moves labels that overlap apart, keeping their order and staying inside top..bottom. */
export function spread(labels: Label[], top: number, bottom: number): void {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let floor = top + lineHeight / 2;
  for (const l of sorted) {
    l.y = Math.max(l.y, floor);
    floor = l.y + lineHeight;
  }
  let ceiling = bottom - lineHeight / 2;
  for (const l of sorted.reverse()) {
    l.y = Math.min(l.y, ceiling);
    ceiling = l.y - lineHeight;
  }
}
