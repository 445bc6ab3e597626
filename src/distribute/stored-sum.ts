/**
 * Sums on their way to a store, in the precision that it keeps: a quarter of their size at 8 bits. What a store makes of the
 * vector that comes back is, byte for byte, what it would have made of the vector itself (quantize.ts). Knows no row.
 *
 * Layout: the largest magnitude (float32, little-endian), then one step a number. The largest magnitude, not the scale that
 * follows from it, because a scale times 127 may be rounded to a number with another scale.
 */
import { type QuantizedBits, quantize } from '../store/quantize.js';

const SCALE_BYTES = 4;

/** Bytes of a sum of `dim` numbers. */
export function storedSumBytes(dim: number, bits: QuantizedBits): number {
  return SCALE_BYTES + (dim * bits) / 8;
}

/** @param vector finite numbers */
export function encodeSum(vector: Float32Array, bits: QuantizedBits): Uint8Array {
  const bytes = quantize(vector, bits);
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // A vector that the store takes for zero has no scale.
  if (view.getFloat32(0, true) !== 0) view.setFloat32(0, largest, true);
  return bytes;
}

/** @param bytes what `encodeSum` gave */
export function decodeSum(bytes: Uint8Array, dim: number, bits: QuantizedBits): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const most = bits === 8 ? 127 : 32_767;
  const largest = view.getFloat32(0, true);
  const scale = Math.fround(largest / most);
  const vector = new Float32Array(dim);
  for (let i = 0; i < dim; i++) {
    const step = bits === 8 ? view.getInt8(SCALE_BYTES + i) : view.getInt16(SCALE_BYTES + 2 * i, true);
    vector[i] = step === most ? largest : step === -most ? -largest : step * scale;
  }
  return vector;
}
