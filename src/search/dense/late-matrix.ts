/**
 * Late fusion: scores passages fused with generated queries without building the fused matrix.
 * Approximate scores follow from the question's inner products with the passages and with the
 * language sums; a row that needs an exact score is fused alone, with the arithmetic of the whole
 * matrix. Alpha and the languages can thus change at the cost of a few passes over the scores, and
 * the ranking is bit for bit that of the fused matrix.
 */

import { addWeighted, shareOf } from '../../augment/fuse.js';
import type { AugmentationProfile } from '../../augment/profiles.js';
import type { ByteMatrix, ByteProducts } from '../../vectors/byte-matrix.js';
import { sumRows } from '../../vectors/float-rows.js';
import { cachedProducts, type ScoredMatrix, type SearchMatrix } from './exact-top-k.js';
import { product } from './javascript-scanner.js';

/** S = SUM_l share_l S_l of every passage, which alpha weighs against the passage itself. */
export interface WeightedSum {
  readonly languages: readonly {
    readonly sums: ByteMatrix;
    /** w_l */
    readonly weight: number;
    /** The coefficient of S_l in S. */
    readonly share: number;
  }[];
  /** n_l, the same for every language */
  readonly queriesPerLanguage: number;
  /** S = scale T, T = SUM_l w_l S_l */
  readonly scale: number;
  /** (n) |P|^2 */
  readonly passage: Float32Array;
  /** (n) P . T */
  readonly mixed: Float64Array;
  /** (n) |T|^2, approximately; it may differ from 0 for a passage without queries. */
  readonly squares: Float64Array;
}

/**
 * Bound of the float32 rounding in the fused row and in products of rows, relative to |question|.
 */
const ROUNDING = 1e-5;
/**
 * Fused rows that are this many times shorter than the mean are scored exactly: the passage and its
 * queries nearly cancel out, which amplifies errors.
 */
const SHORT_ROW_RATIO = 3;

export class LateMatrix implements ScoredMatrix {
  readonly dim: number;
  readonly #passages: SearchMatrix;
  readonly #bytes: ByteMatrix;
  readonly #sum: WeightedSum;
  readonly #formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;
  readonly #row: FusedRow;
  #lengths: { readonly lengths: Float32Array; readonly mean: number } | null = null;
  /** The products of the last question. */
  #products: { readonly query: Float32Array; readonly products: ByteProducts } | null = null;

  /** @param bytes the passages in 8 bits */
  constructor(
    passages: SearchMatrix,
    bytes: ByteMatrix,
    sum: WeightedSum,
    formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>,
  ) {
    const { dim } = passages;
    this.dim = dim;
    this.#passages = passages;
    this.#bytes = bytes;
    this.#sum = sum;
    this.#formula = formula;
    const weights = sum.languages.map(({ weight }) => weight);
    this.#row = new FusedRow(weights, formula, sum.queriesPerLanguage, dim);
  }

  score(query: Float32Array, row: number): number {
    const { dim } = this;
    const { languages } = this.#sum;
    const passage = this.#passages.vectors.subarray(row * dim, (row + 1) * dim);
    const fused = this.#row.of(
      passage,
      (language, into) => languages[language].sums.row(row, into),
      (language, weight, into) => languages[language].sums.addRow(row, weight, into),
    );
    return product(query, fused, 0);
  }

  approximate(query: Float32Array): ByteProducts {
    const { alpha, renormalize } = this.#formula;
    const passages = cachedProducts(this.#bytes, query);
    const sums = this.#sumProducts(query);
    const rounding = ROUNDING * lengthOf(query);
    const passageError = (1 - alpha) * passages.error;
    const error = passageError + alpha * sums.error;
    const scores = new Float32Array(sums.scores.length);
    if (!renormalize) {
      for (let row = 0; row < scores.length; row++) {
        scores[row] = lateFusionScore(passages.scores[row], sums.scores[row], alpha);
      }
      return { scores, error: error + rounding };
    }
    const { squares } = this.#sum;
    const { lengths, mean } = this.#fusedLengths();
    for (let row = 0; row < scores.length; row++) {
      const score = lateFusionScore(passages.scores[row], sums.scores[row], alpha);
      scores[row] = lengths[row] > 0 ? score / lengths[row] : 0;
    }
    const acceptable = (SHORT_ROW_RATIO * error) / mean;
    let largest = 0;
    for (let row = 0; row < scores.length; row++) {
      const bound = (squares[row] === 0 ? passageError : error) / lengths[row];
      if (bound <= acceptable) largest = Math.max(largest, bound);
      else scores[row] = this.score(query, row);
    }
    return { scores, error: largest + rounding };
  }

  refine(query: Float32Array): { readonly error: number; readonly score: (row: number) => number } {
    const { alpha, renormalize } = this.#formula;
    const { vectors } = this.#passages;
    const { scores, error } = this.#sumProducts(query);
    const { squares } = this.#sum;
    const rounding = ROUNDING * lengthOf(query);
    if (!renormalize) {
      const score = (row: number): number =>
        lateFusionScore(product(query, vectors, row * this.dim), scores[row], alpha);
      return { error: alpha * error + rounding, score };
    }
    const { lengths, mean } = this.#fusedLengths();
    const least = mean / SHORT_ROW_RATIO;
    const score = (row: number): number => {
      if (squares[row] !== 0 && lengths[row] < least) return this.score(query, row);
      const sum = lateFusionScore(product(query, vectors, row * this.dim), scores[row], alpha);
      return lengths[row] > 0 ? sum / lengths[row] : 0;
    };
    return { error: (alpha * error) / least + rounding, score };
  }

  /** (n) question . S; the result must not be modified. */
  #sumProducts(query: Float32Array): ByteProducts {
    if (this.#products?.query === query) return this.#products.products;
    const scores = new Float32Array(this.#bytes.n);
    let error = 0;
    let largest = 0;
    for (const { sums, share } of this.#sum.languages) {
      const products = cachedProducts(sums, query);
      for (let row = 0; row < scores.length; row++) scores[row] += share * products.scores[row];
      error += share * products.error;
      largest += share * sums.longest;
    }
    // The scores are added in float32.
    const rounding = this.#sum.languages.length * 2 ** -23 * largest * lengthOf(query);
    const products = { scores, error: error + rounding };
    this.#products = { query, products };
    return products;
  }

  /** (n) lengths of the fused rows before renormalization, and their mean. */
  #fusedLengths(): { readonly lengths: Float32Array; readonly mean: number } {
    if (this.#lengths === null) {
      const { passage, mixed, squares, scale } = this.#sum;
      const square = scale * scale;
      const lengths = new Float32Array(passage.length);
      let total = 0;
      for (let row = 0; row < passage.length; row++) {
        const norms = {
          passage: passage[row],
          mixed: scale * mixed[row],
          sum: square * squares[row],
        };
        lengths[row] = fusedLength(norms, this.#formula.alpha);
        total += lengths[row];
      }
      this.#lengths = { lengths, mean: total / lengths.length };
    }
    return this.#lengths;
  }
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(product(vector, vector, 0));
}

/** Inner products of one passage P and its weighted query sum S, from which |fused| follows. */
export interface FusionNorms {
  /** |P|^2 */
  readonly passage: number;
  /** P . S */
  readonly mixed: number;
  /** |S|^2 */
  readonly sum: number;
}

/**
 * q . fused = (1 - alpha) q.P + alpha q.S, divided by the fused vector's length if `norms` are
 * given.
 *
 * @param passageScore q . P
 * @param sumScore q . S, where S is the weighted sum over languages, divided by the number of
 * queries in the mean variant
 * @param alpha in [0, 1]
 * @param norms of the passage, for the score of the renormalized vector; omitted for the plain one
 * @returns the score; 0 for a renormalized vector of length 0
 */
export function lateFusionScore(
  passageScore: number,
  sumScore: number,
  alpha: number,
  norms?: FusionNorms,
): number {
  const score = (1 - alpha) * passageScore + alpha * sumScore;
  if (norms === undefined) return score;
  const length = fusedLength(norms, alpha);
  return length > 0 ? score / length : 0;
}

/** |(1 - alpha) P + alpha S|; 0 if rounding makes the square negative. */
export function fusedLength(norms: FusionNorms, alpha: number): number {
  const beta = 1 - alpha;
  const square =
    beta * beta * norms.passage + 2 * alpha * beta * norms.mixed + alpha * alpha * norms.sum;
  return Math.sqrt(Math.max(square, 0));
}

/**
 * Fuses single passages with their generated queries. The result is bit for bit the row of the
 * whole matrix (`FusedMatrices`): languages are added in the same order and rounded at the same
 * points.
 */
export class FusedRow {
  readonly #weights: readonly number[];
  readonly #passageWeight: number;
  readonly #share: number;
  readonly #shape: { readonly dim: number; readonly unitLength: boolean };
  readonly #sums: Float32Array;
  readonly #one: Float32Array;
  readonly #fused: Float32Array;

  /**
   * @param weights > 0, of the languages in ascending order; at least one
   * @param formula with alpha > 0
   * @param queries n_l, the same for every language
   */
  constructor(
    weights: readonly number[],
    formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>,
    queries: number,
    dim: number,
  ) {
    this.#weights = weights;
    // Several languages are added up first and then count as one.
    const combined =
      weights.length === 1
        ? { weight: weights[0], queries }
        : { weight: 1, queries: weights.reduce((sum, weight) => sum + weight * queries, 0) };
    const { passageWeight, shares } = shareOf([combined], formula);
    this.#passageWeight = passageWeight;
    this.#share = shares[0];
    this.#shape = { dim, unitLength: formula.renormalize };
    this.#sums = new Float32Array(dim);
    this.#one = new Float32Array(dim);
    this.#fused = new Float32Array(dim);
  }

  /**
   * @param passage (dim) e(p)
   * @param read copies the sum of a language, given by its index in the weights, into an array
   * (dim)
   * @param add adds such a sum times a weight to an array (dim); by default it uses `read`
   * @returns (dim), valid until the next call
   */
  of(
    passage: Float32Array,
    read: (language: number, into: Float32Array) => void,
    add = (language: number, weight: number, into: Float32Array): void => {
      read(language, this.#one);
      addWeighted(into, this.#one, weight);
    },
  ): Float32Array {
    const sums = this.#sums;
    if (this.#weights.length === 1) read(0, sums);
    else {
      sums.fill(0);
      for (let l = 0; l < this.#weights.length; l++) add(l, this.#weights[l], sums);
    }
    const parts = [
      { numbers: passage, weight: this.#passageWeight },
      { numbers: sums, weight: this.#share },
    ];
    sumRows(parts, this.#shape, this.#fused);
    return this.#fused;
  }
}
