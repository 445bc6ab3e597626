/** Floating-point numbers of 16, 32 and 64 bits, as other tools write them, to float32. */

/** As NumPy names them, without byte order. */
export type FloatType = 'f2' | 'f4' | 'f8';

/** Bytes of a number. */
export const FLOAT_BYTES: Readonly<Record<FloatType, number>> = { f2: 2, f4: 4, f8: 8 };

/**
 * Little-endian numbers to float32. Float64 is rounded; what is beyond float32 becomes infinite.
 *
 * @param bytes a whole number of numbers
 */
export function toFloat32(bytes: Uint8Array, type: FloatType): Float32Array {
  // A copy: typed arrays must start on a multiple of their element size, which bytes of a file do
  // not promise.
  const aligned = bytes.slice().buffer;
  if (type === 'f4') return new Float32Array(aligned);
  if (type === 'f8') return Float32Array.from(new Float64Array(aligned));
  const halves = new Uint16Array(aligned);
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = HALF[halves[i]];
  return out;
}

/** Every float16 (IEEE 754 binary16) as float32, by its bits. */
const HALF = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
