/**
 * Centering: what a vector says about its language is taken out of the scores, so that a question
 * finds passages in other languages as easily as those in its own. With C_q(l) and C_p(m), the
 * centroids of questions in language l and of passages in m, a passage x in m scores
 *
 *     (q - a C_q(l)) . (x - b C_p(m)) + c C_p(m) . x
 *
 * The last term makes up for passages that are near everything: without it, taking out the
 * centroid of the questions' language would favor those that are near nothing. Scores are linear
 * in q and in x, so rows are stored and scanned as they are.
 */
import { type Centroids, centroidOf, type LanguageCentroids } from '../../encode/centroids.js';
import type { SentenceVectors, Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { ByteProducts } from '../../vectors/byte-matrix.js';
import type { ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import { product } from './javascript-scanner.js';

export interface CenteringWeights {
  /** a >= 0 */
  readonly query: number;
  /** b >= 0 */
  readonly passage: number;
  /** c >= 0 */
  readonly centrality: number;
}

/**
 * The weight of shipped centroids against those of the passages themselves, in passages: a language
 * with so many passages has a centroid halfway between both.
 */
const SHIPPED_WEIGHT = 100;
/** Numbers are summed as integers of this many bits behind the point: no order of rows matters. */
const FRACTION = 2 ** 24;

/**
 * The centroids of a corpus: those that come with the encoder give way to the mean of the passages
 * of a language, the more there are.
 * @param vectors (n x dim), row-major, of unit length
 * @param langs of each row
 */
export function corpusCentroids(
  shipped: Centroids,
  vectors: Float32Array,
  langs: readonly string[],
  dim: number,
): Centroids {
  const sums = new Map<string, { readonly sum: Float64Array; count: number }>();
  langs.forEach((lang, row) => {
    let entry = sums.get(lang);
    if (entry === undefined) {
      entry = { sum: new Float64Array(dim), count: 0 };
      sums.set(lang, entry);
    }
    const { sum } = entry;
    for (let d = 0, at = row * dim; d < dim; d++, at++)
      sum[d] += Math.round(vectors[at] * FRACTION);
    entry.count++;
  });
  return new Map(
    [...sums].map(([lang, { sum, count }]) => {
      const general = centroidOf(shipped, lang)!;
      const total = count + SHIPPED_WEIGHT;
      return [
        lang,
        Float32Array.from(sum, (s, d) => (s / FRACTION + SHIPPED_WEIGHT * general[d]) / total),
      ];
    }),
  );
}

export class Centering {
  readonly #shipped: LanguageCentroids;
  readonly #snapshot: Pick<Snapshot, 'langs' | 'dim'>;
  readonly #centroids: Centroids;

  /** @param centroids of the passages of the corpus, one for every language */
  constructor(
    shipped: LanguageCentroids,
    snapshot: Pick<Snapshot, 'langs' | 'dim'>,
    centroids: Centroids,
  ) {
    this.#shipped = shipped;
    this.#snapshot = snapshot;
    this.#centroids = centroids;
  }

  /** (dim): q - a SUM_l w_l C_q(l) |q|; a zero vector stays zero. */
  question(
    vector: Float32Array,
    languages: readonly LanguageWeight[],
    { query }: CenteringWeights,
  ): Float32Array {
    const length = Math.sqrt(product(vector, vector, 0));
    if (length === 0 || query === 0) return vector;
    const centered = Float64Array.from(vector);
    for (const { lang, weight } of languages) {
      const centroid = centroidOf(this.#shipped.queries, lang)!;
      const factor = query * weight * length;
      for (let d = 0; d < centered.length; d++) centered[d] -= factor * centroid[d];
    }
    return Float32Array.from(centered);
  }

  /** C_p(m) . x, rounded to 32 bits. @param row whose language is m */
  centrality(row: number, vector: Float32Array): number {
    return Math.fround(product(this.#centroidOf(row), vector, 0));
  }

  /**
   * What a score has beside the products: c C_p(m) . x - b q . C_p(m), for a question that is
   * centered itself.
   * @param centrality C_p(m) . x, as `centrality` gives it
   */
  term(query: Float32Array, row: number, centrality: number, weights: CenteringWeights): number {
    return (
      weights.centrality * centrality - weights.passage * product(query, this.#centroidOf(row), 0)
    );
  }

  /** The same for every row. @param centralities (n) */
  terms(query: Float32Array, centralities: Float32Array, weights: CenteringWeights): Float32Array {
    const offsets = new Map(
      [...this.#centroids].map(([lang, centroid]) => [
        lang,
        weights.passage * product(query, centroid, 0),
      ]),
    );
    return Float32Array.from(
      this.#snapshot.langs,
      (lang, row) => weights.centrality * centralities[row] - offsets.get(lang)!,
    );
  }

  /** (n) C_p(m) . x of every passage. */
  passageCentralities({ vectors, dim }: SearchMatrix): Float32Array {
    return Float32Array.from(this.#snapshot.langs, (_, row) =>
      this.centrality(row, vectors.subarray(row * dim, (row + 1) * dim)),
    );
  }

  /** (sentences) C_p(m) . x of every sentence. */
  sentenceCentralities({ starts, matrix }: SentenceVectors): Float32Array {
    const vector = new Float32Array(this.#snapshot.dim);
    const centralities = new Float32Array(matrix.n);
    for (let row = 0; row < this.#snapshot.langs.length; row++) {
      for (let sentence = starts[row]; sentence < starts[row + 1]; sentence++) {
        matrix.row(sentence, vector);
        centralities[sentence] = this.centrality(row, vector);
      }
    }
    return centralities;
  }

  /** @param row whose language counts */
  #centroidOf(row: number): Float32Array {
    return this.#centroids.get(this.#snapshot.langs[row])!;
  }
}

/** The terms of centering as a matrix, beside those whose products they complete. */
export class CenteringTerms implements ScoredMatrix {
  readonly dim: number;

  /** @param centralities (n) */
  constructor(
    private readonly centering: Centering,
    private readonly centralities: Float32Array,
    private readonly weights: CenteringWeights,
    dim: number,
  ) {
    this.dim = dim;
  }

  score(query: Float32Array, row: number): number {
    return this.centering.term(query, row, this.centralities[row], this.weights);
  }

  approximate(query: Float32Array): ByteProducts {
    const scores = this.centering.terms(query, this.centralities, this.weights);
    let largest = 0;
    for (const score of scores) largest = Math.max(largest, Math.abs(score));
    // They are rounded to 32 bits.
    return { scores, error: largest * 2 ** -23 };
  }
}
