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
import { setImmediate } from 'node:timers/promises';
import { type Centroids, centroidOf, type LanguageCentroids } from '../../encode/centroids.js';
import type { SentenceVectors, Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { ByteProducts } from '../../vectors/byte-matrix.js';
import type { ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import { product } from './javascript-scanner.js';

/** Rows between two pauses: a few milliseconds. */
const ROWS_TOGETHER = 2048;

export interface CenteringWeights {
  /** a >= 0 */
  readonly query: number;
  /** b >= 0 */
  readonly passage: number;
  /** c >= 0 */
  readonly centrality: number;
}

/**
 * The weights for a question: where all passages are in one language, it is centered as far as it
 * is in others, since nothing has to be crossed within a language.
 * @param languages of the question; absent: one that no passage is in
 * @returns null where the question is in the only language of the passages
 */
export function centeringFor(
  weights: CenteringWeights,
  languages: readonly LanguageWeight[] | undefined,
  passageLanguages: readonly string[],
): CenteringWeights | null {
  if (languages === undefined || passageLanguages.length !== 1) return weights;
  const own = languages.find(({ lang }) => lang === passageLanguages[0])?.weight ?? 0;
  if (own === 0) return weights;
  const share = 1 - own;
  if (share <= 0) return null;
  const { query, passage, centrality } = weights;
  return { query: share * query, passage: share * passage, centrality: share * centrality };
}

export class Centering {
  readonly #shipped: LanguageCentroids;
  readonly #snapshot: Pick<Snapshot, 'langs' | 'dim'>;
  readonly #centroids: Centroids;
  #span: CentroidSpan | null = null;

  /** @param centroids of the passages of the corpus, one for every language of the snapshot */
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

  /**
   * (dim) The vector whose nearest passages are most likely to have the largest scores, for graphs
   * of near neighbors, which see nothing but products: the question without its components along
   * the differences between the centroids of passages, so that no language is nearer than another,
   * plus what rewards centrality.
   * @param query centered
   */
  proposal(query: Float32Array, weights: CenteringWeights): Float32Array {
    this.#span ??= spanOf([...this.#centroids.values()], query.length);
    const { mean, basis } = this.#span;
    const proposal = Float64Array.from(query, (v, d) => v + weights.centrality * mean[d]);
    for (const direction of basis) {
      let along = 0;
      for (let d = 0; d < direction.length; d++) along += query[d] * direction[d];
      for (let d = 0; d < direction.length; d++)
        proposal[d] -= weights.passage * along * direction[d];
    }
    return Float32Array.from(proposal);
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

  /** b q . C_p(m) by language m: what passages in that language have less than their products. */
  offsets(query: Float32Array, { passage }: CenteringWeights): ReadonlyMap<string, number> {
    return new Map(
      [...this.#centroids].map(([lang, centroid]) => [lang, passage * product(query, centroid, 0)]),
    );
  }

  /** The same for every row. @param centralities (n) */
  terms(query: Float32Array, centralities: Float32Array, weights: CenteringWeights): Float32Array {
    const offsets = this.offsets(query, weights);
    return Float32Array.from(
      this.#snapshot.langs,
      (lang, row) => weights.centrality * centralities[row] - offsets.get(lang)!,
    );
  }

  /** (n) C_p(m) . x of every passage; lets other work run now and then. */
  async passageCentralities({ vectors, dim }: SearchMatrix): Promise<Float32Array> {
    const centralities = new Float32Array(this.#snapshot.langs.length);
    for (let row = 0; row < centralities.length; row++) {
      if (row % ROWS_TOGETHER === 0) await setImmediate();
      centralities[row] = this.centrality(row, vectors.subarray(row * dim, (row + 1) * dim));
    }
    return centralities;
  }

  /** (sentences) C_p(m) . x of every sentence; likewise. */
  async sentenceCentralities({ starts, matrix }: SentenceVectors): Promise<Float32Array> {
    const vector = new Float32Array(this.#snapshot.dim);
    const centralities = new Float32Array(matrix.n);
    for (let row = 0; row < this.#snapshot.langs.length; row++) {
      if (row % ROWS_TOGETHER === 0) await setImmediate();
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

interface CentroidSpan {
  /** (dim) */
  readonly mean: Float64Array;
  /** Orthonormal vectors (dim) that span the differences between the centroids. */
  readonly basis: readonly Float64Array[];
}

/** Shorter remainders of a centroid of unit length are rounding errors. */
const SHORTEST_DIRECTION = 1e-4;

/** By the modified Gram-Schmidt process. */
function spanOf(centroids: readonly Float32Array[], dim: number): CentroidSpan {
  const mean = new Float64Array(dim);
  for (const centroid of centroids)
    for (let d = 0; d < mean.length; d++) mean[d] += centroid[d] / centroids.length;
  const basis: Float64Array[] = [];
  for (const centroid of centroids) {
    const rest = Float64Array.from(centroid, (v, d) => v - mean[d]);
    for (const direction of basis) {
      let along = 0;
      for (let d = 0; d < rest.length; d++) along += rest[d] * direction[d];
      for (let d = 0; d < rest.length; d++) rest[d] -= along * direction[d];
    }
    const length = Math.hypot(...rest);
    if (length > SHORTEST_DIRECTION) basis.push(rest.map((v) => v / length));
  }
  return { mean, basis };
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
