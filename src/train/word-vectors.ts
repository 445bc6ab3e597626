/**
 * Combines the word vectors of several teachers into semantic vectors of English stems: centered,
 * concatenated, reduced to principal components, without the leading ones that reflect frequency
 * (Arora et al. 2017; Raunak et al. 2019).
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface WordVectorOptions {
  /** Number of components of the result. */
  readonly dim: number;
  /**
   * Number of leading components to drop: they reflect a word's frequency more than its meaning.
   */
  readonly dropped: number;
  /** Components are divided by their eigenvalue to the power of this. */
  readonly flattening: number;
}

/** Maximum weight of a single word in the covariance. */
const MAX_SHARE = 1e-4;

/**
 * @param teachers one (nWords x dim) row-major matrix per teacher
 * @param counts frequency of each word
 * @returns (nWords x options.dim), row-major, unit length
 */
export function reduceWordVectors(
  teachers: readonly { vectors: Float32Array; dim: number }[],
  counts: readonly number[],
  options: WordVectorOptions,
): Float32Array {
  const n = counts.length;
  const roots = counts.map(Math.sqrt);
  const sum = roots.reduce((a, b) => a + b, 0);
  const shares = roots.map((root) => root / sum);
  const width = teachers.reduce((total, { dim }) => total + dim, 0);
  const joined = new Float32Array(n * width);
  let at = 0;
  for (const { vectors, dim } of teachers) {
    const mean = new Float64Array(dim);
    for (let i = 0; i < n; i++)
      for (let d = 0; d < dim; d++) mean[d] += shares[i] * vectors[i * dim + d];
    for (let i = 0; i < n; i++)
      for (let d = 0; d < dim; d++) joined[i * width + at + d] = vectors[i * dim + d] - mean[d];
    at += dim;
  }
  const covariance = weightedCovariance(
    joined,
    width,
    shares.map((share) => Math.min(share, MAX_SHARE)),
  );
  const decomposition = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = decomposition.realEigenvalues
    .map((value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value)
    .slice(options.dropped, options.dropped + options.dim);
  const basis = new Float64Array(width * options.dim); // (width x dim)
  order.forEach(({ value, index }, k) => {
    const column = decomposition.eigenvectorMatrix.getColumn(index);
    // The sign of an eigenvector is arbitrary. Make the largest entry positive, so that training is
    // repeatable.
    const sign = Math.sign(column.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)) || 1;
    const scale = sign / Math.max(value, 1e-12) ** options.flattening;
    for (let d = 0; d < width; d++) basis[d * options.dim + k] = column[d] * scale;
  });
  const out = new Float32Array(n * options.dim);
  const row = new Float64Array(options.dim);
  for (let i = 0; i < n; i++) {
    row.fill(0);
    for (let d = 0; d < width; d++) {
      const x = joined[i * width + d];
      for (let k = 0; k < options.dim; k++) row[k] += x * basis[d * options.dim + k];
    }
    const norm = Math.hypot(...row) || 1;
    for (let k = 0; k < options.dim; k++) out[i * options.dim + k] = row[k] / norm;
  }
  return out;
}

function weightedCovariance(rows: Float32Array, width: number, weights: readonly number[]): Matrix {
  const sums = new Float64Array(width * width);
  for (let i = 0; i < weights.length; i++) {
    const from = i * width;
    for (let a = 0; a < width; a++) {
      const x = weights[i] * rows[from + a];
      const to = a * width;
      for (let b = a; b < width; b++) sums[to + b] += x * rows[from + b];
    }
  }
  const matrix = new Matrix(width, width);
  for (let a = 0; a < width; a++) {
    for (let b = a; b < width; b++) {
      matrix.set(a, b, sums[a * width + b]);
      matrix.set(b, a, sums[a * width + b]);
    }
  }
  return matrix;
}

/**
 * The vector of each stem: the mean of its forms' vectors, weighted by the square roots of their
 * counts.
 * @returns (nStems x dim), row-major, unit length
 */
export function stemVectors(
  formVectors: Float32Array,
  dim: number,
  forms: readonly { stem: number; count: number }[],
  nStems: number,
): Float32Array {
  const out = new Float32Array(nStems * dim);
  forms.forEach(({ stem, count }, i) => {
    const weight = Math.sqrt(count);
    for (let d = 0; d < dim; d++) out[stem * dim + d] += weight * formVectors[i * dim + d];
  });
  for (let s = 0; s < nStems; s++) {
    const row = out.subarray(s * dim, (s + 1) * dim);
    const norm = Math.hypot(...row) || 1;
    for (let d = 0; d < dim; d++) row[d] /= norm;
  }
  return out;
}
