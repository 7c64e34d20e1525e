// The operations by element, by row and by column. Each keeps the order and
// the rounding of the plain loop, in both variants.

/** Adds bias to every row of y and, if relu, replaces negative elements by 0. */
export function biasReLU(rows: i32, width: i32, y: usize, bias: usize, relu: bool): void {
  const zero = f32x4.splat(0), rowBytes = <usize>width << 2, wide = rowBytes & ~15;
  for (; rows > 0; rows--) {
    let d: usize = 0;
    for (; d < wide; d += 16) {
      let v = f32x4.add(v128.load(y + d), v128.load(bias + d));
      if (relu) v = f32x4.pmax(v, zero); // v < 0 ? 0 : v, so that NaN and -0 stay
      v128.store(y + d, v);
    }
    for (; d < rowBytes; d += 4) {
      const v = load<f32>(y + d) + load<f32>(bias + d);
      store<f32>(y + d, relu && v < 0 ? 0 : v);
    }
    y += rowBytes;
  }
}

/** Sets dz = dy where y > 0 and 0 elsewhere. */
export function reluBackward(n: i32, dz: usize, dy: usize, y: usize): void {
  const zero = f32x4.splat(0), bytes = <usize>n << 2, wide = bytes & ~15;
  let d: usize = 0;
  for (; d < wide; d += 16) {
    v128.store(dz + d, v128.and(v128.load(dy + d), f32x4.gt(v128.load(y + d), zero)));
  }
  for (; d < bytes; d += 4) store<f32>(dz + d, load<f32>(y + d) > 0 ? load<f32>(dy + d) : 0);
}

/** Makes one step of Adam; lr is divided by the first correction already. */
export function adam(
  n: i32, w: usize, g: usize, m: usize, v: usize, lr: f32, beta1: f32, beta2: f32, eps: f32, correction2: f32,
): void {
  const rest1: f32 = 1 - beta1, rest2: f32 = 1 - beta2, bytes = <usize>n << 2, wide = bytes & ~15;
  const lr4 = f32x4.splat(lr), eps4 = f32x4.splat(eps), correction4 = f32x4.splat(correction2);
  const beta14 = f32x4.splat(beta1), beta24 = f32x4.splat(beta2), rest14 = f32x4.splat(rest1), rest24 = f32x4.splat(rest2);
  let d: usize = 0;
  for (; d < wide; d += 16) {
    const gd = v128.load(g + d);
    const md = f32x4.add(f32x4.mul(beta14, v128.load(m + d)), f32x4.mul(rest14, gd));
    const vd = f32x4.add(f32x4.mul(beta24, v128.load(v + d)), f32x4.mul(f32x4.mul(rest24, gd), gd));
    v128.store(m + d, md);
    v128.store(v + d, vd);
    const root = f32x4.add(f32x4.div(f32x4.sqrt(vd), correction4), eps4);
    v128.store(w + d, f32x4.sub(v128.load(w + d), f32x4.div(f32x4.mul(lr4, md), root)));
  }
  for (; d < bytes; d += 4) {
    const gd = load<f32>(g + d);
    const md: f32 = beta1 * load<f32>(m + d) + rest1 * gd;
    const vd: f32 = beta2 * load<f32>(v + d) + rest2 * gd * gd;
    store<f32>(m + d, md);
    store<f32>(v + d, vd);
    store<f32>(w + d, load<f32>(w + d) - lr * md / (sqrt<f32>(vd) / correction2 + eps));
  }
}

/** Sets y += a·x. */
export function axpy(n: i32, a: f32, x: usize, y: usize): void {
  const a4 = f32x4.splat(a), bytes = <usize>n << 2, wide = bytes & ~15;
  let d: usize = 0;
  for (; d < wide; d += 16) v128.store(y + d, f32x4.add(v128.load(y + d), f32x4.mul(a4, v128.load(x + d))));
  for (; d < bytes; d += 4) store<f32>(y + d, load<f32>(y + d) + a * load<f32>(x + d));
}

/** Adds the sum of each column of x to sum. */
export function addColumnSums(rows: i32, width: i32, x: usize, sum: usize): void {
  const rowBytes = <usize>width << 2;
  let d: usize = 0;
  for (; d + 64 <= rowBytes; d += 64) {
    let s0 = v128.load(sum + d), s1 = v128.load(sum + d, 16), s2 = v128.load(sum + d, 32), s3 = v128.load(sum + d, 48);
    for (let i = rows, p = x + d; i > 0; i--, p += rowBytes) {
      s0 = f32x4.add(s0, v128.load(p)); s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32)); s3 = f32x4.add(s3, v128.load(p, 48));
    }
    v128.store(sum + d, s0); v128.store(sum + d, s1, 16); v128.store(sum + d, s2, 32); v128.store(sum + d, s3, 48);
  }
  for (; d + 16 <= rowBytes; d += 16) {
    let s = v128.load(sum + d);
    for (let i = rows, p = x + d; i > 0; i--, p += rowBytes) s = f32x4.add(s, v128.load(p));
    v128.store(sum + d, s);
  }
  for (; d < rowBytes; d += 4) {
    let s = load<f32>(sum + d);
    for (let i = rows, p = x + d; i > 0; i--, p += rowBytes) s += load<f32>(p);
    store<f32>(sum + d, s);
  }
}

/** Sets norm[i] to the Euclidean norm of row i of x, four rows at a time, one in each lane. */
export function rowNorms(rows: i32, width: i32, x: usize, norm: usize): void {
  const rowBytes = <usize>width << 2;
  for (; rows >= 4; rows -= 4) {
    let s = f32x4.splat(0), p = x;
    for (let i = width; i > 0; i--, p += 4) {
      let v = v128.load32_zero(p);
      v = v128.load_lane<f32>(p + rowBytes, v, 1);
      v = v128.load_lane<f32>(p + 2 * rowBytes, v, 2);
      v = v128.load_lane<f32>(p + 3 * rowBytes, v, 3);
      s = f32x4.add(s, f32x4.mul(v, v));
    }
    v128.store(norm, f32x4.sqrt(s));
    x += rowBytes << 2;
    norm += 16;
  }
  for (; rows > 0; rows--) {
    let s: f32 = 0;
    for (const end = x + rowBytes; x < end; x += 4) s += load<f32>(x) * load<f32>(x);
    store<f32>(norm, sqrt<f32>(s));
    norm += 4;
  }
}
