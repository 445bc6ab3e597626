/**
 * The best k rows by exact score, from scores that are only nearly exact. A float32 scan rounds differently with the
 * number of questions, the position of a row, the number of threads and the library. So its scores choose candidates, with
 * the largest possible error as a margin, and the candidates are scored again in float64 in a fixed order. Equal vectors
 * get equal scores, and every scanner gives the same list. Knows nothing of texts and languages.
 */
import { type RankedRows, rowsOfBest, sortRows } from '../top-k.js';
import { product } from './javascript-scanner.js';

/** A matrix to search and what bounds the scan's error in it. */
export interface SearchMatrix {
  /** (n x dim), row-major */
  readonly vectors: Float32Array;
  readonly dim: number;
  /** The length of its longest row. */
  readonly maxNorm: number;
}

/** A question's score is the sum over parts of weight * (question . row of the part's matrix). */
export interface MatrixPart {
  readonly matrix: SearchMatrix;
  /** > 0 */
  readonly weight: number;
}

export function searchMatrix(vectors: Float32Array, dim: number): SearchMatrix {
  let largest = 0;
  for (let start = 0; start < vectors.length; start += dim) {
    const row = vectors.subarray(start, start + dim);
    largest = Math.max(largest, product(row, row, 0));
  }
  return { vectors, dim, maxNorm: Math.sqrt(largest) };
}

/** The score of one row, in float64. */
export function exactScore(query: Float32Array, parts: readonly MatrixPart[], row: number): number {
  let score = 0;
  for (const { matrix, weight } of parts) score += weight * product(query, matrix.vectors, row * matrix.dim);
  return score;
}

/**
 * The best k rows (at most the rows that the mask lets through), score descending, then rank ascending.
 *
 * @param scanned (n) the weighted sum of the parts' scanned products. In float64, though they are float32: selection of the
 * best then sees one kind of array only, which takes a quarter of the time
 * @param query (dim)
 * @param rank (n) of `rankOfIds`
 * @param mask (n), 0 leaves a row out; null leaves none out
 */
export function exactTopK(
  scanned: Float64Array,
  query: Float32Array,
  parts: readonly MatrixPart[],
  k: number,
  rank: Uint32Array,
  mask: Uint8Array | null = null,
): RankedRows {
  const candidates = rowsOfBest(scanned, k, mask, -Infinity, 2 * largestError(query, parts));
  const isZero = query.every((value) => value === 0);
  const scores = Float64Array.from(candidates, (row) => (isZero ? 0 : exactScore(query, parts, row)));
  return sortRows(candidates, scores, k, rank);
}

/**
 * Bound of the rounding error of a scanned score, in any order of summation and with or without fused multiply-add:
 * (dim + parts + 2) 2^-24 |query| SUM weight maxNorm (Higham, Accuracy and Stability, section 3.1).
 */
export function largestError(query: Float32Array, parts: readonly MatrixPart[]): number {
  const size = parts.reduce((sum, { matrix, weight }) => sum + weight * matrix.maxNorm, 0);
  return (query.length + parts.length + 2) * 2 ** -24 * 1.001 * Math.sqrt(product(query, query, 0)) * size;
}
