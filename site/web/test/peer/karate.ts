// A graph convolutional network on Zachary's karate club in plain TypeScript,
// as pages that train on their main thread have it: full batch, an epoch at a
// time, and after each the charts and the graph are drawn anew.

import { Adam, Tensor } from './tensor';

/** For each member those friends whose number is lower; members count from 1, as in Zachary's figure 1. */
const friends = [
  [], [1], [1, 2], [1, 2, 3], [1], [1], [1, 5, 6], [1, 2, 3, 4], [1, 3], [3], [1, 5, 6], [1], [1, 4], [1, 2, 3, 4], [], [], [6, 7], [1, 2], [],
  [1, 2], [], [1, 2], [], [], [], [24, 25], [], [3, 24, 25], [3], [24, 27], [2, 9], [1, 25, 26, 29],
  [3, 9, 15, 16, 19, 21, 23, 24, 30, 31, 32], [9, 10, 14, 15, 16, 19, 20, 21, 23, 24, 27, 28, 29, 30, 31, 32, 33],
];
const labels = [1, 1, 1, 1, 3, 3, 3, 1, 0, 1, 3, 1, 1, 1, 0, 0, 3, 1, 0, 1, 0, 1, 0, 0, 2, 2, 0, 0, 2, 0, 0, 2, 0, 0];
const classes = 4;

export interface Epoch { loss: number; train: number; valid: number }

export class Karate {
  readonly history: Epoch[] = [];
  private readonly x: Tensor;
  private readonly src: Uint32Array;
  private readonly dst: Uint32Array;
  private readonly weight: Float32Array;
  private readonly params: Tensor[];
  private readonly adam: Adam;
  private readonly train: number[] = [];
  private readonly valid: number[] = [];

  constructor(hidden: number, private readonly random: () => number = Math.random) {
    const n = friends.length;
    this.x = new Tensor(n, n, Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? 1 : 0)));
    const pairs = friends.flatMap((list, i) => list.flatMap((j) => [[i, j - 1], [j - 1, i]]));
    for (let i = 0; i < n; i++) pairs.push([i, i]);
    this.src = Uint32Array.from(pairs, (p) => p[0]!);
    this.dst = Uint32Array.from(pairs, (p) => p[1]!);
    const degree = new Float32Array(n);
    for (const d of this.dst) degree[d]!++;
    this.weight = Float32Array.from(pairs, ([s, d]) => 1 / Math.sqrt(degree[s!]! * degree[d!]!));
    this.params = [Tensor.glorot(n, hidden, random), new Tensor(1, hidden), Tensor.glorot(hidden, classes, random), new Tensor(1, classes)];
    this.adam = new Adam(this.params, 0.01, 5e-4);
    const seen = new Set<number>();
    labels.forEach((c, i) => {
      if (!seen.has(c)) this.train.push(i);
      else if ((i - this.train.length) % 3 === 0) this.valid.push(i);
      seen.add(c);
    });
  }

  get numbers(): number { return this.params.reduce((s, p) => s + p.data.length, 0); }

  private forward(training: boolean): Tensor {
    const [w0, b0, w1, b1] = this.params as [Tensor, Tensor, Tensor, Tensor];
    let h = this.x.times(w0).propagate(this.src, this.dst, this.weight).plus(b0).relu();
    if (training) h = h.dropout(0.5, this.random);
    return h.times(w1).propagate(this.src, this.dst, this.weight).plus(b1);
  }

  /** One epoch: forward, backward, update, and the accuracies after it. */
  epoch(): void {
    const loss = this.forward(true).crossEntropy(this.train, labels);
    loss.backward();
    this.adam.update();
    const z = this.forward(false);
    this.history.push({ loss: loss.data[0]!, train: accuracy(z, this.train), valid: accuracy(z, this.valid) });
  }

  /** Draws the loss, the accuracies and the graph on three canvases. */
  draw([loss, score, graph]: HTMLCanvasElement[]): void {
    chart(loss!, [this.history.map((e) => e.loss)], 1.5);
    chart(score!, [this.history.map((e) => e.train), this.history.map((e) => e.valid)], 1);
    const c = fresh(graph!), n = friends.length;
    const at = (i: number) => [c.canvas.width * (0.5 + 0.42 * Math.cos((2 * Math.PI * i) / n)), c.canvas.height * (0.5 + 0.42 * Math.sin((2 * Math.PI * i) / n))] as const;
    const z = this.forward(false);
    for (let e = 0; e < this.src.length; e++) {
      c.beginPath();
      c.moveTo(...at(this.src[e]!));
      c.lineTo(...at(this.dst[e]!));
      c.stroke();
    }
    for (let i = 0; i < n; i++) {
      c.beginPath();
      c.arc(...at(i), 8, 0, 2 * Math.PI);
      c.fillStyle = `hsl(${90 * predicted(z, i)} 70% 45%)`;
      c.fill();
      c.fillText(String(i + 1), at(i)[0], at(i)[1] - 10);
    }
  }
}

function predicted(z: Tensor, i: number): number {
  const row = [...z.data.subarray(i * z.cols, (i + 1) * z.cols)];
  return row.indexOf(Math.max(...row));
}

const accuracy = (z: Tensor, nodes: number[]) => nodes.filter((i) => predicted(z, i) === labels[i]).length / nodes.length;

/** Empties a canvas at the size that it is shown at. */
function fresh(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  return canvas.getContext('2d')!;
}

function chart(canvas: HTMLCanvasElement, series: number[][], top: number): void {
  const c = fresh(canvas);
  for (let i = 0; i <= 5; i++) c.fillText(((top * i) / 5).toFixed(2), 4, canvas.height * (1 - i / 5));
  for (const values of series) {
    c.beginPath();
    values.forEach((v, i) => c.lineTo((canvas.width * i) / values.length, canvas.height * (1 - v / top)));
    c.stroke();
  }
}

const patience = () => new Promise((done) => { setTimeout(done, 0); });

/** Epochs per second for some seconds; if drawn, the page is drawn and comes to its turn after each. */
export async function measure(hidden: number, seconds: number, drawn: boolean): Promise<{ rate: number; numbers: number; loss: number[] }> {
  const net = new Karate(hidden);
  const canvases = [0, 1, 2].map(() => {
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'width:400px;height:240px;position:fixed;right:0;bottom:0;z-index:9';
    document.body.append(canvas);
    return canvas;
  });
  const start = performance.now();
  let now = start;
  do {
    net.epoch();
    if (drawn) {
      net.draw(canvases);
      await patience();
    }
    now = performance.now();
  } while (now < start + 1e3 * seconds);
  for (const canvas of canvases) canvas.remove();
  return { rate: (1e3 * net.history.length) / (now - start), numbers: net.numbers, loss: [net.history[0]!.loss, net.history.at(-1)!.loss] };
}
