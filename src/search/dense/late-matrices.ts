/**
 * What late fusion needs of a snapshot: the language sums as they are stored, in 8 bits, and the
 * products of their rows with each other and with the passages. Read when first needed and kept
 * within a number of bytes.
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

/** Sums over languages that are kept: 16 bytes a passage each. */
const KEPT_SUMS = 8;

/** What of the languages' sums together, T = SUM_l w_l S_l, enters a fused row's length. */
interface Together {
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
   * By language, least recently used first; null where stored sums are not in 8 bits. A Map and not
   * an LRU cache, which would drop languages that are in use.
   */
  readonly #languages = new Map<string, Promise<ByteMatrix | null>>();
  /**
   * Products of rows, by the languages that they are of; with one language, those with the
   * passages.
   */
  readonly #pairs = new Map<string, Promise<Float32Array>>();
  #squares: Promise<Float32Array> | null = null;
  /** By languages and weights. */
  readonly #together = new LRUCache<string, Promise<Together>>({ max: KEPT_SUMS });

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
   * @returns null where there is no late fusion: sums that are not stored in 8 bits, too few
   * passages, or too little room
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
    this.#forget(languages, budget);
    return sum === null ? null : new LateMatrix(passages, bytes, sum, formula);
  }

  /**
   * Reads ahead what questions in any language will need, as far as the budget goes; ends early
   * when aborted.
   */
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
    const known = this.#together.get(key);
    const made = known ?? this.#putTogether(passages, languages);
    if (known === undefined) {
      this.#together.set(key, made);
      made.catch(() => this.#together.delete(key));
    }
    this.#squares ??= rowSquares(passages.vectors, passages.dim);
    const { mixed, squares } = await made;
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
   * From what is kept of nearly the same languages: L languages have L (L + 1) / 2 products, one
   * more or less only L.
   */
  async #putTogether(
    passages: SearchMatrix,
    languages: readonly LanguageWeight[],
  ): Promise<Together> {
    const n = passages.vectors.length / passages.dim;
    const near = await this.#nearest(languages);
    const mixed = near?.mixed.slice() ?? new Float64Array(n);
    const squares = near?.squares.slice() ?? new Float64Array(n);
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
    let held = near?.languages ?? [];
    for (const gone of without(held, languages)) {
      held = without(held, [gone]);
      await change(held, gone, -1);
    }
    for (const come of without(languages, held)) {
      await change(held, come, 1);
      held = [...held, come];
    }
    return { languages: [...languages], mixed, squares };
  }

  /**
   * What is kept that differs in the fewest languages; null where beginning anew is quicker. What
   * is taken away must not be larger than what stays: its rounding would be.
   */
  async #nearest(languages: readonly LanguageWeight[]): Promise<Together | null> {
    let best: Together | null = null;
    let fewest = languages.length;
    const least = Math.min(...languages.map(({ weight }) => weight));
    for (const kept of [...this.#together.rvalues()]) {
      const together = (await kept?.catch(() => null)) ?? null;
      if (together === null || !together.languages.every(({ lang }) => this.#languages.has(lang)))
        continue;
      const gone = without(together.languages, languages);
      const differences = gone.length + without(languages, together.languages).length;
      if (differences >= fewest || gone.some(({ weight }) => weight > least)) continue;
      [best, fewest] = [together, differences];
    }
    return best;
  }

  /** Makes it the most recently used one. */
  #language(lang: string): Promise<ByteMatrix | null> {
    const known =
      this.#languages.get(lang) ?? this.#snapshot.languageBytes?.(lang) ?? Promise.resolve(null);
    this.#languages.delete(lang);
    this.#languages.set(lang, known);
    known.catch(() => this.#languages.delete(lang));
    return known;
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

  /** Languages that were not used for the longest time go, but not those that are used now. */
  #forget(used: readonly LanguageWeight[], budget: number): void {
    for (const lang of this.#languages.keys()) {
      if (this.bytes <= budget) return;
      if (used.some((now) => now.lang === lang)) continue;
      this.#languages.delete(lang);
      for (const key of this.#pairs.keys())
        if ((JSON.parse(key) as string[]).includes(lang)) this.#pairs.delete(key);
      for (const key of [...this.#together.keys()])
        if (key.includes(JSON.stringify(lang))) this.#together.delete(key);
    }
  }
}

function keyOf(languages: readonly LanguageWeight[]): string {
  return JSON.stringify(languages.map(({ lang, weight }) => [lang, weight]));
}

/** Those that are not among the others with the same weight. */
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
