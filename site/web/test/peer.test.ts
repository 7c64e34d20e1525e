import { describe, expect, it } from 'vitest';
import { Karate } from './peer/karate';
import { Tensor } from './peer/tensor';

/** A generator that gives the same numbers every time (Park and Miller's). */
function numbers(seed: number) {
  let s = seed;
  return () => { s = (s * 48271) % 2147483647; return s / 2147483647; };
}

describe('the plain network that the trainer is measured against', () => {
  it('has right gradients', () => {
    const random = numbers(7);
    const src = Uint32Array.of(0, 1, 2, 1), dst = Uint32Array.of(1, 0, 1, 2), weight = Float32Array.of(0.5, 0.5, 0.7, 0.7);
    const x = Tensor.glorot(3, 4, random), w = Tensor.glorot(4, 5, random), b = Tensor.glorot(1, 5, random), v = Tensor.glorot(5, 2, random);
    const loss = () => x.times(w).propagate(src, dst, weight).plus(b).relu().times(v).crossEntropy([0, 1, 2], [0, 1, 1]);
    loss().backward();
    for (const p of [x, w, b, v]) {
      const g = [...p.gradient];
      g.forEach((want, i) => {
        const at = p.data[i]!, h = 1e-2;
        p.data[i] = at + h;
        const above = loss().data[0]!;
        p.data[i] = at - h;
        const below = loss().data[0]!;
        p.data[i] = at;
        expect((above - below) / (2 * h)).toBeCloseTo(want, 3);
      });
    }
  });

  it('learns the karate club', () => {
    const net = new Karate(16, numbers(1));
    expect(net.numbers).toBe(34 * 16 + 16 + 16 * 4 + 4);
    for (let i = 0; i < 150; i++) net.epoch();
    const first = net.history[0]!, last = net.history.at(-1)!;
    expect(last.loss).toBeLessThan(first.loss / 3);
    expect(last.train).toBe(1);
    expect(last.valid).toBeGreaterThan(0.5);
  });
});
