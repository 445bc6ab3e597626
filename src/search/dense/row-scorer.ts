/**
 * Scores single rows for one question. Each row is read, fused and centered alone, and its score
 * equals that of exact search bit for bit.
 */
import type { RowSource } from '../../indexing/ann/rows.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Augmentation } from '../request.js';
import { product } from './javascript-scanner.js';
import { FusedRow } from './late-matrix.js';
import type { FusedPart } from './questions.js';
import type { SingleRowTerms } from './row-terms.js';
import { type BestSentence, bestSentence } from './sentence-matrix.js';

export interface RowScorerOptions {
  readonly source: RowSource;
  /** (dim) of the question. */
  readonly vector: Float32Array;
  readonly parts: readonly FusedPart[];
  /** Null to ignore the generated queries. */
  readonly augmentation: Augmentation | null;
  readonly terms: SingleRowTerms;
  readonly shape: Pick<Snapshot, 'dim' | 'queriesPerLanguage'>;
}

export class RowScorer {
  readonly #source: RowSource;
  readonly #vector: Float32Array;
  readonly #parts: readonly { readonly part: FusedPart; readonly row: FusedRow | null }[];
  readonly #terms: SingleRowTerms;
  readonly #passage: Float32Array;
  readonly #sentence: Float32Array;

  constructor({ source, vector, parts, augmentation, terms, shape }: RowScorerOptions) {
    const { dim, queriesPerLanguage } = shape;
    this.#source = source;
    this.#vector = vector;
    this.#terms = terms;
    this.#passage = new Float32Array(dim);
    this.#sentence = new Float32Array(dim);
    this.#parts = parts.map((part) => {
      const weights = part.languages.map(({ weight }) => weight);
      const row =
        weights.length === 0 ? null : new FusedRow(weights, augmentation!, queriesPerLanguage, dim);
      return { part, row };
    });
  }

  /** The parts in the order of `DenseQuestions.parts`, since sums round. */
  score(row: number): number {
    const { sentenceWeight, fusedShare, centering } = this.#terms;
    const passage = this.#passage;
    this.#source.passage(row, passage);
    let score = 0;
    if (fusedShare > 0) {
      for (const { part, row: fusedRow } of this.#parts) {
        const fused =
          fusedRow?.of(passage, (language, into) =>
            this.#source.sum(part.languages[language].lang, row, into),
          ) ?? passage;
        score += fusedShare * part.weight * product(this.#vector, fused, 0);
      }
    }
    if (sentenceWeight > 0) score += sentenceWeight * this.#bestSentence(row).score;
    if (centering !== null) {
      const { centering: of, weights } = centering;
      const beside = { ...weights, centrality: fusedShare * weights.centrality };
      score += of.term(this.#vector, row, of.centrality(row, passage), beside);
    }
    return score;
  }

  /** Null where sentences do not count. */
  bestSentence(row: number): BestSentence | null {
    if (this.#terms.sentenceWeight === 0) return null;
    this.#source.passage(row, this.#passage);
    return this.#bestSentence(row);
  }

  /** (dim) A sentence of a row, or (null) its passage. */
  sentenceVector(row: number, number: number | null): Float32Array {
    const dim = this.#vector.length;
    const vector = new Float32Array(dim);
    if (number === null) this.#source.passage(row, vector);
    else {
      const { scales, steps } = this.#source.sentences!(row);
      for (let d = 0; d < dim; d++) vector[d] = steps[number * dim + d] * scales[number];
    }
    return vector;
  }

  /** Of the row whose passage was read last. */
  #bestSentence(row: number): BestSentence {
    const { scales, steps } = this.#source.sentences!(row);
    const vector = this.#sentence;
    const dim = vector.length;
    const { centering } = this.#terms;
    const centralityWeight = centering?.weights.centrality ?? 0;
    return bestSentence(scales.length, (number) => {
      if (number === null) vector.set(this.#passage);
      else for (let d = 0; d < dim; d++) vector[d] = steps[number * dim + d] * scales[number];
      const centrality =
        centralityWeight > 0 ? centralityWeight * centering!.centering.centrality(row, vector) : 0;
      return product(this.#vector, vector, 0) + centrality;
    });
  }
}
