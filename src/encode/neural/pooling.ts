/** Token states to one vector a text. Plain arithmetic in double precision; knows no runtime. */

/**
 * Writes the vector of one text to `out` (dim).
 * @param states (tokens x dim), row-major, from `from` on; for `given` one row
 * @param tokens of the text, without padding
 */
export function pool(
  states: Float32Array,
  from: number,
  tokens: number,
  pooling: 'cls' | 'mean' | 'last' | 'given',
  out: Float32Array,
): void {
  const dim = out.length;
  if (pooling !== 'mean') {
    const at = from + (pooling === 'last' ? (tokens - 1) * dim : 0);
    out.set(states.subarray(at, at + dim));
    return;
  }
  for (let d = 0; d < dim; d++) {
    let sum = 0;
    for (let t = 0; t < tokens; t++) sum += states[from + t * dim + d];
    out[d] = sum / tokens;
  }
}

/** Gives a vector unit length; a zero vector stays zero. */
export function toUnitLength(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return;
  const length = Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d] /= length;
}
