/**
 * Passages fused with generated queries without a matrix of them: nearly all scores follow from the question's products with the
 * passages and with the language sums (late fusion), and a row that has to be scored exactly is fused alone, by the same arithmetic as a
 * whole matrix. So alpha and languages change at the cost of a few passes over numbers, and the ranking is that of the fused matrix to
 * the bit. Knows no question's text and no store.
 */
import { addWeighted, shareOf } from '../augment/fuse.js';
import { fusedLength, lateFusionScore } from '../augment/late-fusion.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { ByteMatrix, ByteProducts } from '../vectors/byte-matrix.js';
import { sumRows } from '../vectors/float-rows.js';
import type { ScoredMatrix, SearchMatrix } from './exact/exact-top-k.js';
import { product } from './exact/javascript-scanner.js';
import { rememberedProducts } from './exact/remembered-products.js';

/** S = SUM_l share_l S_l of every passage: what alpha weighs against the passage itself. */
export interface WeightedSum {
  readonly languages: readonly {
    readonly sums: ByteMatrix;
    /** w_l */
    readonly weight: number;
    /** What S_l counts in S. */
    readonly share: number;
  }[];
  /** n_l, the same for every language */
  readonly queriesPerLanguage: number;
  /** (n) |P|^2 */
  readonly passage: Float32Array;
  /** (n) P . S */
  readonly mixed: Float64Array;
  /** (n) |S|^2; 0 where a passage has no queries */
  readonly squares: Float64Array;
}

/** Roundings to 32 bits in the fused row and in the products of rows, against |question|. */
const ROUNDING = 1e-5;
/** Rows that are so many times shorter than usual are scored exactly: the passage and its queries nearly cancel out there. */
const UNUSUAL = 3;

export class LateMatrix implements ScoredMatrix {
  readonly dim: number;
  readonly #passages: SearchMatrix;
  readonly #bytes: ByteMatrix;
  readonly #sum: WeightedSum;
  readonly #formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;
  /** What the sums count in a fused row, as a whole matrix has it. */
  readonly #share: number;
  #lengths: { readonly lengths: Float32Array; readonly mean: number } | null = null;
  /** (dim) of the row at hand. */
  readonly #row: {
    readonly sums: Float32Array;
    readonly one: Float32Array;
    readonly fused: Float32Array;
  };

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
    const { languages, queriesPerLanguage } = sum;
    const [only] = languages;
    let [weight, queries] = [only.weight, queriesPerLanguage];
    if (languages.length > 1) {
      [weight, queries] = [1, 0];
      for (const { weight: each } of languages) queries += each * queriesPerLanguage;
    }
    [this.#share] = shareOf([{ weight, queries }], formula).shares;
    this.#row = {
      sums: new Float32Array(dim),
      one: new Float32Array(dim),
      fused: new Float32Array(dim),
    };
  }

  score(query: Float32Array, row: number): number {
    const { dim } = this;
    const { sums, one, fused } = this.#row;
    const { languages } = this.#sum;
    // In the order and with the roundings of a whole matrix.
    if (languages.length === 1) languages[0].sums.row(row, sums);
    else {
      sums.fill(0);
      for (const { sums: bytes, weight } of languages) {
        bytes.row(row, one);
        addWeighted(sums, one, weight);
      }
    }
    const passages = this.#passages.vectors.subarray(row * dim, (row + 1) * dim);
    const { alpha, renormalize } = this.#formula;
    const parts = [
      { numbers: passages, weight: 1 - alpha },
      { numbers: sums, weight: this.#share },
    ];
    sumRows(parts, { dim, unitLength: renormalize }, fused);
    return product(query, fused, 0);
  }

  nearly(query: Float32Array): ByteProducts {
    const { alpha, renormalize } = this.#formula;
    const passages = rememberedProducts(this.#bytes, query);
    const sums = this.#sumProducts(query);
    const rounding = ROUNDING * lengthOf(query);
    const passageError = (1 - alpha) * passages.error;
    const error = passageError + alpha * sums.error;
    const { scores } = sums;
    if (!renormalize) {
      for (let row = 0; row < scores.length; row++) {
        scores[row] = lateFusionScore(passages.scores[row], scores[row], alpha);
      }
      return { scores, error: error + rounding };
    }
    const { squares } = this.#sum;
    const { lengths, mean } = this.#fusedLengths();
    for (let row = 0; row < scores.length; row++) {
      const score = lateFusionScore(passages.scores[row], scores[row], alpha);
      scores[row] = lengths[row] > 0 ? score / lengths[row] : 0;
    }
    const usual = (UNUSUAL * error) / mean;
    let largest = 0;
    for (let row = 0; row < scores.length; row++) {
      const bound = (squares[row] === 0 ? passageError : error) / lengths[row];
      if (bound <= usual) largest = Math.max(largest, bound);
      else scores[row] = this.score(query, row);
    }
    return { scores, error: largest + rounding };
  }

  closer(query: Float32Array): { readonly error: number; readonly score: (row: number) => number } {
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
    const least = mean / UNUSUAL;
    const score = (row: number): number => {
      if (squares[row] !== 0 && lengths[row] < least) return this.score(query, row);
      const sum = lateFusionScore(product(query, vectors, row * this.dim), scores[row], alpha);
      return lengths[row] > 0 ? sum / lengths[row] : 0;
    };
    return { error: (alpha * error) / least + rounding, score };
  }

  /** (n) question . S, in new memory. */
  #sumProducts(query: Float32Array): ByteProducts {
    const scores = new Float32Array(this.#bytes.n);
    let error = 0;
    let largest = 0;
    for (const { sums, share } of this.#sum.languages) {
      const products = rememberedProducts(sums, query);
      for (let row = 0; row < scores.length; row++) scores[row] += share * products.scores[row];
      error += share * products.error;
      largest += share * sums.longest;
    }
    // What adding in 32 bits rounds.
    const rounding = this.#sum.languages.length * 2 ** -23 * largest * lengthOf(query);
    return { scores, error: error + rounding };
  }

  /** (n) of the rows before they are renormalized. */
  #fusedLengths(): { readonly lengths: Float32Array; readonly mean: number } {
    if (this.#lengths === null) {
      const { passage, mixed, squares } = this.#sum;
      const lengths = new Float32Array(passage.length);
      let total = 0;
      for (let row = 0; row < passage.length; row++) {
        const norms = { passage: passage[row], mixed: mixed[row], sum: squares[row] };
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
