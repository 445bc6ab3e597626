/**
 * The matrices that questions are compared with: the passages themselves, and passages fused with
 * generated queries for an alpha and language weights. Built when first needed, kept within a
 * budget of bytes.
 */
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { addWeighted, fuse } from '../../augment/fuse.js';
import type { AugmentationProfile } from '../../augment/profiles.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { type ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import { LateMatrices } from './late-matrices.js';

/** Of a number of a matrix: 32 bits, and 8 in its scan. */
const NUMBER_BYTES = 5;
/** Rows that are fused between two pauses: some tens of milliseconds. */
const ROWS_TOGETHER = 4096;
/**
 * How often a formula is asked for before it gets a matrix of its own, and how many formulas are
 * counted.
 */
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
  /** Promises, so that questions at the same time share one construction. */
  readonly #kept: LRUCache<string, Promise<SearchMatrix>>;
  /** Those of them that a question can be compared with at once. */
  readonly #ready = new WeakSet<Promise<SearchMatrix>>();
  /** Formulas whose matrix is being made ready. */
  readonly #growing = new Set<string>();
  readonly #late: LateMatrices;
  /** How often what has no matrix was asked for. */
  readonly #asked = new LRUCache<string, number>({ max: COUNTED });

  /**
   * @param budgetBytes for fused matrices (n x dim x 5 bytes each), beside the passages' own; the
   * newest always stays
   */
  constructor(snapshot: Snapshot, budgetBytes: number) {
    this.#snapshot = snapshot;
    this.#budget = budgetBytes;
    const matrixBytes = Math.max(1, this.#matrixBytes);
    this.#kept = new LRUCache({
      maxSize: Math.max(Math.floor(budgetBytes), matrixBytes),
      sizeCalculation: () => matrixBytes,
    });
    this.#late = new LateMatrices(snapshot);
  }

  /** The passages without generated queries. */
  passages(): Promise<SearchMatrix> {
    this.#passages ??= this.#snapshot
      .passageVectors()
      .then((v) => new SearchMatrix(v, this.#snapshot.dim));
    return this.#passages;
  }

  /**
   * The passages fused by `formula` with the queries in these languages; the passages themselves if
   * there are none.
   */
  readonly fused = async (
    formula: Formula,
    languages: readonly LanguageWeight[],
  ): Promise<SearchMatrix> => {
    const used = this.#used(formula, languages);
    if (used.length === 0) return this.passages();
    const key = keyOf(formula, used);
    let matrix = this.#kept.get(key);
    if (matrix === undefined) {
      matrix = this.#build(formula, used);
      this.#kept.set(key, matrix);
      matrix.catch(() => this.#kept.delete(key));
    }
    return matrix;
  };

  /**
   * The same for a question at a time: by late fusion, without waiting for a matrix, or only for a
   * part of it. What has been asked for often gets one meanwhile, as far as there is room. Both
   * give the same scores.
   */
  readonly quick = async (
    formula: Formula,
    languages: readonly LanguageWeight[],
  ): Promise<ScoredMatrix> => {
    const used = this.#used(formula, languages);
    if (used.length === 0) return this.passages();
    const key = keyOf(formula, used);
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#ready.has(kept)) {
      this.#asked.delete(key);
      return this.fused(formula, languages);
    }
    // Whoever asks without a pause would not let it grow.
    if (this.#growing.has(key)) await setImmediate();
    const late = await this.#late.matrix(await this.passages(), formula, used, this.#budget);
    if (late === null) return this.fused(formula, languages);
    const asked = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, asked);
    // What fails here is tried again, and told to those who need it.
    if (asked >= OFTEN && !this.#growing.has(key) && (kept !== undefined || this.#hasRoom()))
      this.#grow(key, formula, languages).catch(() => undefined);
    return late;
  };

  /** Reads ahead what late fusion needs; ends early when aborted. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#late.prepare(await this.passages(), this.#budget, signal);
  }

  async #grow(key: string, formula: Formula, languages: readonly LanguageWeight[]): Promise<void> {
    this.#growing.add(key);
    try {
      const matrix = await this.fused(formula, languages);
      await matrix.makeBytes();
      const kept = this.#kept.get(key);
      if (kept !== undefined) this.#ready.add(kept);
    } finally {
      this.#growing.delete(key);
    }
  }

  /** Those that count, in a fixed order. */
  #used({ alpha }: Formula, languages: readonly LanguageWeight[]): LanguageWeight[] {
    if (alpha === 0) return [];
    return languages
      .filter(({ lang, weight }) => weight > 0 && this.#snapshot.queryLanguages.includes(lang))
      .sort((a, b) => (a.lang < b.lang ? -1 : 1));
  }

  /** Gives way to what else waits now and then. */
  async #build(formula: Formula, languages: readonly LanguageWeight[]): Promise<SearchMatrix> {
    const { dim, queriesPerLanguage } = this.#snapshot;
    const [only] = languages;
    if (languages.length === 1) {
      // Together: a store reads the one while the other is decoded.
      const [{ vectors: passages }, sums] = await Promise.all([
        this.passages(),
        this.#snapshot.languageSum(only.lang),
      ]);
      const fused = new Float32Array(passages.length);
      await this.#inParts(passages.length, (part) => {
        const language = {
          lang: only.lang,
          sums: part(sums),
          weight: only.weight,
          queries: queriesPerLanguage,
        };
        fuse(part(passages), [language], { ...formula, dim }, part(fused));
      });
      return new SearchMatrix(fused, dim);
    }
    const { vectors: passages } = await this.passages();
    const sums = new Float32Array(passages.length);
    let queries = 0;
    for (const { lang, weight } of languages) {
      const added = await this.#snapshot.languageSum(lang);
      await this.#inParts(sums.length, (part) => addWeighted(part(sums), part(added), weight));
      queries += weight * queriesPerLanguage;
    }
    await this.#inParts(sums.length, (part) => {
      const language = { lang: '', sums: part(sums), weight: 1, queries };
      fuse(part(passages), [language], { ...formula, dim }, part(sums));
    });
    return new SearchMatrix(sums, dim);
  }

  /** @param work with a function from a matrix to its rows of the part */
  async #inParts(
    length: number,
    work: (part: (matrix: Float32Array) => Float32Array) => void,
  ): Promise<void> {
    const step = ROWS_TOGETHER * this.#snapshot.dim;
    for (let start = 0; start < length; start += step) {
      work((matrix) => matrix.subarray(start, start + step));
      if (start + step < length) await setImmediate();
    }
  }

  get #matrixBytes(): number {
    return this.#snapshot.ids.length * this.#snapshot.dim * NUMBER_BYTES;
  }

  #hasRoom(): boolean {
    return (this.#kept.size + 1) * this.#matrixBytes + this.#late.bytes <= this.#budget;
  }
}

function keyOf(
  { variant, alpha, renormalize }: Formula,
  languages: readonly LanguageWeight[],
): string {
  return JSON.stringify([
    variant,
    alpha,
    renormalize,
    languages.map(({ lang, weight }) => [lang, weight]),
  ]);
}
