// Matrices with gradients, written the plain way: every operation allocates
// its result and leaves a closure that passes the gradient back.

export class Tensor {
  readonly data: Float32Array;
  grad: Float32Array | undefined;
  /** Adds what this tensor's gradient comes to for its parents. */
  back: (() => void) | undefined;
  readonly parents: Tensor[];

  constructor(readonly rows: number, readonly cols: number, data?: Float32Array, parents: Tensor[] = []) {
    this.data = data ?? new Float32Array(rows * cols);
    this.parents = parents;
  }

  get gradient(): Float32Array { return (this.grad ??= new Float32Array(this.data.length)); }

  /** Glorot's uniform initialisation. */
  static glorot(rows: number, cols: number, random: () => number): Tensor {
    const bound = Math.sqrt(6 / (rows + cols));
    return new Tensor(rows, cols, Float32Array.from({ length: rows * cols }, () => (2 * random() - 1) * bound));
  }

  /** The product of this and b. */
  times(b: Tensor): Tensor {
    const out = new Tensor(this.rows, b.cols, undefined, [this, b]);
    for (let i = 0; i < this.rows; i++) {
      for (let k = 0; k < this.cols; k++) {
        const v = this.data[i * this.cols + k]!;
        if (v === 0) continue;
        for (let j = 0; j < b.cols; j++) out.data[i * b.cols + j]! += v * b.data[k * b.cols + j]!;
      }
    }
    out.back = () => {
      const g = out.gradient, ga = this.gradient, gb = b.gradient;
      for (let i = 0; i < this.rows; i++) {
        for (let k = 0; k < this.cols; k++) {
          let s = 0;
          const v = this.data[i * this.cols + k]!;
          for (let j = 0; j < b.cols; j++) {
            const d = g[i * b.cols + j]!;
            s += d * b.data[k * b.cols + j]!;
            gb[k * b.cols + j]! += v * d;
          }
          ga[i * this.cols + k]! += s;
        }
      }
    };
    return out;
  }

  /** This with the row b added to each of its rows. */
  plus(b: Tensor): Tensor {
    const out = new Tensor(this.rows, this.cols, this.data.slice(), [this, b]);
    out.data.forEach((_, i) => { out.data[i]! += b.data[i % this.cols]!; });
    out.back = () => out.gradient.forEach((d, i) => {
      this.gradient[i]! += d;
      b.gradient[i % this.cols]! += d;
    });
    return out;
  }

  relu(): Tensor {
    const out = new Tensor(this.rows, this.cols, this.data.map((v) => Math.max(v, 0)), [this]);
    out.back = () => out.gradient.forEach((d, i) => { if (this.data[i]! > 0) this.gradient[i]! += d; });
    return out;
  }

  dropout(share: number, random: () => number): Tensor {
    const mask = Float32Array.from({ length: this.data.length }, () => (random() < share ? 0 : 1 / (1 - share)));
    const out = new Tensor(this.rows, this.cols, this.data.map((v, i) => v * mask[i]!), [this]);
    out.back = () => out.gradient.forEach((d, i) => { this.gradient[i]! += d * mask[i]!; });
    return out;
  }

  /** Sends each row along the edges and sums what arrives, weighted. */
  propagate(src: Uint32Array, dst: Uint32Array, weight: Float32Array): Tensor {
    const n = this.cols, out = new Tensor(this.rows, n, undefined, [this]);
    for (let e = 0; e < src.length; e++) {
      for (let j = 0; j < n; j++) out.data[dst[e]! * n + j]! += weight[e]! * this.data[src[e]! * n + j]!;
    }
    out.back = () => {
      for (let e = 0; e < src.length; e++) {
        for (let j = 0; j < n; j++) this.gradient[src[e]! * n + j]! += weight[e]! * out.gradient[dst[e]! * n + j]!;
      }
    };
    return out;
  }

  /** The mean cross-entropy of the softmax of some rows. */
  crossEntropy(rows: number[], labels: number[]): Tensor {
    const n = this.cols, out = new Tensor(1, 1, undefined, [this]);
    const shares = rows.map((v) => {
      const row = [...this.data.subarray(v * n, (v + 1) * n)], top = Math.max(...row);
      const e = row.map((x) => Math.exp(x - top)), sum = e.reduce((a, b) => a + b, 0);
      return e.map((x) => x / sum);
    });
    rows.forEach((v, i) => { out.data[0]! -= Math.log(shares[i]![labels[v]!]!) / rows.length; });
    out.back = () => rows.forEach((v, i) => {
      for (let j = 0; j < n; j++) this.gradient[v * n + j]! += (out.gradient[0]! * (shares[i]![j]! - (j === labels[v] ? 1 : 0))) / rows.length;
    });
    return out;
  }

  /** Fills in the gradients of everything that this number was computed from. */
  backward(): void {
    const order: Tensor[] = [], seen = new Set<Tensor>();
    const visit = (t: Tensor) => {
      if (seen.has(t)) return;
      seen.add(t);
      t.parents.forEach(visit);
      order.push(t);
    };
    visit(this);
    this.gradient.fill(1);
    for (const t of order.reverse()) t.back?.();
  }
}

export class Adam {
  private readonly moments: { m: Float32Array; v: Float32Array }[];
  private step = 0;

  constructor(private readonly params: Tensor[], private readonly lr: number, private readonly decay: number) {
    this.moments = params.map((p) => ({ m: new Float32Array(p.data.length), v: new Float32Array(p.data.length) }));
  }

  update(): void {
    this.step++;
    const c1 = 1 - 0.9 ** this.step, c2 = 1 - 0.999 ** this.step;
    this.params.forEach((p, k) => {
      const { m, v } = this.moments[k]!;
      p.data.forEach((w, i) => {
        const g = p.gradient[i]! + this.decay * w;
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.999 * v[i]! + 0.001 * g * g;
        p.data[i] = w - (this.lr * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + 1e-8);
      });
      p.grad = undefined;
    });
  }
}
