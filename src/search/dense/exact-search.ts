/**
 * Exact search by scanning: the best rows of a batch of questions, or the scores of all rows.
 * Questions that share a matrix are scanned together.
 */

import { cancellationPoint } from '../../base/abort.js';
import type { RankedRows } from '../top-k.js';
import { exactScores } from './exact-scores.js';
import {
  exactScore,
  exactTopK,
  type MatrixPart,
  roundingError,
  type ScoredMatrix,
  SearchMatrix,
} from './exact-top-k.js';
import type { Scanner } from './scanner.js';

/** A question as the dense leg reads it. */
export interface DenseQuestion<M extends ScoredMatrix = ScoredMatrix> {
  /** (dim); all zeros if the encoder knows none of the question's words. */
  readonly vector: Float32Array;
  readonly parts: readonly MatrixPart<M>[];
}

/** The inner products of a question with every row of one of its matrices. */
export interface ScannedPart {
  /** (n) */
  readonly scores: Float32Array | Float64Array;
  /** Upper bound of the absolute error of any score. */
  readonly error: number;
  readonly weight: number;
}

/**
 * Up to this many questions per matrix, 8-bit scans are faster; for more, one matrix multiplication
 * is.
 */
export const FEW = 2;
/** Scores that the questions of one batch may take together: 32 MB of float32. */
export const BATCH_SCORES = 2 ** 23;
/** Questions per matrix multiplication; larger batches take longer per question (onnxruntime). */
const BATCH = 32;

/**
 * Scans the matrices of all questions.
 * @param questions null entries are skipped
 * @returns the scanned parts of each question; null for a null entry or a vector of zeros
 */
export async function scanQuestions(
  scanner: Pick<Scanner, 'scan'>,
  questions: readonly (DenseQuestion | null)[],
): Promise<(readonly ScannedPart[] | null)[]> {
  const byMatrix = new Map<ScoredMatrix, { index: number; weight: number }[]>();
  const scanned = questions.map((question, index): ScannedPart[] | null => {
    if (question === null || question.vector.every((value) => value === 0)) return null;
    for (const { matrix, weight } of question.parts) {
      const uses = byMatrix.get(matrix) ?? [];
      byMatrix.set(matrix, uses);
      uses.push({ index, weight });
    }
    return [];
  });
  for (const [matrix, uses] of byMatrix) {
    const whole = matrix instanceof SearchMatrix ? matrix : null;
    const approximate =
      uses.length <= FEW || whole === null
        ? uses.map(({ index }) => matrix.approximate(questions[index]!.vector))
        : [];
    uses.forEach(({ index, weight }, u) => {
      if (approximate[u]) scanned[index]!.push({ ...approximate[u], weight });
    });
    if (whole === null || approximate[0]) continue;
    const { vectors, dim } = whole;
    const n = vectors.length / dim;
    for (let first = 0; first < uses.length; first += BATCH) {
      const batch = uses.slice(first, first + BATCH);
      const queries = new Float32Array(batch.length * dim);
      batch.forEach(({ index }, u) => {
        queries.set(questions[index]!.vector, u * dim);
      });
      const scores = await scanner.scan(queries, vectors, dim);
      batch.forEach(({ index, weight }, u) => {
        const error = roundingError(questions[index]!.vector, whole);
        scanned[index]!.push({ scores: scores.subarray(u * n, (u + 1) * n), error, weight });
      });
    }
  }
  return scanned;
}

/**
 * SUM weight * scores over a question's parts, with the error bound of the sums.
 * @param into (n), overwritten unless there is a single part of weight 1
 * @returns scores (n): `into`, or the array of the only part, which must not be modified
 */
export function sumParts(
  parts: readonly ScannedPart[],
  into: Float64Array,
): Pick<ScannedPart, 'scores' | 'error'> {
  if (parts.length === 1 && parts[0].weight === 1) return parts[0];
  into.fill(0);
  for (const { scores, weight } of parts) {
    for (let row = 0; row < into.length; row++) into[row] += weight * scores[row];
  }
  return { scores: into, error: parts.reduce((sum, { error, weight }) => sum + weight * error, 0) };
}

/**
 * The dense leg's best rows, and its exact score of any row of the lexical list; null where it has
 * none.
 */
export interface DenseList {
  readonly list: RankedRows;
  readonly score: (row: number) => number | null;
}

/** That of a question without a vector. */
export const NO_LIST: DenseList = {
  list: { rows: new Uint32Array(0), scores: new Float64Array(0) },
  score: () => null,
};

/** The scores of all rows for one question: nearly exact, and exact for the rows that need it. */
export interface RowScores {
  /** (n); NaN: the row is not retrieved. */
  readonly scores: Float32Array | Float64Array;
  /** No score is further than this from the exact one; 0: all are exact. */
  readonly error: number;
  /** The exact score of a row. */
  exact(row: number): number;
}

/** Scores that are exact. */
export function exactRows(scores: Float64Array): RowScores {
  return { scores, error: 0, exact: (row) => scores[row] };
}

export interface ListedQuestion extends DenseQuestion {
  /** Length of its list. */
  readonly depth: number;
  /** (n), 0 excludes a row; null excludes none */
  readonly mask: Uint8Array | null;
}

export class ExactSearch {
  readonly #scanner: Pick<Scanner, 'scan'>;
  readonly #rank: Uint32Array;
  /** Reused by every list. */
  readonly #sums: Float64Array;

  /** @param rank (n) as returned by `rankOfIds` */
  constructor(scanner: Pick<Scanner, 'scan'>, rank: Uint32Array) {
    this.#scanner = scanner;
    this.#rank = rank;
    this.#sums = new Float64Array(rank.length);
  }

  /** One list per question, in order; `NO_LIST` for a question whose vector is zero. */
  async lists(questions: readonly ListedQuestion[], signal?: AbortSignal): Promise<DenseList[]> {
    await cancellationPoint(signal);
    const scanned = await scanQuestions(this.#scanner, questions);
    const lists: DenseList[] = [];
    for (const [i, { vector, parts, depth, mask }] of questions.entries()) {
      await cancellationPoint(signal);
      const products = scanned[i];
      if (products === null) {
        lists.push(NO_LIST);
        continue;
      }
      const { scores, error } = sumParts(products, this.#sums);
      lists.push({
        list: exactTopK(scores, error, vector, parts, depth, this.#rank, mask),
        score: (row) => exactScore(vector, parts, row),
      });
    }
    return lists;
  }

  /**
   * The scores of all rows, in the order of the questions; null for a question with a vector of
   * zeros.
   *
   * @param exactly by question, true: every score is exact; false: those of a scan
   */
  async scores(
    questions: readonly DenseQuestion[],
    exactly: readonly boolean[],
    signal?: AbortSignal,
  ): Promise<(RowScores | null)[]> {
    await cancellationPoint(signal);
    const n = this.#rank.length;
    const scanned = await scanQuestions(
      this.#scanner,
      questions.map((question, i) => (exactly[i] ? null : question)),
    );
    const all: (RowScores | null)[] = [];
    for (const [i, { vector, parts }] of questions.entries()) {
      const products = scanned[i];
      if (products !== null) {
        const { scores, error } = sumParts(products, new Float64Array(n));
        all.push({ scores, error, exact: (row) => exactScore(vector, parts, row) });
      } else if (exactly[i] && vector.some((value) => value !== 0)) {
        await cancellationPoint(signal);
        all.push(exactRows(exactScores(vector, parts, n)));
      } else {
        all.push(null);
      }
    }
    return all;
  }
}
