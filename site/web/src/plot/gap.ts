// The geometry of the first scene: how many test nodes the taught student and
// the one alone have right, before what stored runs of other seeds came to.

import { area, line } from 'd3-shape';
import type { Snapshot } from '../wire/snapshot';
import { alone, isTaught, right, taught, unknown } from '../words/report';
import { say } from '../texts/texts';
import { baselines, curve, frame, haunted, points, spread, type Chart, type Ghost, type Size } from './curves';

/** Stored curves of one model: how many test nodes are right after each epoch, over the seeds. */
export interface Band { series: string; low: number[]; high: number[]; mean: number[] }

/** The band of such curves, one for each seed. */
export function bandOf(series: string, seeds: number[][]): Band {
  const over = (of: (all: number[]) => number) => seeds[0]!.map((_, e) => of(seeds.map((curve) => curve[e]!)));
  return { series, low: over((all) => Math.min(...all)), high: over((all) => Math.max(...all)), mean: over((all) => all.reduce((a, b) => a + b, 0) / all.length) };
}

/** What is drawn before a run has begun: stored curves, of so many test nodes, and the teacher. */
export interface Stored { bands: Band[]; tests: number; teacher: number }

export interface GapChart extends Chart {
  /** Where the students stand apart now, and by how many nodes. */
  gap: { x: number; top: number; bottom: number; nodes: number } | undefined;
}

export function gapChart(s: Snapshot | null, size: Size, stored: Stored | undefined, ghost: Ghost | null): GapChart {
  const begun = s && s.phase !== 'teaching' ? s : null;
  const tests = s?.tests ?? stored?.tests ?? 0;
  const lanes = begun ? [{ lane: alone(begun), series: 'alone' }, { lane: taught(begun), series: isTaught(begun) ? 'taught' : 'alone' }] : [];
  const length = Math.max(0, ...lanes.map(({ lane }) => lane?.history.length ?? 0));
  const teacher = s ? right(s, s.teacher.test) : stored?.teacher ?? NaN;
  const most = Math.max(1, ...[teacher].filter(Number.isFinite), ...(stored?.bands ?? []).flatMap((b) => b.high), ...lanes.flatMap(({ lane }) => (lane ? points(lane.history) : []).map(([, p]) => p.test * tests)).filter(Number.isFinite));
  const c = frame(length, s?.epochs ?? stored?.bands[0]?.mean.length ?? 2, size, Math.min(tests || 1, 1.04 * most));
  for (const { series, low, high, mean } of stored?.bands ?? []) {
    c.marks.push({ path: area<number>().x((_, e) => c.x(e + 1)).y0((v) => c.y(v)).y1((_, e) => c.y(high[e]!))(low) ?? '', kind: 'area', series: `stored ${series}` });
    c.marks.push({ path: line<number>().x((_, e) => c.x(e + 1)).y((v) => c.y(v))(mean) ?? '', kind: 'line', series: `stored ${series}` });
  }
  if (teacher > 0) {
    c.marks.push({ path: `M${c.left},${c.y(teacher)}H${c.right}`, kind: 'line', series: 'teacher' });
    c.labels.push({ x: c.right + 8, y: c.y(teacher), text: say('curve.teacher', { accuracy: teacher }), series: 'teacher' });
  }
  for (const b of begun ? baselines(begun) : []) {
    const at = right(begun!, b.test);
    c.marks.push({ path: `M${c.left},${c.y(at)}H${c.right}`, kind: 'line', series: `baseline ${b.model}` });
    c.labels.push({ x: c.right + 8, y: c.y(at), text: `${b.short} ${at}`, series: `baseline ${b.model}` });
  }
  for (const { lane, series } of lanes) {
    const last = lane?.history.at(-1);
    if (!lane || !last) continue;
    c.marks.push({ path: curve(lane.history, c, (p) => p.test * tests), kind: 'line', series });
    c.labels.push({ x: c.right + 8, y: c.place(last.test * tests), text: say('curve.lane', { series, accuracy: Number.isNaN(last.test) ? unknown() : Math.round(last.test * tests) }), series });
  }
  for (const { series, mean } of length === 0 ? stored?.bands ?? [] : []) { // until the run has words of its own
    c.labels.push({ x: c.right + 8, y: c.y(mean.at(-1)!), text: say(series === 'taught' ? 'model.taught' : 'model.alone'), series });
  }
  if (begun) haunted(c, begun, ghost, (p) => p.test * tests, (v) => String(Math.round(v)));
  spread(c.labels, c.top, c.bottom);
  const [a, t] = lanes.map(({ lane }) => lane?.history.at(-1)?.test ?? NaN);
  const nodes = Math.round(t! * tests) - Math.round(a! * tests);
  const gap = Number.isFinite(nodes) && nodes !== 0 ? { x: c.x(length), top: c.y(Math.max(a!, t!) * tests), bottom: c.y(Math.min(a!, t!) * tests), nodes } : undefined;
  return { ...c, gap };
}
