/** IEEE 754 half precision, the format of term frequencies in postings. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The half-precision bits nearest to `value` (ties to even). Whole numbers up to 2,048 and quarters
 * up to 512 are exact; other values in [6.2e-5, 65504] are off by at most 2^-11 of themselves;
 * larger ones become 65504.
 *
 * @param value finite and >= 0; a positive value never becomes 0.
 */
export function toHalf(value: number): number {
  if (value >= 65504) return 0x7bff;
  float[0] = value;
  const b = bits[0];
  const exponent = (b >>> 23) - 112;
  if (exponent <= 0) {
    // Subnormal half: multiples of 2^-24.
    return Math.max(Math.round(value * 2 ** 24), value > 0 ? 1 : 0);
  }
  const half = (exponent << 10) | ((b >>> 13) & 0x3ff);
  const rest = b & 0x1fff;
  return rest > 0x1000 || (rest === 0x1000 && (half & 1) === 1) ? half + 1 : half;
}

/**
 * `halfValues[h]` is the value of the bits `h`, for finite, non-negative numbers (h < 0x7c00).
 */
export const halfValues: Float32Array = (() => {
  const values = new Float32Array(0x7c00);
  for (let h = 0; h < values.length; h++) {
    const exponent = h >>> 10;
    const fraction = h & 0x3ff;
    values[h] = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
})();
