/**
 * Float vectors as small integers with one scale each: 4 bytes of scale (float32, little-endian),
 * then `bits` / 8 bytes per number. Every number is off by at most half a step, where a step is the
 * largest magnitude of the vector divided by 127 (8 bits) or 32,767 (16 bits). The bytes depend on
 * the vector alone.
 */

export type QuantizedBits = 8 | 16;

const SCALE_BYTES = 4;

/** Bytes of a quantized vector of `dim` numbers. */
export function quantizedBytes(dim: number, bits: QuantizedBits): number {
  return SCALE_BYTES + (dim * bits) / 8;
}

/** Below this a step has too few bits to be exact: such vectors are stored as zero. */
const SMALLEST_STEP = 2 ** -120;

/** @param vector finite numbers */
export function quantize(vector: Float32Array, bits: QuantizedBits): Uint8Array {
  const bytes = new Uint8Array(quantizedBytes(vector.length, bits));
  quantizeInto(vector, bits, bytes, 0);
  return bytes;
}

/**
 * Puts the `quantizedBytes` of a vector into `target` from `offset` on.
 * @param target zeros there; for 16 bits, `offset` and the start of `target` are even
 */
export function quantizeInto(
  vector: Float32Array,
  bits: QuantizedBits,
  target: Uint8Array,
  offset: number,
): void {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const magnitude = vector[i] < 0 ? -vector[i] : vector[i];
    if (magnitude > largest) largest = magnitude;
  }
  const scale = Math.fround(largest / (bits === 8 ? 127 : 32_767));
  if (scale < SMALLEST_STEP) return;
  new DataView(target.buffer, target.byteOffset + offset).setFloat32(0, scale, true);
  const steps = stepsOf(target, offset, vector.length, bits);
  const inverse = 1 / scale;
  // Math.round takes four times as long, and there are thousands of numbers a passage.
  for (let i = 0; i < vector.length; i++) steps[i] = Math.floor(vector[i] * inverse + 0.5);
}

/**
 * The vector of length `dim` that `bytes` stand for.
 * @param out (dim) to write to and to return; a new array if absent
 */
export function dequantize(
  bytes: Uint8Array,
  dim: number,
  bits: QuantizedBits,
  out: Float32Array = new Float32Array(dim),
): Float32Array {
  // Steps of two bytes can only be read at even offsets.
  const even = bytes.byteOffset % 2 === 0 || bits === 8 ? bytes : bytes.slice();
  const scale = new DataView(even.buffer, even.byteOffset).getFloat32(0, true);
  const steps = stepsOf(even, 0, dim, bits);
  for (let i = 0; i < dim; i++) out[i] = steps[i] * scale;
  return out;
}

/** What 8 bits a number stand for: steps of one scale. Views of `bytes`. */
export function stepsOfBytes(bytes: Uint8Array, dim: number): { scale: number; steps: Int8Array } {
  const scale = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  return { scale, steps: stepsOf(bytes, 0, dim, 8) as Int8Array };
}

/** Vectors in 8 bits: number d of vector i is `steps[i * dim + d]` times `scales[i]`. */
export interface QuantizedRows {
  /** (n) */
  readonly scales: Float32Array;
  /** (n x dim), row-major. */
  readonly steps: Int8Array;
}

/** @param bytes quantized vectors of `dim` numbers in 8 bits, one behind the other; null: none */
export function quantizedCount(bytes: Uint8Array | null, dim: number): number {
  return bytes === null ? 0 : bytes.length / quantizedBytes(dim, 8);
}

/** @param bytes as for `quantizedCount`; copied */
export function rowsOfBytes(bytes: Uint8Array | null, dim: number): QuantizedRows {
  const size = quantizedBytes(dim, 8);
  const n = quantizedCount(bytes, dim);
  const scales = new Float32Array(n);
  const steps = new Int8Array(n * dim);
  for (let i = 0; i < n; i++) {
    const row = stepsOfBytes(bytes!.subarray(i * size, (i + 1) * size), dim);
    scales[i] = row.scale;
    steps.set(row.steps, i * dim);
  }
  return { scales, steps };
}

/**
 * The integers behind the scale, as they lie in memory (little-endian wherever Node runs but on
 * s390x).
 */
function stepsOf(
  bytes: Uint8Array,
  offset: number,
  dim: number,
  bits: QuantizedBits,
): Int8Array | Int16Array {
  const at = bytes.byteOffset + offset + SCALE_BYTES;
  return bits === 8 ? new Int8Array(bytes.buffer, at, dim) : new Int16Array(bytes.buffer, at, dim);
}
