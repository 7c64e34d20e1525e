// The primitives of the binary form of wire.Snapshot (sim/wire/codec.go);
// generated/wire.ts says what stands where.

/** A rows × cols matrix, as an array of rows. */
export type Matrix = number[][];

/** What the user changed; text is an edit as sim/wire writes it, see wire.Change.Text. */
export interface Change { epoch: number; step: number; text: string }

/** Takes from the front; what is not there is refused. */
export class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(buffer: ArrayBuffer) {
    this.view = new DataView(buffer);
  }

  /** Steps over n bytes and returns where they begin. */
  private take(n: number): number {
    const left = this.left();
    if (left < n) throw new Error(`snapshot: cut short: ${left} bytes left, want ${n}`);
    this.at += n;
    return this.at - n;
  }

  private left() { return this.view.byteLength - this.at; }

  u8() { return this.view.getUint8(this.take(1)); }
  u16() { return this.view.getUint16(this.take(2), true); }
  int() { return this.view.getInt32(this.take(4), true); }
  long() { return Number(this.view.getBigUint64(this.take(8), true)); }
  hex() { return this.view.getBigUint64(this.take(8), true).toString(16).padStart(16, '0'); }
  float() { return this.view.getFloat32(this.take(4), true); }

  ascii(n: number): string {
    const from = this.take(n);
    return String.fromCharCode(...new Uint8Array(this.view.buffer, from, n));
  }

  string(): string {
    const n = this.count(1);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.take(n), n));
  }

  bool(): boolean {
    const v = this.u8();
    if (v > 1) throw new Error(`snapshot: a mark is ${v}, want 0 or 1`);
    return v === 1;
  }

  /** One of few words, by its number. */
  choice<T>(what: string, words: readonly T[]): T {
    const v = this.u8(), word = words[v];
    if (word === undefined) throw new Error(`snapshot: ${what} is ${v}, want 0..${words.length - 1}`);
    return word;
  }

  /** Reads a length and refuses one that cannot be there before anything is allocated. */
  private count(size: number): number {
    const n = this.int(), left = this.left();
    if (n < 0 || n * size > left) {
      throw new Error(`snapshot: ${n} elements of at least ${size} bytes, but ${left} bytes are left`);
    }
    return n;
  }

  list<T>(read: () => T): T[] {
    const n = this.count(1), out: T[] = [];
    for (let i = 0; i < n; i++) out.push(read());
    return out;
  }

  /** Reads rows of that many numbers. */
  rows(width: number): Float32Array {
    const out = new Float32Array(this.count(4 * width) * width), from = this.take(4 * out.length);
    for (let i = 0; i < out.length; i++) out[i] = this.view.getFloat32(from + 4 * i, true);
    return out;
  }

  matrix(): Matrix {
    const rows = this.int(), cols = this.int(), left = this.left();
    if (rows < 0 || cols < 0 || rows * cols * 4 > left || (cols === 0 && rows > 0)) {
      throw new Error(`snapshot: a matrix of ${rows}×${cols}, but ${left} bytes are left`);
    }
    return Array.from({ length: rows }, () => Array.from({ length: cols }, () => this.float()));
  }

  change(): Change { return { epoch: this.int(), step: this.int(), text: this.string() }; }

  end(): void {
    const left = this.left();
    if (left > 0) throw new Error(`snapshot: ${left} bytes are left over`);
  }
}
