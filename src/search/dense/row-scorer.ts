/**
 * Scores single rows for one question. Each row is read and fused alone, and its score equals that
 * of exact search bit for bit.
 */
import type { RowSource } from '../../indexing/ann/rows.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Augmentation } from '../request.js';
import { product } from './javascript-scanner.js';
import { FusedRow } from './late-matrix.js';
import type { FusedPart } from './questions.js';

export class RowScorer {
  readonly #source: RowSource;
  readonly #vector: Float32Array;
  readonly #parts: readonly { readonly part: FusedPart; readonly row: FusedRow | null }[];
  readonly #passage: Float32Array;

  /**
   * @param vector (dim) of the question
   * @param augmentation null to ignore the generated queries
   */
  constructor(
    source: RowSource,
    vector: Float32Array,
    parts: readonly FusedPart[],
    augmentation: Augmentation | null,
    { dim, queriesPerLanguage }: Pick<Snapshot, 'dim' | 'queriesPerLanguage'>,
  ) {
    this.#source = source;
    this.#vector = vector;
    this.#passage = new Float32Array(dim);
    this.#parts = parts.map((part) => {
      const weights = part.languages.map(({ weight }) => weight);
      const row =
        weights.length === 0 ? null : new FusedRow(weights, augmentation!, queriesPerLanguage, dim);
      return { part, row };
    });
  }

  score(row: number): number {
    const passage = this.#passage;
    this.#source.passage(row, passage);
    let score = 0;
    for (const { part, row: fusedRow } of this.#parts) {
      const fused =
        fusedRow?.of(passage, (language, into) =>
          this.#source.sum(part.languages[language].lang, row, into),
        ) ?? passage;
      score += part.weight * product(this.#vector, fused, 0);
    }
    return score;
  }
}
