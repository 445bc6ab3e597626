/**
 * One passage fused with its generated queries alone, to the bit as in a whole matrix (`FusedMatrices`): languages in the same order,
 * roundings at the same places. Knows no question and no store.
 */
import { addWeighted, shareOf } from '../augment/fuse.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import { sumRows } from '../vectors/float-rows.js';

export class FusedRow {
  readonly #weights: readonly number[];
  readonly #passageWeight: number;
  readonly #share: number;
  readonly #shape: { readonly dim: number; readonly unitLength: boolean };
  readonly #sums: Float32Array;
  readonly #one: Float32Array;
  readonly #fused: Float32Array;

  /**
   * @param weights of the languages in ascending order of these, above 0; at least one
   * @param formula alpha not being 0
   * @param queries n_l, the same for every language
   */
  constructor(
    weights: readonly number[],
    formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>,
    queries: number,
    dim: number,
  ) {
    this.#weights = weights;
    // Several languages are added up first, and then count as one.
    const together =
      weights.length === 1
        ? { weight: weights[0], queries }
        : { weight: 1, queries: weights.reduce((sum, weight) => sum + weight * queries, 0) };
    const { passageWeight, shares } = shareOf([together], formula);
    this.#passageWeight = passageWeight;
    this.#share = shares[0];
    this.#shape = { dim, unitLength: formula.renormalize };
    this.#sums = new Float32Array(dim);
    this.#one = new Float32Array(dim);
    this.#fused = new Float32Array(dim);
  }

  /**
   * @param passage (dim) e(p)
   * @param read puts the sum of one of the languages, by its place among the weights, into an array (dim)
   * @param add adds it times a weight to an array (dim) without a copy of it; default: by `read`
   * @returns (dim), until the next call
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
