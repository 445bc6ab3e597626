/**
 * The best k rows by exact score, from scores that are only nearly exact. A scan in 8 bits is off
 * by design, and one in float32 rounds differently with the number of questions, the position of a
 * row, the number of threads and the library. So its scores choose candidates, with the largest
 * possible error as a margin, and the candidates are scored again in float64 in a fixed order.
 * Equal vectors get equal scores, and every scanner gives the same list.
 */
import { ByteMatrix, type ByteProducts } from '../../vectors/byte-matrix.js';
import { type RankedRows, rowsOfBest, sortRows } from '../top-k.js';
import { product } from './javascript-scanner.js';

/** From so many rows on, a scan in 8 bits pays. */
const LEAST_ROWS = 4096;

/** Rows that a question is compared with. */
export interface ScoredMatrix {
  readonly dim: number;
  /** Question . row, in float64. */
  score(query: Float32Array, row: number): number;
  /** Approximate scores with a bound of the error; null where a scan of the vectors is quicker. */
  approximate(query: Float32Array): ByteProducts | null;
  /**
   * Absent where `score` costs no more: scores with a small bound of the error, for rows that are
   * nearly among the best.
   */
  closer?(query: Float32Array): { readonly error: number; readonly score: (row: number) => number };
}

/** A matrix to search and what bounds a scan's error in it. */
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

  /** The length of its longest row. */
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

  /**
   * The same in 8 bits, made when first asked for; null for a matrix that is too small or too large
   * for it.
   */
  get bytes(): ByteMatrix | null {
    if (!this.#fitsBytes) return null;
    this.#bytes ??= ByteMatrix.of(this.vectors, this.dim);
    return this.#bytes;
  }

  /** Makes `bytes` ahead, giving way to what else waits now and then. */
  async makeBytes(): Promise<void> {
    if (this.#bytes !== null || !this.#fitsBytes) return;
    const made = await ByteMatrix.slowly(this.vectors, this.dim);
    this.#bytes ??= made;
  }

  get #fitsBytes(): boolean {
    const n = this.vectors.length / this.dim;
    return n >= LEAST_ROWS && ByteMatrix.fits(n, this.dim);
  }

  score(query: Float32Array, row: number): number {
    return product(query, this.vectors, row * this.dim);
  }

  approximate(query: Float32Array): ByteProducts | null {
    const { bytes } = this;
    return bytes === null ? null : rememberedProducts(bytes, query);
  }
}

/** A question's score is the sum over parts of weight * (question . row of the part's matrix). */
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
 * The best k rows (at most the rows that the mask lets through), score descending, then rank
 * ascending.
 *
 * @param scanned (n) the weighted sum of the parts' scanned products
 * @param error no scanned score is off by more
 * @param query (dim)
 * @param rank (n) of `rankOfIds`
 * @param mask (n), 0 leaves a row out; null leaves none out
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
  const candidates = closest(rowsOfBest(scanned, k, mask, -Infinity, 2 * error), query, parts, k);
  const isZero = query.every((value) => value === 0);
  const scores = Float64Array.from(candidates, (row) =>
    isZero ? 0 : exactScore(query, parts, row),
  );
  return sortRows(candidates, scores, k, rank);
}

/**
 * Of the candidates those that may still be among the best k by a closer look, where exact scores
 * cost more than that.
 */
function closest(
  candidates: Uint32Array,
  query: Float32Array,
  parts: readonly MatrixPart[],
  k: number,
): Uint32Array {
  if (candidates.length <= 2 * k || parts.every(({ matrix }) => matrix.closer === undefined))
    return candidates;
  const looks = parts.map(({ matrix, weight }) => {
    const look = matrix.closer?.(query) ?? {
      error: 0,
      score: (row: number) => matrix.score(query, row),
    };
    return { ...look, weight };
  });
  const error = looks.reduce((sum, { weight, error }) => sum + weight * error, 0);
  const scores = Float64Array.from(candidates, (row) =>
    looks.reduce((sum, { weight, score }) => sum + weight * score(row), 0),
  );
  return Uint32Array.from(
    rowsOfBest(scores, k, null, -Infinity, 2 * error),
    (at) => candidates[at],
  );
}

/**
 * Bound of the rounding error of a product with a row of the matrix that a float32 scan gives, in
 * any order of summation and with or without fused multiply-add: (dim + 3) 2^-24 |query| maxNorm
 * (Higham, Accuracy and Stability, section 3.1).
 */
export function roundingError(query: Float32Array, { maxNorm }: SearchMatrix): number {
  return (query.length + 3) * 2 ** -24 * 1.001 * Math.sqrt(product(query, query, 0)) * maxNorm;
}

/** Questions that a matrix remembers: 8 bytes a row each, little beside the row. */
const REMEMBERED = 4;

const remembered = new WeakMap<ByteMatrix, Map<string, ByteProducts>>();

/** As `products`; not to be changed. */
export function rememberedProducts(matrix: ByteMatrix, question: Float32Array): ByteProducts {
  const known = remembered.get(matrix) ?? new Map<string, ByteProducts>();
  remembered.set(matrix, known);
  const key = Buffer.from(question.buffer, question.byteOffset, question.byteLength).toString(
    'latin1',
  );
  const products = known.get(key) ?? matrix.products(question);
  known.delete(key);
  known.set(key, products);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  return products;
}
