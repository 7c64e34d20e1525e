/**
 * Returns a·b + c. The relaxed variant may round once, where the machine has
 * fused multiply-add; the other rounds the product, as Go does.
 */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}
