// What a teacher's board says of students, and where their dots are.

import type { Row } from './talk';

/** Seconds after which a student who is not heard is away, and one whose run and step stay the same is stuck. */
export const away = 25, stuck = 120;

export type Standing = 'away' | 'stuck' | 'held' | 'over' | 'running' | 'paused';

/** How a student stands, so many seconds after the row came. Nobody is stuck while the class is stopped. */
export function standingOf(row: Row, since: number, frozen: boolean): Standing {
  if (row.quiet + since > away) return 'away';
  if (frozen) return 'held';
  if (row.still + since > stuck) return 'stuck';
  return row.over ? 'over' : row.running ? 'running' : 'paused';
}

export interface Dot { number: number; x: number; y: number }

const hasDot = (r: Row) => r.accuracy !== null && r.parameters !== null && r.parameters > 0;

/** The powers of ten between which the students' sizes lie, undefined while none is known. */
export function decades(rows: Row[]): [number, number] | undefined {
  const sizes = rows.filter(hasDot).map((r) => Math.log10(r.parameters!));
  if (sizes.length === 0) return undefined;
  const low = Math.floor(Math.min(...sizes));
  return [low, Math.max(low + 1, Math.ceil(Math.max(...sizes)))];
}

/** The line above which no student is: at each size the best of those that are no larger, as a path. */
export function frontOf(dots: Dot[], width: number): string {
  let best = Infinity, path = '';
  for (const d of [...dots].sort((a, b) => a.x - b.x || a.y - b.y)) {
    if (d.y >= best) continue;
    path += path === '' ? `M${d.x} ${d.y}` : `H${d.x}V${d.y}`;
    best = d.y;
  }
  return path && `${path}H${width}`;
}

/** A text beside a dot: the students of it and of those that lie so close that their own texts would lie on one another. */
export interface Label { x: number; y: number; text: string }

const letter = 8, line = 13, mostNamed = 3;

/** The numbers beside dots, from the top; each stands alone where there is room, and otherwise with those that it would lie on. */
export function labelsOf(dots: Dot[]): Label[] {
  const labels: { x: number; y: number; numbers: number[] }[] = [];
  for (const d of [...dots].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const x = d.x + 7, y = d.y - 5;
    const near = labels.find((l) => Math.abs(l.y - y) < line && x < l.x + letter * textOf(l.numbers).length && l.x < x + letter * String(d.number).length);
    if (near) near.numbers.push(d.number);
    else labels.push({ x, y, numbers: [d.number] });
  }
  return labels.map(({ x, y, numbers }) => ({ x, y, text: textOf(numbers) }));
}

function textOf(numbers: number[]): string {
  const named = numbers.length > mostNamed ? numbers.slice(0, mostNamed - 1) : numbers;
  return named.join(', ') + (named.length < numbers.length ? ` +${numbers.length - named.length}` : '');
}

/** The place of each student by size and accuracy in a frame of that width and height: parameters on a scale of powers, accuracy from 0 to 1. */
export function dotsOf(rows: Row[], width: number, height: number): Dot[] {
  const [low, high] = decades(rows) ?? [0, 1];
  return rows.filter(hasDot).map((r) => ({ number: r.number, x: ((Math.log10(r.parameters!) - low) / (high - low)) * width, y: (1 - r.accuracy!) * height }));
}
