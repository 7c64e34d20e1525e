// The cross-entropy of a softmax, with its gradient.

/**
 * Sets row i of grad to scale·(p - onehot(label)) with p the softmax of row i
 * of z, and writes two numbers per row to rest: s, the sum of exp(z - top)
 * with top the largest of the row, and z[label] - top. The loss of the row is
 * log(s) less the second.
 */
export function softmaxCE(rows: i32, classes: i32, z: usize, labels: usize, scale: f32, grad: usize, rest: usize): void {
  const rowBytes = <usize>classes << 2;
  for (; rows > 0; rows--) {
    const top = maximum(rowBytes, z), s = expRow(rowBytes, z, top, grad);
    const label = <usize>load<i32>(labels) << 2, c = scale / s;
    scaleRow(rowBytes, grad, c);
    store<f32>(grad + label, load<f32>(grad + label) - scale);
    store<f32>(rest, s);
    store<f32>(rest, load<f32>(z + label) - top, 4);
    z += rowBytes; grad += rowBytes; labels += 4; rest += 8;
  }
}

// maximum returns the largest of a row, NaN if it has one.
function maximum(rowBytes: usize, z: usize): f32 {
  let top = load<f32>(z), d: usize = 0;
  if (rowBytes >= 16) {
    let v = v128.load(z);
    for (d = 16; d + 16 <= rowBytes; d += 16) v = f32x4.max(v, v128.load(z + d));
    top = max<f32>(
      max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
      max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
    );
  }
  for (; d < rowBytes; d += 4) top = max<f32>(top, load<f32>(z + d));
  return top;
}

// expRow sets e = exp(z - top) and returns the sum, added in order.
function expRow(rowBytes: usize, z: usize, top: f32, e: usize): f32 {
  const top4 = f32x4.splat(top);
  let s: f32 = 0, d: usize = 0;
  for (; d + 16 <= rowBytes; d += 16) {
    const v = exp4(f32x4.sub(v128.load(z + d), top4));
    v128.store(e + d, v);
    s += f32x4.extract_lane(v, 0);
    s += f32x4.extract_lane(v, 1);
    s += f32x4.extract_lane(v, 2);
    s += f32x4.extract_lane(v, 3);
  }
  for (; d < rowBytes; d += 4) {
    const v = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(z + d) - top)), 0);
    store<f32>(e + d, v);
    s += v;
  }
  return s;
}

function scaleRow(rowBytes: usize, x: usize, c: f32): void {
  const c4 = f32x4.splat(c);
  let d: usize = 0;
  for (; d + 16 <= rowBytes; d += 16) v128.store(x + d, f32x4.mul(v128.load(x + d), c4));
  for (; d < rowBytes; d += 4) store<f32>(x + d, load<f32>(x + d) * c);
}

// exp4 returns exp(x) for x ≤ 0, rounded from twice the precision: so it has
// the bits of any good exponential in float64 that is rounded to float32.
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const lo = f32x4.demote_f64x2_zero(exp2(f64x2.promote_low_f32x4(x)));
  const hi = f32x4.demote_f64x2_zero(exp2(f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))));
  return v128.shuffle<i64>(lo, hi, 0, 2);
}

// exp2 returns exp(x) = 2ⁿ·exp(r) with n the integer next to x/log 2, hence
// |r| ≤ log(2)/2, where 14 terms of the series give all the digits. What is
// below exp(-200) is 0 as a float32 anyway.
// @ts-ignore: decorator
@inline
function exp2(x: v128): v128 {
  x = f64x2.max(x, f64x2.splat(-200));
  const n = f64x2.nearest(f64x2.mul(x, f64x2.splat(1.4426950408889634)));
  // log 2 in two parts: the product of the first with n is exact.
  let r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(n, f64x2.splat(1.9082149292705877e-10)));
  // The even and the odd terms apart, which the machine computes at once.
  const q = f64x2.mul(r, r);
  let even = f64x2.splat(1 / 479001600.0), odd = f64x2.splat(1 / 6227020800.0);
  even = term(even, q, 1 / 3628800.0); odd = term(odd, q, 1 / 39916800.0);
  even = term(even, q, 1 / 40320.0); odd = term(odd, q, 1 / 362880.0);
  even = term(even, q, 1 / 720.0); odd = term(odd, q, 1 / 5040.0);
  even = term(even, q, 1 / 24.0); odd = term(odd, q, 1 / 120.0);
  even = term(even, q, 1 / 2.0); odd = term(odd, q, 1 / 6.0);
  even = term(even, q, 1); odd = term(odd, q, 1);
  const p = f64x2.add(even, f64x2.mul(odd, r));
  // 2ⁿ from its bits: the exponent stands above the 52 bits of the fraction.
  const bits = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n));
  return f64x2.mul(p, i64x2.shl(i64x2.add(bits, i64x2.splat(1023)), 52));
}

// @ts-ignore: decorator
@inline
function term(p: v128, r: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, r), f64x2.splat(c));
}
