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

/** A text beside a dot: the numbers of the students whose dots lie there. */
export interface Label { x: number; y: number; text: string }

/** How wide a letter is and how high a line, and how close dots lie whose numbers stand in one text. */
const letter = 7.6, line = 13, close = 12;

/** The numbers beside dots, from the top: each alone, or with those that it would lie on; as many as there is room for, or else how many there are. */
export function labelsOf(dots: Dot[]): Label[] {
  const groups: { x: number; y: number; numbers: number[] }[] = [];
  for (const d of [...dots].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const x = d.x + 7, y = d.y - 5, group = groups.find((g) => Math.abs(g.x - x) < close && Math.abs(g.y - y) < line);
    if (group) group.numbers.push(d.number);
    else groups.push({ x, y, numbers: [d.number] });
  }
  return groups.map(({ x, y, numbers }) => {
    const right = groups.filter((g) => g.x > x && Math.abs(g.y - y) < line).map((g) => g.x - x);
    return { x, y, text: textOf(numbers, Math.min(...right) / letter) };
  });
}

/** Numbers in so many letters. */
function textOf(numbers: number[], room: number): string {
  const n = numbers.length, sorted = [...numbers].sort((a, b) => a - b);
  if (n === 1) return String(sorted[0]);
  const texts = [...(n > 3 ? [] : [sorted.join(', ')]), ...(n > 2 ? [`${sorted.slice(0, 2).join(', ')} +${n - 2}`] : [])];
  return texts.find((text) => text.length <= room) ?? `×${n}`;
}

/** The place of each student by size and accuracy in a frame of that width and height: parameters on a scale of powers, accuracy from 0 to 1. */
export function dotsOf(rows: Row[], width: number, height: number): Dot[] {
  const [low, high] = decades(rows) ?? [0, 1];
  return rows.filter(hasDot).map((r) => ({ number: r.number, x: ((Math.log10(r.parameters!) - low) / (high - low)) * width, y: (1 - r.accuracy!) * height }));
}
