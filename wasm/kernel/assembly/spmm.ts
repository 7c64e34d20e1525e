// The product of a sparse matrix with rows of numbers.

import { fma } from './fma';

/**
 * Sets row i of y to Σ w_e·x[col[e]] over the entries e in ptr[i]..ptr[i+1],
 * or adds it if add. Without weights (0) each row takes the mean; its one
 * weight then lies in scratch.
 */
export function spmm(
  rows: i32, width: i32, ptr: usize, col: usize, weight: usize, x: usize, y: usize, add: bool, scratch: usize,
): void {
  const rowBytes = <usize>width << 2, step: usize = weight ? 4 : 0;
  for (; rows > 0; rows--) {
    const first = <usize>load<i32>(ptr), entries = load<i32>(ptr, 4) - <i32>first;
    let w = weight + (first << 2);
    if (!weight) {
      store<f32>(scratch, 1 / <f32>max(entries, 1));
      w = scratch;
    }
    sumRow(entries, rowBytes, col + (first << 2), w, step, x, y, add);
    ptr += 4;
    y += rowBytes;
  }
}

// sumRow sums one row of y, as many columns at a time as registers hold, the
// entries of each column in order.
// @ts-ignore: decorator
@inline
function sumRow(entries: i32, rowBytes: usize, col: usize, w: usize, step: usize, x: usize, y: usize, add: bool): void {
  const end = col + (<usize>entries << 2);
  let d: usize = 0;
  for (; d + 128 <= rowBytes; d += 128) {
    const to = y + d, from = x + d;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    if (add) {
      s0 = v128.load(to); s1 = v128.load(to, 16); s2 = v128.load(to, 32); s3 = v128.load(to, 48);
      s4 = v128.load(to, 64); s5 = v128.load(to, 80); s6 = v128.load(to, 96); s7 = v128.load(to, 112);
    }
    for (let e = col, we = w; e < end; e += 4, we += step) {
      const p = from + <usize>load<i32>(e) * rowBytes, v = v128.load32_splat(we);
      s0 = fma(v, v128.load(p), s0); s1 = fma(v, v128.load(p, 16), s1);
      s2 = fma(v, v128.load(p, 32), s2); s3 = fma(v, v128.load(p, 48), s3);
      s4 = fma(v, v128.load(p, 64), s4); s5 = fma(v, v128.load(p, 80), s5);
      s6 = fma(v, v128.load(p, 96), s6); s7 = fma(v, v128.load(p, 112), s7);
    }
    v128.store(to, s0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
    v128.store(to, s4, 64); v128.store(to, s5, 80); v128.store(to, s6, 96); v128.store(to, s7, 112);
  }
  for (; d + 32 <= rowBytes; d += 32) {
    const to = y + d, from = x + d;
    let s0 = f32x4.splat(0), s1 = s0;
    if (add) {
      s0 = v128.load(to);
      s1 = v128.load(to, 16);
    }
    for (let e = col, we = w; e < end; e += 4, we += step) {
      const p = from + <usize>load<i32>(e) * rowBytes, v = v128.load32_splat(we);
      s0 = fma(v, v128.load(p), s0);
      s1 = fma(v, v128.load(p, 16), s1);
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
  }
  for (; d + 16 <= rowBytes; d += 16) {
    let s = add ? v128.load(y + d) : f32x4.splat(0);
    for (let e = col, we = w; e < end; e += 4, we += step) {
      s = fma(v128.load32_splat(we), v128.load(x + d + <usize>load<i32>(e) * rowBytes), s);
    }
    v128.store(y + d, s);
  }
  for (; d < rowBytes; d += 4) {
    let s: f32 = add ? load<f32>(y + d) : 0;
    for (let e = col, we = w; e < end; e += 4, we += step) {
      s += load<f32>(we) * load<f32>(x + d + <usize>load<i32>(e) * rowBytes);
    }
    store<f32>(y + d, s);
  }
}
