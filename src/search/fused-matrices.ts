/**
 * The matrices that questions are compared with: the passages themselves, and passages fused with generated queries for an
 * alpha and language weights. Built when first needed, kept within a budget of bytes. Knows no question and no ranking.
 */
import { addWeighted, fuse } from '../augment/fuse.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { LanguageWeight } from '../languages/terms.js';
import { SearchMatrix } from './exact/exact-top-k.js';
import type { Snapshot } from './snapshot.js';

/** Of a number of a matrix: 32 bits, and 8 in its scan. */
const NUMBER_BYTES = 5;

type Formula = Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;

export class FusedMatrices {
  readonly #snapshot: Snapshot;
  readonly #budget: number;
  #passages: Promise<SearchMatrix> | null = null;
  /** Least recently used first. Promises, so that questions at the same time share one construction. */
  readonly #kept = new Map<string, Promise<SearchMatrix>>();

  /** @param budgetBytes for fused matrices (n x dim x 5 bytes each), beside the passages' own; the newest always stays */
  constructor(snapshot: Snapshot, budgetBytes: number) {
    this.#snapshot = snapshot;
    this.#budget = budgetBytes;
  }

  /** The passages without generated queries. */
  passages(): Promise<SearchMatrix> {
    this.#passages ??= this.#snapshot.passageVectors().then((v) => new SearchMatrix(v, this.#snapshot.dim));
    return this.#passages;
  }

  /** The passages fused by `formula` with the queries in these languages; the passages themselves if there are none. */
  async fused(formula: Formula, languages: readonly LanguageWeight[]): Promise<SearchMatrix> {
    const used = languages
      .filter(({ lang, weight }) => weight > 0 && this.#snapshot.queryLanguages.includes(lang))
      .sort((a, b) => (a.lang < b.lang ? -1 : 1));
    if (used.length === 0 || formula.alpha === 0) return this.passages();
    const { variant, alpha, renormalize } = formula;
    const key = JSON.stringify([variant, alpha, renormalize, used.map(({ lang, weight }) => [lang, weight])]);
    let matrix = this.#kept.get(key);
    if (matrix === undefined) {
      matrix = this.#build(formula, used);
      matrix.catch(() => this.#kept.delete(key));
    } else {
      this.#kept.delete(key);
    }
    this.#kept.set(key, matrix);
    this.#forget();
    return matrix;
  }

  async #build(formula: Formula, languages: readonly LanguageWeight[]): Promise<SearchMatrix> {
    const { dim, queriesPerLanguage } = this.#snapshot;
    const [only] = languages;
    if (languages.length === 1) {
      // Together: a store reads the one while the other is decoded.
      const [{ vectors: passages }, sums] = await Promise.all([
        this.passages(),
        this.#snapshot.languageSum(only.lang),
      ]);
      const language = { lang: only.lang, sums, weight: only.weight, queries: queriesPerLanguage };
      return new SearchMatrix(fuse(passages, [language], { ...formula, dim }), dim);
    }
    const { vectors: passages } = await this.passages();
    const sums = new Float32Array(passages.length);
    let queries = 0;
    for (const { lang, weight } of languages) {
      addWeighted(sums, await this.#snapshot.languageSum(lang), weight);
      queries += weight * queriesPerLanguage;
    }
    return new SearchMatrix(
      fuse(passages, [{ lang: '', sums, weight: 1, queries }], { ...formula, dim }, sums),
      dim,
    );
  }

  #forget(): void {
    const bytes = this.#snapshot.ids.length * this.#snapshot.dim * NUMBER_BYTES;
    while (this.#kept.size > 1 && this.#kept.size * bytes > this.#budget) {
      this.#kept.delete(this.#kept.keys().next().value!);
    }
  }
}
