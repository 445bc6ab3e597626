/**
 * What late fusion needs of a snapshot: the language sums as they are stored, in 8 bits, and the products of their rows with each other
 * and with the passages. Read when first needed and kept within a number of bytes. Knows no question.
 */

import { shareOf } from '../augment/fuse.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { ByteMatrix } from '../vectors/byte-matrix.js';
import { mixedProducts, rowProducts, rowSquares } from '../vectors/row-products.js';
import type { SearchMatrix } from './exact/exact-top-k.js';
import { LateMatrix, type WeightedSum } from './late-matrix.js';
import type { Snapshot } from './snapshot.js';

/** Sums over languages that are kept: 16 bytes a passage each. */
const KEPT_SUMS = 8;

export class LateMatrices {
  readonly #snapshot: Snapshot;
  /** Bytes of one language's sums. */
  readonly #bytes: number;
  /** By language, least recently used first; null where stored sums are not in 8 bits. */
  readonly #languages = new Map<string, Promise<ByteMatrix | null>>();
  /** Products of rows, by the languages that they are of; with one language, those with the passages. */
  readonly #pairs = new Map<string, Promise<Float32Array>>();
  #squares: Promise<Float32Array> | null = null;
  readonly #sums = new Map<string, Promise<WeightedSum | null>>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#bytes = snapshot.ids.length * snapshot.dim;
  }

  /** Bytes of the language sums that are held. */
  get bytes(): number {
    return this.#languages.size * this.#bytes;
  }

  /**
   * @param languages with queries, in ascending order, weights above 0
   * @param budget bytes that language sums may take
   * @returns null where there is no late fusion: sums that are not stored in 8 bits, too few passages, or too little room
   */
  async matrix(
    passages: SearchMatrix,
    formula: Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>,
    languages: readonly LanguageWeight[],
    budget: number,
  ): Promise<LateMatrix | null> {
    const { bytes } = passages;
    if (bytes === null || languages.length * this.#bytes > budget) return null;
    for (const { lang } of languages) if (this.#languages.has(lang)) void this.#language(lang);
    const key = JSON.stringify([formula.variant, languages.map(({ lang, weight }) => [lang, weight])]);
    const made = this.#sums.get(key) ?? this.#weightedSum(passages, languages, formula.variant);
    this.#sums.delete(key);
    this.#sums.set(key, made);
    made.catch(() => this.#sums.delete(key));
    if (this.#sums.size > KEPT_SUMS) this.#sums.delete(this.#sums.keys().next().value!);
    const sum = await made;
    this.#forget(languages, budget);
    return sum === null ? null : new LateMatrix(passages, bytes, sum, formula);
  }

  /** Reads ahead what questions in any language will need, as far as the budget goes; ends early when aborted. */
  async prepare(passages: SearchMatrix, budget: number, signal: AbortSignal): Promise<void> {
    const ready: LanguageWeight[] = [];
    for (const lang of this.#snapshot.queryLanguages) {
      if (passages.bytes === null || (ready.length + 1) * this.#bytes > budget) return;
      ready.push({ lang, weight: 1 });
      if (signal.aborted || (await this.#weightedSum(passages, ready, 'mean')) === null) return;
    }
  }

  async #weightedSum(
    { vectors, dim }: SearchMatrix,
    languages: readonly LanguageWeight[],
    variant: AugmentationProfile['variant'],
  ): Promise<WeightedSum | null> {
    const matrices: ByteMatrix[] = [];
    for (const { lang } of languages) {
      const matrix = await this.#language(lang);
      if (matrix === null) return null;
      matrices.push(matrix);
    }
    const { queriesPerLanguage } = this.#snapshot;
    const weighted = languages.map(({ weight }) => ({ weight, queries: queriesPerLanguage }));
    const { shares } = shareOf(weighted, { variant, alpha: 1 });
    const mixed = new Float64Array(vectors.length / dim);
    const squares = new Float64Array(vectors.length / dim);
    for (const [i, { lang }] of languages.entries()) {
      add(mixed, await this.#pair([lang], () => mixedProducts(vectors, matrices[i], dim)), shares[i]);
      for (let j = 0; j <= i; j++) {
        const factor = (i === j ? 1 : 2) * shares[i] * shares[j];
        const pair = [languages[j].lang, lang];
        add(squares, await this.#pair(pair, () => rowProducts(matrices[j], matrices[i])), factor);
      }
    }
    this.#squares ??= rowSquares(vectors, dim);
    return {
      languages: languages.map(({ weight }, i) => ({ sums: matrices[i], weight, share: shares[i] })),
      queriesPerLanguage,
      passage: await this.#squares,
      mixed,
      squares,
    };
  }

  /** Makes it the most recently used one. */
  #language(lang: string): Promise<ByteMatrix | null> {
    const known = this.#languages.get(lang) ?? this.#snapshot.languageBytes?.(lang) ?? Promise.resolve(null);
    this.#languages.delete(lang);
    this.#languages.set(lang, known);
    known.catch(() => this.#languages.delete(lang));
    return known;
  }

  #pair(languages: readonly string[], products: () => Promise<Float32Array>): Promise<Float32Array> {
    const key = JSON.stringify(languages);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = products();
      this.#pairs.set(key, pair);
      pair.catch(() => this.#pairs.delete(key));
    }
    return pair;
  }

  /** Languages that were not used for the longest time go, but not those that are used now. */
  #forget(used: readonly LanguageWeight[], budget: number): void {
    for (const lang of this.#languages.keys()) {
      if (this.bytes <= budget) return;
      if (used.some((now) => now.lang === lang)) continue;
      this.#languages.delete(lang);
      for (const key of this.#pairs.keys())
        if ((JSON.parse(key) as string[]).includes(lang)) this.#pairs.delete(key);
      for (const key of this.#sums.keys()) if (key.includes(JSON.stringify(lang))) this.#sums.delete(key);
    }
  }
}

function add(into: Float64Array, numbers: Float32Array, factor: number): void {
  for (let row = 0; row < into.length; row++) into[row] += factor * numbers[row];
}
