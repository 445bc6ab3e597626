/**
 * Scores single rows for one question, to the bit as exact search does: each is read and fused alone. Knows no graph and no file.
 */
import type { ComparedPart } from '../compared.js';
import { product } from '../exact/javascript-scanner.js';
import { FusedRow } from '../fused-row.js';
import type { Augmentation } from '../request.js';
import type { Snapshot } from '../snapshot.js';

/** Rows of a snapshot that can be read one by one, without the others. */
export interface RowSource {
  /** @param into (dim) gets e(p) */
  passage(row: number, into: Float32Array): void;
  /** @param into (dim) gets the sum of the generated queries in a language of the snapshot; zeros where there are none */
  sum(lang: string, row: number, into: Float32Array): void;
}

export class RowScorer {
  readonly #source: RowSource;
  readonly #vector: Float32Array;
  readonly #parts: readonly { readonly part: ComparedPart; readonly row: FusedRow | null }[];
  readonly #passage: Float32Array;

  /**
   * @param vector (dim) of the question
   * @param augmentation null: without generated queries
   */
  constructor(
    source: RowSource,
    vector: Float32Array,
    parts: readonly ComparedPart[],
    augmentation: Augmentation | null,
    { dim, queriesPerLanguage }: Pick<Snapshot, 'dim' | 'queriesPerLanguage'>,
  ) {
    this.#source = source;
    this.#vector = vector;
    this.#passage = new Float32Array(dim);
    this.#parts = parts.map((part) => {
      const weights = part.languages.map(({ weight }) => weight);
      const row = weights.length === 0 ? null : new FusedRow(weights, augmentation!, queriesPerLanguage, dim);
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
