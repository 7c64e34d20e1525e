// The geometry of the plots of many runs: from results to coordinates.

import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { thinned, type Size, type Tick } from '../plot/curves';
import { percent } from '../words/report';

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

export interface Series { name: string; points: { x: number; y: number }[] }
export interface Dot { x: number; y: number }
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
