/**
 * The data of a snapshot that late fusion needs: the language sums in 8 bits, as they are stored,
 * and the inner products of their rows with each other and with the passages. Read on first use and
 * cached within a budget of bytes.
 */

import { LRUCache } from 'lru-cache';
import { shareOf } from '../../augment/fuse.js';
import type { AugmentationProfile } from '../../augment/profiles.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { ByteMatrix } from '../../vectors/byte-matrix.js';
import { mixedProducts, rowProducts, rowSquares } from '../../vectors/row-products.js';
import type { SearchMatrix } from './exact-top-k.js';
import { LateMatrix, type WeightedSum } from './late-matrix.js';

/** Number of cached combinations of languages, with 16 bytes per passage each. */
const CACHED_COMBINATIONS = 8;

/** Inner products with T = SUM_l w_l S_l, from which the lengths of fused rows follow. */
interface CombinedSum {
  /** In ascending order. */
  readonly languages: readonly LanguageWeight[];
  /** (n) P . T */
  readonly mixed: Float64Array;
  /** (n) |T|^2 */
  readonly squares: Float64Array;
}

export class LateMatrices {
  readonly #snapshot: Snapshot;
  /** Bytes of one language's sums. */
  readonly #bytes: number;
  /**
   * By language, least recently used first; null if the stored sums are not in 8 bits. Not an
   * LRUCache, which would drop languages that are in use.
   */
  readonly #languages = new Map<string, Promise<ByteMatrix | null>>();
  /**
   * (n) products of the rows of two languages, keyed by both, or of a language and the passages,
   * keyed by the language.
   */
  readonly #pairs = new Map<string, Promise<Float32Array>>();
  #squares: Promise<Float32Array> | null = null;
  /** By languages and weights. */
  readonly #combined = new LRUCache<string, Promise<CombinedSum>>({ max: CACHED_COMBINATIONS });

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#bytes = snapshot.ids.length * snapshot.dim;
  }

  /** Bytes of the cached language sums. */
  get bytes(): number {
    return this.#languages.size * this.#bytes;
  }

  /**
   * The passages fused by a formula, as a matrix for late fusion.
   * @param languages with queries, in ascending order, weights > 0
   * @param budget bytes that language sums may take
   * @returns null if late fusion is impossible: the sums are not stored in 8 bits, there are too
   * few passages, or the sums exceed the budget
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
    const sum = await this.#weightedSum(passages, languages, formula.variant);
    this.#evict(languages, budget);
    return sum === null ? null : new LateMatrix(passages, bytes, sum, formula);
  }

  /** Reads in advance what questions in any language need, within the budget or until aborted. */
  async prepare(passages: SearchMatrix, budget: number, signal: AbortSignal): Promise<void> {
    const ready: LanguageWeight[] = [];
    for (const lang of this.#snapshot.queryLanguages) {
      if (passages.bytes === null || (ready.length + 1) * this.#bytes > budget) return;
      ready.push({ lang, weight: 1 });
      if (signal.aborted || (await this.#weightedSum(passages, ready, 'mean')) === null) return;
    }
  }

  async #weightedSum(
    passages: SearchMatrix,
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
    const key = keyOf(languages);
    const cached = this.#combined.get(key);
    const combined = cached ?? this.#combine(passages, languages);
    if (cached === undefined) {
      this.#combined.set(key, combined);
      combined.catch(() => this.#combined.delete(key));
    }
    this.#squares ??= rowSquares(passages.vectors, passages.dim);
    const { mixed, squares } = await combined;
    return {
      languages: languages.map(({ weight }, i) => ({
        sums: matrices[i],
        weight,
        share: shares[i],
      })),
      queriesPerLanguage,
      scale: shares[0] / languages[0].weight,
      passage: await this.#squares,
      mixed,
      squares,
    };
  }

  /**
   * Combines languages, starting from a similar cached combination: L languages need L (L + 1) / 2
   * products, while adding or removing one language needs only L.
   */
  async #combine(
    passages: SearchMatrix,
    languages: readonly LanguageWeight[],
  ): Promise<CombinedSum> {
    const n = passages.vectors.length / passages.dim;
    const similar = await this.#mostSimilar(languages);
    const mixed = similar?.mixed.slice() ?? new Float64Array(n);
    const squares = similar?.squares.slice() ?? new Float64Array(n);
    const change = async (
      others: readonly LanguageWeight[],
      { lang, weight }: LanguageWeight,
      sign: number,
    ) => {
      add(mixed, await this.#passageProducts(passages, lang), sign * weight);
      add(squares, await this.#products(lang, lang), sign * weight * weight);
      for (const other of others) {
        add(squares, await this.#products(other.lang, lang), sign * 2 * weight * other.weight);
      }
    };
    let current = similar?.languages ?? [];
    for (const removed of without(current, languages)) {
      current = without(current, [removed]);
      await change(current, removed, -1);
    }
    for (const added of without(languages, current)) {
      await change(current, added, 1);
      current = [...current, added];
    }
    return { languages: [...languages], mixed, squares };
  }

  /**
   * The cached combination that differs in the fewest languages; null if starting from scratch is
   * faster. Removed languages must not weigh more than the remaining ones, or the rounding errors
   * that they leave behind would be too large.
   */
  async #mostSimilar(languages: readonly LanguageWeight[]): Promise<CombinedSum | null> {
    let best: CombinedSum | null = null;
    let fewest = languages.length;
    const least = Math.min(...languages.map(({ weight }) => weight));
    for (const cached of [...this.#combined.rvalues()]) {
      const combined = (await cached?.catch(() => null)) ?? null;
      if (combined === null || !combined.languages.every(({ lang }) => this.#languages.has(lang)))
        continue;
      const removed = without(combined.languages, languages);
      const differences = removed.length + without(languages, combined.languages).length;
      if (differences >= fewest || removed.some(({ weight }) => weight > least)) continue;
      [best, fewest] = [combined, differences];
    }
    return best;
  }

  /** The sums of a language, which become the most recently used ones. */
  #language(lang: string): Promise<ByteMatrix | null> {
    const sums =
      this.#languages.get(lang) ?? this.#snapshot.languageBytes?.(lang) ?? Promise.resolve(null);
    this.#languages.delete(lang);
    this.#languages.set(lang, sums);
    sums.catch(() => this.#languages.delete(lang));
    return sums;
  }

  #passageProducts({ vectors, dim }: SearchMatrix, lang: string): Promise<Float32Array> {
    return this.#pair([lang], async () =>
      mixedProducts(vectors, (await this.#language(lang))!, dim),
    );
  }

  #products(a: string, b: string): Promise<Float32Array> {
    return this.#pair([a, b].sort(), async () =>
      rowProducts((await this.#language(a))!, (await this.#language(b))!),
    );
  }

  #pair(
    languages: readonly string[],
    products: () => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const key = JSON.stringify(languages);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = products();
      this.#pairs.set(key, pair);
      pair.catch(() => this.#pairs.delete(key));
    }
    return pair;
  }

  /** Drops the least recently used languages, but none of those in use. */
  #evict(used: readonly LanguageWeight[], budget: number): void {
    for (const lang of this.#languages.keys()) {
      if (this.bytes <= budget) return;
      if (used.some((language) => language.lang === lang)) continue;
      this.#languages.delete(lang);
      for (const key of this.#pairs.keys())
        if ((JSON.parse(key) as string[]).includes(lang)) this.#pairs.delete(key);
      for (const key of [...this.#combined.keys()])
        if (key.includes(JSON.stringify(lang))) this.#combined.delete(key);
    }
  }
}

function keyOf(languages: readonly LanguageWeight[]): string {
  return JSON.stringify(languages.map(({ lang, weight }) => [lang, weight]));
}

/** The languages that are not among `others` with the same weight. */
function without(
  languages: readonly LanguageWeight[],
  others: readonly LanguageWeight[],
): LanguageWeight[] {
  return languages.filter(
    ({ lang, weight }) => !others.some((other) => other.lang === lang && other.weight === weight),
  );
}

function add(into: Float64Array, numbers: Float32Array, factor: number): void {
  for (let row = 0; row < into.length; row++) into[row] += factor * numbers[row];
}
