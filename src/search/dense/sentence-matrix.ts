/**
 * A passage by its best sentence: the largest product of a question with the vectors of its
 * sentences. A passage of one sentence has no others, and counts by its own vector.
 */
import type { SentenceVectors } from '../../indexing/snapshot.js';
import type { ByteProducts } from '../../vectors/byte-matrix.js';
import { cachedProducts, type ScoredMatrix, type SearchMatrix } from './exact-top-k.js';
import { product } from './javascript-scanner.js';

/** The sentence that a passage is scored by. */
export interface BestSentence {
  /** Among the sentences of the passage, from 0; null: of a passage of one sentence, itself. */
  readonly number: number | null;
  readonly score: number;
}

/**
 * The first of those with the largest score.
 * @param count of the sentences that have vectors
 * @param scoreOf a sentence, or (null) the passage itself
 */
export function bestSentence(
  count: number,
  scoreOf: (number: number | null) => number,
): BestSentence {
  if (count === 0) return { number: null, score: scoreOf(null) };
  let best: BestSentence = { number: 0, score: scoreOf(0) };
  for (let number = 1; number < count; number++) {
    const score = scoreOf(number);
    if (score > best.score) best = { number, score };
  }
  return best;
}

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
    return this.best(query, row).score;
  }

  best(query: Float32Array, row: number): BestSentence {
    const { starts, matrix } = this.#sentences;
    const first = starts[row];
    const { passages, sentences, weight } = this.#centralities ?? NONE;
    return bestSentence(starts[row + 1] - first, (number) => {
      if (number === null)
        return this.#passages.score(query, row) + (weight > 0 ? weight * passages[row] : 0);
      matrix.row(first + number, this.#vector);
      const centrality = weight > 0 ? weight * sentences[first + number] : 0;
      return product(query, this.#vector, 0) + centrality;
    });
  }

  /** (dim) A sentence of a row, or its passage. */
  vector(row: number, number: number | null): Float32Array {
    if (number === null) return this.#passages.vectors.slice(row * this.dim, (row + 1) * this.dim);
    const vector = new Float32Array(this.dim);
    this.#sentences.matrix.row(this.#sentences.starts[row] + number, vector);
    return vector;
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
    // Scores are rounded to 32 bits.
    let largest = 0;
    for (const score of scores) largest = Math.max(largest, Math.abs(score));
    const rounding = largest * 2 ** -23;
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
