// The matrix product of gnn/internal/kernel, with strides.
//
// Both matrices are copied in panels (A only where that pays), so that the
// innermost loop reads forward whatever the strides:
//
//	              n: blocks of NC
//	            ┌──8──┬──8──┬─ ─┐
//	          k │ B   │     │   │ blocks of KC
//	   k        └─────┴─────┴─ ─┘
//	  ┌─────┐   ┌─────┐
//	4 │ A   │   │ C   │  a tile: 8 vectors, which stay in registers
//	  ├─────┤   └─────┘
//	4 │     │
//	m: blocks of MC
//
// A tile starts from what C holds and adds its products in index order. So
// without fused multiply-add every element has the bits of the plain loop,
// for every k.

import { fma } from './fma';

const MR: usize = 4;
const NR: usize = 8;
const KC: usize = 256;
const NC: usize = 128;
const MC: usize = 96;
const FEW: usize = 16; // columns, for which copying A takes longer than it saves

// The scratch memory holds the panels of B, the panels of A, one tile.
const PANELS_A: usize = KC * NC * 4;
const TILE: usize = PANELS_A + KC * MC * 4;

/** How many bytes of scratch memory the operations want. */
export const SCRATCH: usize = TILE + MR * NR * 4;

/**
 * Sets C = A·B, or C += A·B if add, with A [m × k], B [k × n], C [m × n].
 * Element (i, l) of A is a[i*ars+l*acs], and so on; the rows of C are ldc apart.
 */
export function gemm(
  m: usize, n: usize, k: usize, a: usize, ars: usize, acs: usize, b: usize, brs: usize, bcs: usize,
  c: usize, ldc: usize, add: bool, scratch: usize,
): void {
  ars <<= 2; acs <<= 2; brs <<= 2; bcs <<= 2; ldc <<= 2; // in bytes from here on
  const panels = scratch + PANELS_A, tile = scratch + TILE;
  for (let j: usize = 0; j < n; j += NC) {
    const nc = min(n - j, NC);
    for (let l: usize = 0; l < k; l += KC) {
      const kc = min(k - l, KC);
      packB(kc, nc, b + l * brs + j * bcs, brs, bcs, scratch);
      for (let i: usize = 0, mc: usize = 0; i < m; i += mc) {
        mc = min(m - i, MC);
        const ai = a + i * ars + l * acs, ci = c + i * ldc + (j << 2), addTo = add || l > 0;
        if (mc >= MR && nc <= FEW && (ars == 4 || acs == 4)) {
          mc -= mc % MR; // the rows left over come next
          block(mc, nc, kc, ai, ars, acs, ars * MR, scratch, ci, ldc, addTo, tile);
        } else {
          packA(mc, kc, ai, ars, acs, panels);
          block(mc, nc, kc, panels, 4, MR * 4, kc * MR * 4, scratch, ci, ldc, addTo, tile);
        }
      }
    }
  }
}

// block computes a block of C by tiles. Those of A are step apart; in each
// either the columns (ars) or the rows (acs) are contiguous.
function block(
  m: usize, n: usize, k: usize, a: usize, ars: usize, acs: usize, step: usize, b: usize,
  c: usize, ldc: usize, add: bool, tile: usize,
): void {
  for (let j: usize = 0; j < n; j += NR) {
    let ai = a, ci = c;
    for (let i: usize = 0; i < m; i += MR) {
      const h = min(m - i, MR), w = min(n - j, NR), inside = h == MR && w == NR;
      const to = inside ? ci : tile, ts = inside ? ldc : NR * 4; // at the edge: beside C
      if (add && !inside) copyTile(h, w, ci, ldc, tile, NR * 4);
      if (ars == 4) micro(k, ai, acs, b, to, ts, add);
      else microRows(k, ai, ars, b, to, ts, add);
      if (!inside) copyTile(h, w, tile, NR * 4, ci, ldc);
      ai += step;
      ci += ldc << 2;
    }
    b += k * NR * 4;
    c += NR * 4;
  }
}

// micro computes one tile from columns of A, acs apart, and a panel of B.
function micro(k: usize, a: usize, acs: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  const c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c); s01 = v128.load(c, 16);
    s10 = v128.load(c1); s11 = v128.load(c1, 16);
    s20 = v128.load(c2); s21 = v128.load(c2, 16);
    s30 = v128.load(c3); s31 = v128.load(c3, 16);
  }
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = fma(x, b0, s00); s01 = fma(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = fma(x, b0, s10); s11 = fma(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = fma(x, b0, s20); s21 = fma(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = fma(x, b0, s30); s31 = fma(x, b1, s31);
    a += acs;
    b += NR * 4;
  }
  v128.store(c, s00); v128.store(c, s01, 16);
  v128.store(c1, s10); v128.store(c1, s11, 16);
  v128.store(c2, s20); v128.store(c2, s21, 16);
  v128.store(c3, s30); v128.store(c3, s31, 16);
}

// microRows is micro for rows of A, ars apart.
function microRows(k: usize, a: usize, ars: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let a1 = a + ars, a2 = a1 + ars, a3 = a2 + ars;
  const c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c); s01 = v128.load(c, 16);
    s10 = v128.load(c1); s11 = v128.load(c1, 16);
    s20 = v128.load(c2); s21 = v128.load(c2, 16);
    s30 = v128.load(c3); s31 = v128.load(c3, 16);
  }
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = fma(x, b0, s00); s01 = fma(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = fma(x, b0, s10); s11 = fma(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = fma(x, b0, s20); s21 = fma(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = fma(x, b0, s30); s31 = fma(x, b1, s31);
    a += 4; a1 += 4; a2 += 4; a3 += 4;
    b += NR * 4;
  }
  v128.store(c, s00); v128.store(c, s01, 16);
  v128.store(c1, s10); v128.store(c1, s11, 16);
  v128.store(c2, s20); v128.store(c2, s21, 16);
  v128.store(c3, s30); v128.store(c3, s31, 16);
}

// packB copies B [k × n] into panels of NR columns, row after row. Columns
// that a panel has beyond n are left as they are: no tile keeps what they give.
function packB(k: usize, n: usize, b: usize, brs: usize, bcs: usize, to: usize): void {
  for (let j: usize = 0; j < n; j += NR) {
    const w = min(n - j, NR);
    let from = b + j * bcs, l: usize = 0;
    if (w == NR && bcs == 4) {
      for (; l < k; l++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        to += NR * 4;
        from += brs;
      }
    } else if (w == NR && brs == 4) {
      for (; l + 4 <= k; l += 4) {
        transpose(from, bcs, to, NR * 4);
        transpose(from + 4 * bcs, bcs, to + 16, NR * 4);
        to += 4 * NR * 4;
        from += 16;
      }
    }
    for (; l < k; l++) {
      for (let d: usize = 0; d < w; d++) store<f32>(to + (d << 2), load<f32>(from + d * bcs));
      to += NR * 4;
      from += brs;
    }
  }
}

// packA copies A [m × k] into panels of MR rows, column after column.
function packA(m: usize, k: usize, a: usize, ars: usize, acs: usize, to: usize): void {
  for (let i: usize = 0; i < m; i += MR) {
    const h = min(m - i, MR);
    let from = a + i * ars, l: usize = 0;
    if (h == MR && ars == 4) {
      for (; l < k; l++) {
        v128.store(to, v128.load(from));
        to += MR * 4;
        from += acs;
      }
    } else if (h == MR && acs == 4) {
      for (; l + 4 <= k; l += 4) {
        transpose(from, ars, to, MR * 4);
        to += 4 * MR * 4;
        from += 16;
      }
    }
    for (; l < k; l++) {
      for (let d: usize = 0; d < h; d++) store<f32>(to + (d << 2), load<f32>(from + d * ars));
      to += MR * 4;
      from += acs;
    }
  }
}

// transpose copies 4×4 numbers whose rows are fs apart to columns, ts apart.
// @ts-ignore: decorator
@inline
function transpose(from: usize, fs: usize, to: usize, ts: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fs), r2 = v128.load(from + 2 * fs), r3 = v128.load(from + 3 * fs);
  const lo01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const lo23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(lo01, lo23, 0, 2));
  v128.store(to + ts, v128.shuffle<i64>(lo01, lo23, 1, 3));
  v128.store(to + 2 * ts, v128.shuffle<i64>(hi01, hi23, 0, 2));
  v128.store(to + 3 * ts, v128.shuffle<i64>(hi01, hi23, 1, 3));
}

function copyTile(h: usize, w: usize, from: usize, fs: usize, to: usize, ts: usize): void {
  for (; h > 0; h--) {
    let j: usize = 0;
    for (; j + 4 <= w; j += 4) v128.store(to + (j << 2), v128.load(from + (j << 2)));
    for (; j < w; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
    from += fs;
    to += ts;
  }
}
