/**
 * The matrices that questions are compared with: the passages themselves, and passages fused with generated queries for an
 * alpha and language weights. Built when first needed, kept within a budget of bytes. Knows no question and no ranking.
 */
import { addWeighted, fuse } from '../augment/fuse.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { LanguageWeight } from '../languages/terms.js';
import { type ScoredMatrix, SearchMatrix } from './exact/exact-top-k.js';
import { LateMatrices } from './late-matrices.js';
import type { Snapshot } from './snapshot.js';

/** Of a number of a matrix: 32 bits, and 8 in its scan. */
const NUMBER_BYTES = 5;
/** How often a formula is asked for before it gets a matrix of its own, and how many formulas are counted. */
const OFTEN = 8;
const COUNTED = 256;

type Formula = Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;

/** A way to the matrix of a formula. */
export type MatrixOf<M extends ScoredMatrix> = (
  formula: Formula,
  languages: readonly LanguageWeight[],
) => Promise<M | SearchMatrix>;

export class FusedMatrices {
  readonly #snapshot: Snapshot;
  readonly #budget: number;
  #passages: Promise<SearchMatrix> | null = null;
  /** Least recently used first. Promises, so that questions at the same time share one construction. */
  readonly #kept = new Map<string, Promise<SearchMatrix>>();
  readonly #late: LateMatrices;
  /** How often what has no matrix was asked for. */
  readonly #asked = new Map<string, number>();

  /** @param budgetBytes for fused matrices (n x dim x 5 bytes each), beside the passages' own; the newest always stays */
  constructor(snapshot: Snapshot, budgetBytes: number) {
    this.#snapshot = snapshot;
    this.#budget = budgetBytes;
    this.#late = new LateMatrices(snapshot);
  }

  /** The passages without generated queries. */
  passages(): Promise<SearchMatrix> {
    this.#passages ??= this.#snapshot.passageVectors().then((v) => new SearchMatrix(v, this.#snapshot.dim));
    return this.#passages;
  }

  /** The passages fused by `formula` with the queries in these languages; the passages themselves if there are none. */
  readonly fused = async (formula: Formula, languages: readonly LanguageWeight[]): Promise<SearchMatrix> => {
    const used = this.#used(formula, languages);
    if (used.length === 0) return this.passages();
    const key = keyOf(formula, used);
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
  };

  /**
   * The same for a question at a time: by late fusion, without building a matrix, until the formula has been asked for often and there
   * is room for one. Both give the same scores.
   */
  readonly quick = async (formula: Formula, languages: readonly LanguageWeight[]): Promise<ScoredMatrix> => {
    const used = this.#used(formula, languages);
    if (used.length === 0) return this.passages();
    const key = keyOf(formula, used);
    const asked = (this.#asked.get(key) ?? 0) + 1;
    if (this.#kept.has(key) || (asked >= OFTEN && this.#hasRoom())) {
      this.#asked.delete(key);
      return this.fused(formula, languages);
    }
    const late = await this.#late.matrix(await this.passages(), formula, used, this.#budget);
    if (late === null) return this.fused(formula, languages);
    this.#asked.delete(key);
    this.#asked.set(key, asked);
    if (this.#asked.size > COUNTED) this.#asked.delete(this.#asked.keys().next().value!);
    return late;
  };

  /** Reads ahead what late fusion needs; ends early when aborted. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#late.prepare(await this.passages(), this.#budget, signal);
  }

  /** Those that count, in a fixed order. */
  #used({ alpha }: Formula, languages: readonly LanguageWeight[]): LanguageWeight[] {
    if (alpha === 0) return [];
    return languages
      .filter(({ lang, weight }) => weight > 0 && this.#snapshot.queryLanguages.includes(lang))
      .sort((a, b) => (a.lang < b.lang ? -1 : 1));
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

  get #matrixBytes(): number {
    return this.#snapshot.ids.length * this.#snapshot.dim * NUMBER_BYTES;
  }

  #hasRoom(): boolean {
    return (this.#kept.size + 1) * this.#matrixBytes + this.#late.bytes <= this.#budget;
  }

  #forget(): void {
    while (this.#kept.size > 1 && this.#kept.size * this.#matrixBytes > this.#budget) {
      this.#kept.delete(this.#kept.keys().next().value!);
    }
  }
}

function keyOf({ variant, alpha, renormalize }: Formula, languages: readonly LanguageWeight[]): string {
  return JSON.stringify([variant, alpha, renormalize, languages.map(({ lang, weight }) => [lang, weight])]);
}
