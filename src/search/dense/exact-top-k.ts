/**
 * The exact top k rows from approximate scores. An 8-bit scan is inexact by design, and a float32
 * scan rounds differently depending on the batch size, the position of a row, the number of threads
 * and the library. The scores of a scan therefore only select candidates, with a margin that covers
 * the largest possible error, and the candidates are rescored in float64 in a fixed order. Equal
 * vectors get equal scores, and every scanner leads to the same list.
 */
import { LRUCache } from 'lru-cache';
import { ByteMatrix, type ByteProducts } from '../../vectors/byte-matrix.js';
import { type RankedRows, rowsOfBest, sortRows } from '../top-k.js';
import { product } from './javascript-scanner.js';

/** Smallest number of rows for which an 8-bit scan is worthwhile. */
const MIN_ROWS_FOR_BYTES = 4096;

/** A matrix whose rows are scored for a question. */
export interface ScoredMatrix {
  readonly dim: number;
  /** The inner product of the question and a row, in float64. */
  score(query: Float32Array, row: number): number;
  /** Approximate scores with an error bound; null if a scan of the vectors is faster. */
  approximate(query: Float32Array): ByteProducts | null;
  /**
   * More accurate approximate scores of single rows, with a smaller error bound; absent if `score`
   * costs no more.
   */
  refine?(query: Float32Array): { readonly error: number; readonly score: (row: number) => number };
}

/** A matrix of vectors in memory. */
export class SearchMatrix implements ScoredMatrix {
  /** (n x dim), row-major */
  readonly vectors: Float32Array;
  readonly dim: number;
  #maxNorm: number | null = null;
  #bytes: ByteMatrix | null = null;

  constructor(vectors: Float32Array, dim: number) {
    this.vectors = vectors;
    this.dim = dim;
  }

  /** Euclidean norm of the longest row. */
  get maxNorm(): number {
    if (this.#maxNorm === null) {
      let largest = 0;
      for (let start = 0; start < this.vectors.length; start += this.dim) {
        const row = this.vectors.subarray(start, start + this.dim);
        largest = Math.max(largest, product(row, row, 0));
      }
      this.#maxNorm = Math.sqrt(largest);
    }
    return this.#maxNorm;
  }

  /** The matrix quantized to 8 bits, built on first use; null if it is too small or too large. */
  get bytes(): ByteMatrix | null {
    if (!this.#fitsBytes) return null;
    this.#bytes ??= ByteMatrix.of(this.vectors, this.dim);
    return this.#bytes;
  }

  /** Builds `bytes` in advance, yielding to the event loop now and then. */
  async prepareBytes(): Promise<void> {
    if (this.#bytes !== null || !this.#fitsBytes) return;
    const bytes = await ByteMatrix.slowly(this.vectors, this.dim);
    this.#bytes ??= bytes;
  }

  get #fitsBytes(): boolean {
    const n = this.vectors.length / this.dim;
    return n >= MIN_ROWS_FOR_BYTES && ByteMatrix.fits(n, this.dim);
  }

  score(query: Float32Array, row: number): number {
    return product(query, this.vectors, row * this.dim);
  }

  approximate(query: Float32Array): ByteProducts | null {
    const { bytes } = this;
    return bytes === null ? null : cachedProducts(bytes, query);
  }
}

/** A question's score of a row is the sum over parts of weight * (question . the matrix's row). */
export interface MatrixPart<M extends ScoredMatrix = ScoredMatrix> {
  readonly matrix: M;
  /** > 0 */
  readonly weight: number;
}

/** The score of one row, in float64. */
export function exactScore(query: Float32Array, parts: readonly MatrixPart[], row: number): number {
  let score = 0;
  for (const { matrix, weight } of parts) score += weight * matrix.score(query, row);
  return score;
}

/**
 * The best k rows, or fewer if fewer pass the mask, by descending score, then ascending rank.
 *
 * @param scanned (n) approximate scores: the weighted sums of the parts' scanned products
 * @param error upper bound of the absolute error of a scanned score
 * @param query (dim)
 * @param rank (n) as returned by `rankOfIds`
 * @param mask (n), 0 excludes a row; null excludes none
 */
export function exactTopK(
  scanned: Float32Array | Float64Array,
  error: number,
  query: Float32Array,
  parts: readonly MatrixPart[],
  k: number,
  rank: Uint32Array,
  mask: Uint8Array | null = null,
): RankedRows {
  const candidates = narrow(rowsOfBest(scanned, k, mask, -Infinity, 2 * error), query, parts, k);
  const isZero = query.every((value) => value === 0);
  const scores = Float64Array.from(candidates, (row) =>
    isZero ? 0 : exactScore(query, parts, row),
  );
  return sortRows(candidates, scores, k, rank);
}

/**
 * Narrows the candidates by refined scores, if exact scores cost more than these: drops those that
 * cannot be among the best k.
 */
function narrow(
  candidates: Uint32Array,
  query: Float32Array,
  parts: readonly MatrixPart[],
  k: number,
): Uint32Array {
  if (candidates.length <= 2 * k || parts.every(({ matrix }) => matrix.refine === undefined))
    return candidates;
  const refined = parts.map(({ matrix, weight }) => {
    const scorer = matrix.refine?.(query) ?? {
      error: 0,
      score: (row: number) => matrix.score(query, row),
    };
    return { ...scorer, weight };
  });
  const error = refined.reduce((sum, { weight, error }) => sum + weight * error, 0);
  const scores = Float64Array.from(candidates, (row) =>
    refined.reduce((sum, { weight, score }) => sum + weight * score(row), 0),
  );
  return Uint32Array.from(
    rowsOfBest(scores, k, null, -Infinity, 2 * error),
    (at) => candidates[at],
  );
}

/**
 * Upper bound of the rounding error of an inner product with a row of the matrix in float32, for
 * any order of summation, with or without fused multiply-add: (dim + 3) 2^-24 |query| maxNorm
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
 */
export function roundingError(query: Float32Array, { maxNorm }: SearchMatrix): number {
  return (query.length + 3) * 2 ** -24 * 1.001 * Math.sqrt(product(query, query, 0)) * maxNorm;
}

/** Number of questions whose products are cached per matrix: 8 bytes per row and question. */
const CACHED_QUESTIONS = 4;

const productCache = new WeakMap<ByteMatrix, LRUCache<string, ByteProducts>>();

/** `matrix.products(question)`, cached; the result must not be modified. */
export function cachedProducts(matrix: ByteMatrix, question: Float32Array): ByteProducts {
  const cached =
    productCache.get(matrix) ?? new LRUCache<string, ByteProducts>({ max: CACHED_QUESTIONS });
  productCache.set(matrix, cached);
  const key = Buffer.from(question.buffer, question.byteOffset, question.byteLength).toString(
    'latin1',
  );
  const products = cached.get(key) ?? matrix.products(question);
  cached.set(key, products);
  return products;
}
