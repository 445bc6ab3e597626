/**
 * A passage by its best sentence: the largest product of a question with the vectors of its
 * sentences. A passage of one sentence has no others, and counts by its own vector.
 */
import type { SentenceVectors } from '../../indexing/snapshot.js';
import type { ByteProducts } from '../../vectors/byte-matrix.js';
import { cachedProducts, type ScoredMatrix, type SearchMatrix } from './exact-top-k.js';
import { product } from './javascript-scanner.js';

const NONE: Centralities = {
  passages: new Float32Array(0),
  sentences: new Float32Array(0),
  weight: 0,
};

export class SentenceMatrix implements ScoredMatrix {
  readonly dim: number;
  readonly #passages: SearchMatrix;
  readonly #sentences: SentenceVectors;
  readonly #centralities: Centralities | null;
  readonly #vector: Float32Array;

  /** @param centralities null: they do not count */
  constructor(
    passages: SearchMatrix,
    sentences: SentenceVectors,
    centralities: Centralities | null,
  ) {
    this.dim = passages.dim;
    this.#passages = passages;
    this.#sentences = sentences;
    this.#centralities = centralities;
    this.#vector = new Float32Array(this.dim);
  }

  score(query: Float32Array, row: number): number {
    const { starts, matrix } = this.#sentences;
    const [first, end] = [starts[row], starts[row + 1]];
    const { passages, sentences, weight } = this.#centralities ?? NONE;
    if (first === end)
      return this.#passages.score(query, row) + (weight > 0 ? weight * passages[row] : 0);
    let best = -Infinity;
    for (let sentence = first; sentence < end; sentence++) {
      matrix.row(sentence, this.#vector);
      const centrality = weight > 0 ? weight * sentences[sentence] : 0;
      best = Math.max(best, product(query, this.#vector, 0) + centrality);
    }
    return best;
  }

  approximate(query: Float32Array): ByteProducts {
    const { starts, matrix } = this.#sentences;
    const products = cachedProducts(matrix, query);
    const passages = this.#passages.approximate(query);
    const { passages: central, sentences, weight } = this.#centralities ?? NONE;
    const n = starts.length - 1;
    const scores = new Float32Array(n);
    for (let row = 0; row < n; row++) {
      const [first, end] = [starts[row], starts[row + 1]];
      if (first === end) {
        const score = passages?.scores[row] ?? this.#passages.score(query, row);
        scores[row] = score + (weight > 0 ? weight * central[row] : 0);
        continue;
      }
      let best = -Infinity;
      for (let sentence = first; sentence < end; sentence++) {
        const centrality = weight > 0 ? weight * sentences[sentence] : 0;
        const score = products.scores[sentence] + centrality;
        if (score > best) best = score;
      }
      scores[row] = best;
    }
    const longest = Math.max(matrix.longest, this.#passages.maxNorm);
    // Scores are rounded to 32 bits.
    const rounding = 2 ** -22 * longest * Math.sqrt(product(query, query, 0));
    return { scores, error: Math.max(products.error, passages?.error ?? 0) + rounding };
  }
}

/** C_p(m) . x of passages and sentences, which is added to their products with a weight. */
export interface Centralities {
  /** (n) */
  readonly passages: Float32Array;
  /** (sentences) */
  readonly sentences: Float32Array;
  /** >= 0 */
  readonly weight: number;
}
