/**
 * Passages fused with generated queries without a matrix of them: nearly all scores follow from the question's products with the
 * passages and with the language sums (late fusion), and a row that has to be scored exactly is fused alone, by the same arithmetic as a
 * whole matrix. So alpha and languages change at the cost of a few passes over numbers, and the ranking is that of the fused matrix to
 * the bit. Knows no question's text and no store.
 */
import { addWeighted, fuse } from '../augment/fuse.js';
import { fusedLength, lateFusionScore } from '../augment/late-fusion.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { ByteMatrix, ByteProducts } from '../vectors/byte-matrix.js';
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
  /** (n) |P|^2, P being the passages in 8 bits */
  readonly passage: Float32Array;
  /** (n) P . S */
  readonly mixed: Float64Array;
  /** (n) |S|^2; 0 where a passage has no queries */
  readonly squares: Float64Array;
}

/** Roundings to 32 bits in the fused row and in the products of rows, against |question|. */
const ROUNDING = 1e-5;
/** Rows whose bound is so many times the usual one are scored exactly: the passage and its queries nearly cancel out there. */
const UNUSUAL = 3;

export class LateMatrix implements ScoredMatrix {
  readonly dim: number;
  readonly #passages: SearchMatrix;
  readonly #bytes: ByteMatrix;
  readonly #sum: WeightedSum;
  readonly #formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;
  /** (dim) of the row at hand. */
  readonly #row: { readonly sums: Float32Array; readonly one: Float32Array; readonly fused: Float32Array };

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
    this.#row = {
      sums: new Float32Array(dim),
      one: new Float32Array(dim),
      fused: new Float32Array(dim),
    };
  }

  score(query: Float32Array, row: number): number {
    const { dim } = this;
    const { sums, one, fused } = this.#row;
    const { languages, queriesPerLanguage } = this.#sum;
    // In the order and with the roundings of a whole matrix.
    let [weight, queries] = [languages[0].weight, queriesPerLanguage];
    if (languages.length === 1) languages[0].sums.row(row, sums);
    else {
      sums.fill(0);
      [weight, queries] = [1, 0];
      for (const { sums: bytes, weight: each } of languages) {
        bytes.row(row, one);
        addWeighted(sums, one, each);
        queries += each * queriesPerLanguage;
      }
    }
    const language = { lang: '', sums, weight, queries };
    const passage = this.#passages.vectors.subarray(row * dim, (row + 1) * dim);
    return product(query, fuse(passage, [language], { ...this.#formula, dim }, fused), 0);
  }

  nearly(query: Float32Array): ByteProducts {
    const { alpha, renormalize } = this.#formula;
    const { languages } = this.#sum;
    const passages = rememberedProducts(this.#bytes, query);
    const sums = new Float64Array(passages.scores.length);
    let sumError = 0;
    for (const { sums: bytes, share } of languages) {
      const { scores, error } = rememberedProducts(bytes, query);
      for (let row = 0; row < sums.length; row++) sums[row] += share * scores[row];
      sumError += share * error;
    }
    if (renormalize) return this.#renormalized(query, passages, { scores: sums, error: sumError });
    for (let row = 0; row < sums.length; row++) {
      sums[row] = lateFusionScore(passages.scores[row], sums[row], alpha);
    }
    return {
      scores: sums,
      error: (1 - alpha) * passages.error + alpha * sumError + ROUNDING * lengthOf(query),
    };
  }

  /** @param sums changed */
  #renormalized(query: Float32Array, passages: ByteProducts, sums: ByteProducts): ByteProducts {
    const { alpha } = this.#formula;
    const { passage, mixed, squares } = this.#sum;
    const { scores } = sums;
    const length = lengthOf(query);
    // |P| in 8 bits is off by its rows' error, so the length of a fused row is off by (1 - alpha) times that.
    const passageError = (1 - alpha) * (passages.error + length * this.#bytes.rowError);
    const error = passageError + alpha * sums.error;
    const lengths = new Float64Array(scores.length);
    let total = 0;
    for (let row = 0; row < scores.length; row++) {
      const norms = { passage: passage[row], mixed: mixed[row], sum: squares[row] };
      lengths[row] = fusedLength(norms, alpha);
      total += lengths[row];
      scores[row] = lateFusionScore(passages.scores[row], scores[row], alpha, norms);
    }
    const usual = (UNUSUAL * error * scores.length) / total;
    let largest = 0;
    for (let row = 0; row < scores.length; row++) {
      const bound = (squares[row] === 0 ? passageError : error) / lengths[row];
      if (bound <= usual) largest = Math.max(largest, bound);
      else scores[row] = this.score(query, row);
    }
    return { scores, error: largest + ROUNDING * length };
  }
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(product(vector, vector, 0));
}
