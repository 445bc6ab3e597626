/**
 * The matrices that questions are scored against: the passages themselves, and the passages fused
 * with generated queries for a formula and language weights. They are built on first use and cached
 * within a budget of bytes.
 */
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { addWeighted, fuse } from '../../augment/fuse.js';
import type { AugmentationProfile } from '../../augment/profiles.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { type ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import { LateMatrices } from './late-matrices.js';

/** Memory per number of a matrix: 4 bytes in float32 and 1 byte in the 8-bit copy. */
const BYTES_PER_NUMBER = 5;
/** Rows that are fused before yielding to the event loop, which takes some tens of milliseconds. */
const ROWS_PER_STEP = 4096;
/** A matrix is built for a formula and languages after this many requests for them. */
const REQUESTS_BEFORE_BUILD = 8;
/** Requests are counted for this many of the most recent formulas. */
const MAX_COUNTED = 256;

type Formula = Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'>;

/** Returns the matrix of the passages fused by a formula with the queries in these languages. */
export type MatrixOf<M extends ScoredMatrix> = (
  formula: Formula,
  languages: readonly LanguageWeight[],
) => Promise<M | SearchMatrix>;

export class FusedMatrices {
  readonly #snapshot: Snapshot;
  readonly #budget: number;
  #passages: Promise<SearchMatrix> | null = null;
  /** Concurrent questions share the promise of one construction. */
  readonly #cached: LRUCache<string, Promise<SearchMatrix>>;
  /** The cached matrices that are built, with their 8-bit copy. */
  readonly #ready = new WeakSet<Promise<SearchMatrix>>();
  /** Keys of the matrices that are being built in the background. */
  readonly #building = new Set<string>();
  readonly #late: LateMatrices;
  /** Number of requests by key, for those without a matrix. */
  readonly #requests = new LRUCache<string, number>({ max: MAX_COUNTED });

  /**
   * @param budgetBytes for fused matrices (n x dim x 5 bytes each), in addition to the passages'
   * own matrix; the newest one always stays cached
   */
  constructor(snapshot: Snapshot, budgetBytes: number) {
    this.#snapshot = snapshot;
    this.#budget = budgetBytes;
    const matrixBytes = Math.max(1, this.#matrixBytes);
    this.#cached = new LRUCache({
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
    let matrix = this.#cached.get(key);
    if (matrix === undefined) {
      matrix = this.#build(formula, used);
      this.#cached.set(key, matrix);
      matrix.catch(() => this.#cached.delete(key));
    }
    return matrix;
  };

  /**
   * Like `fused`, but for one question at a time: late fusion, which gives the same scores, avoids
   * waiting until a matrix is built. For formulas that are requested often, a matrix is built in
   * the background if the budget allows.
   */
  readonly quick = async (
    formula: Formula,
    languages: readonly LanguageWeight[],
  ): Promise<ScoredMatrix> => {
    const used = this.#used(formula, languages);
    if (used.length === 0) return this.passages();
    const key = keyOf(formula, used);
    const cached = this.#cached.get(key);
    if (cached !== undefined && this.#ready.has(cached)) {
      this.#requests.delete(key);
      return this.fused(formula, languages);
    }
    // Questions without a pause between them would starve the construction.
    if (this.#building.has(key)) await setImmediate();
    const late = await this.#late.matrix(await this.passages(), formula, used, this.#budget);
    if (late === null) return this.fused(formula, languages);
    const requests = (this.#requests.get(key) ?? 0) + 1;
    this.#requests.set(key, requests);
    const worthwhile = requests >= REQUESTS_BEFORE_BUILD && !this.#building.has(key);
    // A failure in the background is ignored here; `fused` tries again and reports it.
    if (worthwhile && (cached !== undefined || this.#hasRoom()))
      this.#buildInBackground(key, formula, languages).catch(() => undefined);
    return late;
  };

  /** Reads what late fusion needs in advance; stops early when aborted. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.#snapshot.encodesQueries === false) return;
    await this.#late.prepare(await this.passages(), this.#budget, signal);
  }

  async #buildInBackground(
    key: string,
    formula: Formula,
    languages: readonly LanguageWeight[],
  ): Promise<void> {
    this.#building.add(key);
    try {
      const matrix = await this.fused(formula, languages);
      await matrix.prepareBytes();
      const cached = this.#cached.get(key);
      if (cached !== undefined) this.#ready.add(cached);
    } finally {
      this.#building.delete(key);
    }
  }

  /** The languages that have an effect, in a fixed order. */
  #used({ alpha }: Formula, languages: readonly LanguageWeight[]): LanguageWeight[] {
    if (alpha === 0) return [];
    return languages
      .filter(({ lang, weight }) => weight > 0 && this.#snapshot.queryLanguages.includes(lang))
      .sort((a, b) => (a.lang < b.lang ? -1 : 1));
  }

  /** Builds a fused matrix, yielding to the event loop now and then. */
  async #build(formula: Formula, languages: readonly LanguageWeight[]): Promise<SearchMatrix> {
    const { dim, queriesPerLanguage } = this.#snapshot;
    const [only] = languages;
    if (languages.length === 1) {
      // Concurrently: the store reads one while the other is decoded.
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

  /**
   * Does work on a few rows at a time.
   * @param length of the matrices, in numbers
   * @param work gets a function that returns the current rows of a matrix
   */
  async #inParts(
    length: number,
    work: (part: (matrix: Float32Array) => Float32Array) => void,
  ): Promise<void> {
    const step = ROWS_PER_STEP * this.#snapshot.dim;
    for (let start = 0; start < length; start += step) {
      work((matrix) => matrix.subarray(start, start + step));
      if (start + step < length) await setImmediate();
    }
  }

  get #matrixBytes(): number {
    return this.#snapshot.ids.length * this.#snapshot.dim * BYTES_PER_NUMBER;
  }

  #hasRoom(): boolean {
    return (this.#cached.size + 1) * this.#matrixBytes + this.#late.bytes <= this.#budget;
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
