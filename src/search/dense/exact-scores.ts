/** The exact dense scores of one question over all rows, as `exactScore` gives them. */

import { ExactProducts } from '../../vectors/exact-products.js';
import { type MatrixPart, SearchMatrix } from './exact-top-k.js';

/** A copy of each matrix for as long as it is used, where the kernel takes it. */
const kernels = new WeakMap<SearchMatrix, ExactProducts>();

/** (n) float64, equal to `exactScore` of every row to the bit. */
export function exactScores(
  vector: Float32Array,
  parts: readonly MatrixPart[],
  n: number,
): Float64Array {
  const scores = new Float64Array(n);
  for (const { matrix, weight } of parts) {
    if (matrix instanceof SearchMatrix && ExactProducts.fits(matrix.vectors, matrix.dim))
      kernelOf(matrix).addTo(scores, vector, weight);
    else for (let row = 0; row < n; row++) scores[row] += weight * matrix.score(vector, row);
  }
  return scores;
}

function kernelOf(matrix: SearchMatrix): ExactProducts {
  let kernel = kernels.get(matrix);
  if (kernel === undefined) {
    kernel = new ExactProducts(matrix.vectors, matrix.dim);
    kernels.set(matrix, kernel);
  }
  return kernel;
}
