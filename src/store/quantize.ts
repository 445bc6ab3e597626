/**
 * Float vectors as small integers with one scale each: 4 bytes of scale (float32, little-endian), then `bits` / 8 bytes
 * per number. Every number is off by at most half a step, where a step is the largest magnitude of the vector divided by
 * 127 (8 bits) or 32,767 (16 bits). The bytes depend on the vector alone. Knows no row and no store.
 */

export type QuantizedBits = 8 | 16;

const SCALE_BYTES = 4;

/** Bytes of a quantized vector of `dim` numbers. */
export function quantizedBytes(dim: number, bits: QuantizedBits): number {
  return SCALE_BYTES + (dim * bits) / 8;
}

/** @param vector finite numbers */
export function quantize(vector: Float32Array, bits: QuantizedBits): Uint8Array {
  const bytes = new Uint8Array(quantizedBytes(vector.length, bits));
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  const top = bits === 8 ? 127 : 32_767;
  const scale = Math.fround(largest / top);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, scale, true);
  // The smallest floats have a scale of zero; they are zero within the error bound.
  if (scale === 0) return bytes;
  for (let i = 0; i < vector.length; i++) {
    const step = Math.max(-top, Math.min(top, Math.round(vector[i] / scale)));
    if (bits === 8) view.setInt8(SCALE_BYTES + i, step);
    else view.setInt16(SCALE_BYTES + 2 * i, step, true);
  }
  return bytes;
}

/** The vector of length `dim` that `bytes` stand for. */
export function dequantize(bytes: Uint8Array, dim: number, bits: QuantizedBits): Float32Array {
  const vector = new Float32Array(dim);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scale = view.getFloat32(0, true);
  if (bits === 8) {
    for (let i = 0; i < dim; i++) vector[i] = view.getInt8(SCALE_BYTES + i) * scale;
  } else {
    for (let i = 0; i < dim; i++) vector[i] = view.getInt16(SCALE_BYTES + 2 * i, true) * scale;
  }
  return vector;
}
