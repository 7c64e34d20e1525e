// The geometry of the plots of many runs: from results to coordinates.

import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { thinned, type Size, type Tick } from '../plot/curves';
import { percent } from '../words/report';
import { spreadOf } from './stats';

export interface Frame extends Size { left: number; right: number; top: number; bottom: number; xTicks: Tick[]; yTicks: Tick[] }

const round = (v: number) => Math.round(v * 10) / 10;
const percents = (v: number) => percent(v, 0);

const known = (v: number) => !Number.isNaN(v);

/** The least and the greatest, however many there are. */
function span(values: number[]): [number, number] {
  return values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
}

/** A little more than what the values span, inside 0..1. */
export function around(all: number[]): [number, number] {
  const values = all.filter(known);
  if (values.length === 0) return [0, 1];
  const [low, high] = span(values), pad = Math.max(0.02, (high - low) * 0.08);
  return [Math.max(0, low - pad), Math.min(1, high + pad)];
}

/** What the values span, out to whole tens of per cent. */
export function tens(all: number[]): [number, number] {
  const values = all.filter(known);
  if (values.length === 0) return [0, 1];
  const [low, high] = span(values);
  return [Math.floor(low * 10) / 10, Math.min(1, Math.ceil(high * 10) / 10)];
}

/** Accuracy by epoch, one curve for each seed and their mean. */
export interface Curves extends Frame { seeds: string[]; mean: string; reference: string; teacher: number | undefined }

export function curves(runs: number[][], reference: number[][], teacher: number | undefined, epochs: number, domain: [number, number], size: Size): Curves {
  const { width, height } = size;
  const left = 42, right = width - 6, top = 6, bottom = height - 18;
  const x = scaleLinear().domain([1, Math.max(2, epochs)]).range([left, right]);
  const y = scaleLinear().domain(domain).range([bottom, top]);
  const path = (curve: number[]) => line<number>().defined((i) => known(curve[i]!)).x((i) => round(x(i + 1))).y((i) => round(y(curve[i]!)))(thinned(curve.length)) ?? '';
  return {
    width, height, left, right, top, bottom,
    xTicks: [1, Math.max(2, epochs)].map((v) => ({ at: round(x(v)), text: String(v) })),
    yTicks: y.ticks(3).map((v) => ({ at: round(y(v)), text: percents(v) })),
    seeds: runs.map(path), mean: path(meanCurve(runs)), reference: path(meanCurve(reference)),
    teacher: teacher === undefined || !known(teacher) ? undefined : round(y(teacher)),
  };
}

/** The mean of several curves as far as all of them have come. */
export function meanCurve(runs: number[][]): number[] {
  const begun = runs.filter((r) => r.length > 0);
  if (begun.length === 0) return [];
  const length = Math.min(...begun.map((r) => r.length));
  return Array.from({ length }, (_, i) => begun.reduce((s, r) => s + r[i]!, 0) / begun.length);
}

export interface StripRow { name: string; y: number; dots: { x: number; y: number; text: string }[]; mean: number; low: number; high: number }
export interface Strip extends Frame { rows: StripRow[]; baseline: number | undefined }

/** Where the runs of each method ended: a dot for each seed, the mean and one deviation to either side. */
export function strip(methods: { name: string; tests: { value: number; text: string }[] }[], baseline: number | undefined, size: { width: number }): Strip {
  const rowHeight = 30, top = 8;
  const bottom = top + methods.length * rowHeight, width = size.width, height = bottom + 36;
  const left = 104, right = width - 14;
  const all = methods.flatMap((m) => m.tests.map((t) => t.value));
  const x = scaleLinear().domain(around(all)).range([left, right]);
  const rows = methods.map(({ name, tests: all }, i): StripRow => {
    const tests = all.filter((t) => known(t.value));
    const y = top + (i + 0.5) * rowHeight;
    const { mean, sd } = spreadOf(tests.map((t) => t.value));
    const seen = new Map<number, number>();
    const dots = tests.map((t) => {
      const at = round(x(t.value)), before = seen.get(at) ?? 0; // equal ones stand above and below each other
      seen.set(at, before + 1);
      return { x: at, y: y + Math.ceil(before / 2) * 5 * (before % 2 ? -1 : 1), text: t.text };
    });
    const spread = Number.isNaN(sd) ? 0 : sd;
    return { name, y, dots, mean: round(x(mean)), low: round(Math.max(left, x(mean - spread))), high: round(Math.min(right, x(mean + spread))) };
  });
  return {
    width, height, left, right, top, bottom, rows, yTicks: [],
    xTicks: x.ticks(Math.max(2, Math.floor((right - left) / 70))).map((v) => ({ at: round(x(v)), text: percents(v) })),
    baseline: baseline === undefined || !known(baseline) ? undefined : round(x(baseline)),
  };
}

/** Something that costs x and reaches the accuracy y. */
export interface Dot { x: number; y: number }
export interface Scatter extends Frame { at: (d: Dot) => Dot; frontier: string }

/** Accuracy against a cost that spans powers of ten. */
export function scatter(dots: Dot[], frontier: Dot[], format: (v: number) => string, size: Size): Scatter {
  const { width, height } = size;
  const left = 46, right = width - 16, top = 10, bottom = height - 40;
  const xs = dots.map((d) => d.x);
  const low = xs.length ? Math.min(...xs) / 1.3 : 1, high = xs.length ? Math.max(...xs) * 1.3 : 10;
  const x = scaleLog().domain([low, high]).range([left, right]);
  const y = scaleLinear().domain(around(dots.map((d) => d.y))).range([bottom, top]);
  const at = (d: Dot) => ({ x: round(x(d.x)), y: round(y(d.y)) });
  const steps = best(frontier).map(at);
  return {
    width, height, left, right, top, bottom, at,
    frontier: steps.map((p, i) => (i === 0 ? `M${p.x},${p.y}` : `H${p.x}V${p.y}`)).join(''),
    xTicks: spaced(x.ticks(), (v) => round(x(v)), 58).map((v) => ({ at: round(x(v)), text: format(v) })),
    yTicks: y.ticks(5).map((v) => ({ at: round(y(v)), text: percents(v) })),
  };
}

/** The dots that no cheaper dot equals. */
export function best<T extends Dot>(dots: T[]): T[] {
  const out: T[] = [];
  for (const d of [...dots].sort((a, b) => a.x - b.x || b.y - a.y)) {
    if (out.length === 0 || d.y > out.at(-1)!.y) out.push(d);
  }
  return out;
}

/** The ticks that leave room for their labels: powers of ten first, then twos and fives. */
function spaced(ticks: number[], at: (v: number) => number, room: number): number[] {
  const digit = (v: number) => Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9));
  const rank = (v: number) => [1, 2, 5].indexOf(digit(v));
  const kept: number[] = [];
  for (const r of [0, 1, 2]) {
    for (const v of ticks) if (rank(v) === r && kept.every((k) => Math.abs(at(k) - at(v)) >= room)) kept.push(v);
  }
  return kept.sort((a, b) => a - b);
}

export interface Series { name: string; points: { x: number; y: number }[] }
export interface Lines extends Frame { series: { name: string; path: string; dots: Dot[]; label: Dot }[] }

/** Lines over whole numbers, such as layers, labelled at their ends. */
export function lines(series: Series[], domain: { x: [number, number]; y: [number, number] }, format: (v: number) => string, size: Size): Lines {
  const { width, height } = size;
  const left = 46, right = width - 30, top = 10, bottom = height - 36;
  const x = scaleLinear().domain(domain.x).range([left, right]);
  const y = scaleLinear().domain(domain.y).range([bottom, top]);
  return {
    width, height, left, right, top, bottom,
    xTicks: x.ticks(domain.x[1] - domain.x[0]).filter(Number.isInteger).map((v) => ({ at: round(x(v)), text: String(v) })),
    yTicks: y.ticks(5).map((v) => ({ at: round(y(v)), text: format(v) })),
    series: series.map((s) => ({ name: s.name, points: s.points.filter((p) => known(p.y)) })).filter((s) => s.points.length > 0).map(({ name, points }) => {
      const dots = points.map((p) => ({ x: round(x(p.x)), y: round(y(p.y)) }));
      return { name, dots, path: line<Dot>().x((d) => d.x).y((d) => d.y)(dots) ?? '', label: dots.at(-1)! };
    }),
  };
}
