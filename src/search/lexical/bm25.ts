/**
 * The BM25 formula as in Lucene 8 and later, without the factor (k1 + 1), but with exact lengths
 * and fractional frequencies, in float64.
 */
import type { QuestionTerm } from './explanation.js';
import type { LexicalMode, LexicalView } from './view.js';

export interface Bm25Parameters {
  /** Controls the saturation of the term frequency, >= 0. */
  readonly k1: number;
  /** Strength of the length normalization, in [0, 1]. */
  readonly b: number;
}

/**
 * ln(1 + (N - n + .5) / (n + .5)), > 0.
 *
 * @param passages N
 * @param documentFrequency n in [0, N]; fractional if it is an expectation
 */
export function inverseDocumentFrequency(passages: number, documentFrequency: number): number {
  return Math.log(1 + (passages - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/** The length norm k1 (1 - b + b length / averageLength), as `base` + `slope` * length. */
export function lengthNorm(
  { k1, b }: Bm25Parameters,
  averageLength: number,
): { base: number; slope: number } {
  return { base: k1 * (1 - b), slope: averageLength > 0 ? (k1 * b) / averageLength : 0 };
}

/**
 * The contribution of one question term to a passage's score: weight idf tf / (tf + norm).
 *
 * @param frequency tf > 0
 * @param norm base + slope * length, as returned by `lengthNorm`
 * @param weight of the term in the question, such as 2 for a word that occurs twice
 */
export function termScore(frequency: number, norm: number, idf: number, weight: number): number {
  return (weight * idf * frequency) / (frequency + norm);
}

/** Statistics of the whole corpus, for an index over only some of its passages. */
export interface CorpusStatistics {
  /** N */
  readonly passages: number;
  /** @param expected see `ViewSettings.expectedDf` */
  documentFrequency(term: QuestionTerm, expected: boolean): number;
  /** Whether any passage has drawn queries in `lang`. */
  hasDrawn(lang: string): boolean;
  averageLength(view: LexicalView, mode: LexicalMode): number;
}

/** The length norm of a view: base + slope * lengths[row]. */
export interface Norm {
  /** (n) */
  readonly lengths: Float32Array;
  readonly base: number;
  readonly slope: number;
  /** The smallest norm of any row. */
  readonly least: number;
}
