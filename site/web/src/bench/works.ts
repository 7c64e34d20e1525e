// What is timed, and what it is held against.

import { fixed, say, sayOf, type Args, type Key } from '../texts/texts';

/** A work of one kind and size. */
export interface Work {
  kind: 'NN' | 'NT' | 'TN' | 'SpMM' | 'ABKD' | 'R-GCN';
  /** What the Go program calls it. */
  size: string;
  /** What the page calls it: a message. */
  label: { key: Key; args: Args };
  m?: number;
  n?: number;
  k?: number;
  /** Floating-point operations. */
  flop?: number;
}

/** What a work is called. */
export const called = ({ label }: Work): string => sayOf(label.key, label.args);

/** The three products of a linear layer: the forward one, and the two of the backward pass. */
function layer(rows: number, inputs: number, outputs: number): Work[] {
  const product = (kind: Work['kind'], m: number, n: number, k: number): Work =>
    ({ kind, size: `${m}x${n}x${k}`, label: { key: 'bench.product', args: { kind, rows, inputs, outputs } }, m, n, k, flop: 2 * m * n * k });
  return [product('NN', rows, outputs, inputs), product('NT', rows, inputs, outputs), product('TN', inputs, outputs, rows)];
}

function mean(rows: number, width: number, from: number): Work {
  return { kind: 'SpMM', size: `${rows}x${width}x${from}`, label: { key: 'bench.means', args: { rows, width } }, m: rows, n: width, k: from, flop: 20 * rows * width };
}

function step(kind: Work['kind'], graph: string, layers: number, width: number): Work {
  const size = `${layers} × ${width}`;
  return { kind, size: `${graph} ${layers}x${width}`, label: { key: kind === 'ABKD' ? 'bench.step.abkd' : 'bench.step.rgcn', args: { size, graph } } };
}

export const works: Work[] = [
  ...layer(4096, 128, 512), ...layer(3000, 128, 64), ...layer(400, 32, 64),
  mean(3000, 128, 10000), mean(3000, 32, 10000),
  step('ABKD', 'mag-mini', 2, 8), step('ABKD', 'mag-mini', 2, 64), step('R-GCN', 'mag-mini', 3, 64), step('R-GCN', 'mag-2000', 3, 128),
];

/** The same kinds, small: to see that everything runs. */
export const quickWorks: Work[] = [...layer(100, 30, 70), mean(300, 32, 1000), step('ABKD', 'mag-mini', 2, 8)];

/** A work's fastest repeat by each contender, in seconds. */
export interface Row {
  work: Work;
  seconds: Record<string, number>;
}

export interface Bar {
  what: string;
  reached: number;
  atLeast: number;
  stretch: number;
  /** What to know about a bar that is missed. */
  reason: string;
}

/**
 * Returns the bars that the rows decide, products by the first layer. Ratios
 * are those of the slowest product named; relaxed SIMD counts where it runs.
 */
export function bars(rows: Row[]): Bar[] {
  const first = (...kinds: string[]) => kinds.flatMap((kind) => rows.find((r) => r.work.kind === kind) ?? []);
  const least = (list: Row[], ratio: (r: Row) => number) => Math.min(Infinity, ...list.map(ratio));
  const over = (name: string) => (r: Row) => r.seconds[name]! / fastest(r);
  const steps = rows.filter((r) => r.work.kind === 'R-GCN' || r.work.kind === 'ABKD');
  const plain = say('bench.reason.plain'), units = say('bench.reason.units');
  const all: Bar[] = [
    { what: say('bench.products.go'), reached: least(first('NN', 'NT', 'TN'), over('go')), atLeast: 10, stretch: 25, reason: plain },
    { what: say('bench.relaxed.simd128'), reached: least(first('NN', 'NT', 'TN'), (r) => r.seconds.simd128! / r.seconds.relaxed!), atLeast: 1.2, stretch: 1.4, reason: units },
    { what: say('bench.nn.tfjs'), reached: least(first('NN'), over('tfjs')), atLeast: 1, stretch: 2, reason: '' },
    { what: say('bench.nt.tfjs'), reached: least(first('NT', 'TN'), over('tfjs')), atLeast: 8, stretch: 40, reason: '' },
    { what: say('bench.abkd.tfjs'), reached: least(first('ABKD'), over('tfjs')), atLeast: 5, stretch: 10, reason: '' },
    { what: say('bench.step.go'), reached: least(steps.slice(-1), over('go')), atLeast: 25, stretch: 50, reason: plain },
  ];
  return all.filter((b) => Number.isFinite(b.reached));
}

/** The seconds of the faster kernel module. */
export function fastest(r: Row): number {
  return Math.min(...['simd128', 'relaxed'].map((name) => r.seconds[name] ?? Infinity));
}

/** Writes x with three digits, large numbers as integers. */
export function figure(x: number): string {
  const digits = x >= 100 || x === 0 ? 0 : String(Number(x.toPrecision(3))).split('.')[1]?.length ?? 0;
  return fixed(Number(x.toPrecision(x >= 100 ? 21 : 3)), digits);
}

export function verdict(b: Bar): string {
  if (b.reached >= b.stretch) return say('bench.met.stretch');
  if (b.reached >= b.atLeast) return say('bench.met');
  return b.reason ? say('bench.missed.why', { reason: b.reason }) : say('bench.missed');
}
