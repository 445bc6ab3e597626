/**
 * BM25 in the form of Lucene 8 and later, on numbers alone: no (k1 + 1) factor, exact lengths,
 * fractional frequencies. In float64 throughout.
 */
import type { AskedTerm } from './explanation.js';
import type { LexicalMode, LexicalView } from './view.js';

export interface Bm25Parameters {
  /** Saturation of the term frequency, >= 0. */
  readonly k1: number;
  /** Normalization by length, in [0, 1]. */
  readonly b: number;
}

/**
 * ln(1 + (N - n + .5) / (n + .5)), > 0.
 *
 * @param passages N
 * @param documentFrequency n, may be fractional (an expectation), in [0, N]
 */
export function inverseDocumentFrequency(passages: number, documentFrequency: number): number {
  return Math.log(1 + (passages - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/**
 * What a length adds to the frequency in the denominator: k1 (1 - b + b length / averageLength), as
 * `base` + `slope` length.
 */
export function lengthNorm(
  { k1, b }: Bm25Parameters,
  averageLength: number,
): { base: number; slope: number } {
  return { base: k1 * (1 - b), slope: averageLength > 0 ? (k1 * b) / averageLength : 0 };
}

/**
 * The score that one question term gives a passage: weight idf tf / (tf + norm).
 *
 * @param frequency tf > 0
 * @param norm base + slope * length of `lengthNorm`
 * @param weight of the term in the question: 2 for a word that occurs twice
 */
export function termScore(frequency: number, norm: number, idf: number, weight: number): number {
  return (weight * idf * frequency) / (frequency + norm);
}

/** What BM25 must know of all passages where only some are at hand. Holds no logic. */
export interface CorpusStatistics {
  /** N */
  readonly passages: number;
  /** @param expected see `ViewSettings.expectedDf` */
  documentFrequency(asked: AskedTerm, expected: boolean): number;
  /** True if some passage has drawn queries in `lang`. */
  hasDrawn(lang: string): boolean;
  averageLength(view: LexicalView, mode: LexicalMode): number;
}

/** How a view's lengths enter the denominator: base + slope * lengths[row]. */
export interface Norm {
  readonly lengths: Float32Array;
  readonly base: number;
  readonly slope: number;
  /** The smallest value of it. */
  readonly least: number;
}
