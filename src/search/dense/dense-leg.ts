/**
 * Scans matrices for a batch of questions: those that share a matrix are scanned together.
 */

import { cancellationPoint } from '../../base/abort.js';
import { type DenseList, NO_LIST } from '../hits.js';
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
  /** (dim); all zero where the encoder knows none of its words. */
  readonly vector: Float32Array;
  readonly parts: readonly MatrixPart<M>[];
}

/** The products of a question with every row of one of its matrices. */
export interface ScannedPart {
  /** (n) */
  readonly scores: Float32Array | Float64Array;
  /** No score is off by more. */
  readonly error: number;
  readonly weight: number;
}

/**
 * For so many questions at a time a scan in 8 bits is faster; for more, one multiplication of
 * matrices.
 */
export const FEW = 2;
/**
 * Questions in one multiplication: more at once take longer for each (measured with onnxruntime).
 */
const TOGETHER = 32;

/**
 * @param questions null: no question
 * @returns the scanned parts by question; null for one without a vector
 */
export async function scanQuestions(
  scanner: Pick<Scanner, 'scan'>,
  questions: readonly (DenseQuestion | null)[],
): Promise<(readonly ScannedPart[] | null)[]> {
  const byMatrix = new Map<ScoredMatrix, { place: number; weight: number }[]>();
  const scanned = questions.map((question, place): ScannedPart[] | null => {
    if (question === null || question.vector.every((value) => value === 0)) return null;
    for (const { matrix, weight } of question.parts) {
      const uses = byMatrix.get(matrix) ?? [];
      byMatrix.set(matrix, uses);
      uses.push({ place, weight });
    }
    return [];
  });
  for (const [matrix, uses] of byMatrix) {
    const whole = matrix instanceof SearchMatrix ? matrix : null;
    const nearly =
      uses.length <= FEW || whole === null
        ? uses.map(({ place }) => matrix.nearly(questions[place]!.vector))
        : [];
    uses.forEach(({ place, weight }, u) => {
      if (nearly[u]) scanned[place]!.push({ ...nearly[u], weight });
    });
    if (whole === null || nearly[0]) continue;
    const { vectors, dim } = whole;
    const n = vectors.length / dim;
    for (let first = 0; first < uses.length; first += TOGETHER) {
      const some = uses.slice(first, first + TOGETHER);
      const queries = new Float32Array(some.length * dim);
      some.forEach(({ place }, u) => {
        queries.set(questions[place]!.vector, u * dim);
      });
      const scores = await scanner.scan(queries, vectors, dim);
      some.forEach(({ place, weight }, u) => {
        const error = roundingError(questions[place]!.vector, whole);
        scanned[place]!.push({ scores: scores.subarray(u * n, (u + 1) * n), error, weight });
      });
    }
  }
  return scanned;
}

/**
 * SUM weight * scores over a question's parts, with the error of the sums.
 * @param into (n), overwritten if there is anything to sum
 * @returns scores (n) in `into`, or those of the only part: not to be changed
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

/** The dense leg by exact search: the best rows of a batch of questions by scans of all rows. */
export interface ListedQuestion extends DenseQuestion {
  /** Length of its list. */
  readonly depth: number;
  /** (n), 0 leaves a row out; null leaves none out */
  readonly mask: Uint8Array | null;
}

export class ExactLists {
  readonly #scanner: Pick<Scanner, 'scan'>;
  readonly #rank: Uint32Array;
  /** Reused by every question. */
  readonly #scanned: Float64Array;

  /** @param rank (n) of `rankOfIds` */
  constructor(scanner: Pick<Scanner, 'scan'>, rank: Uint32Array) {
    this.#scanner = scanner;
    this.#rank = rank;
    this.#scanned = new Float64Array(rank.length);
  }

  /** In the order of the questions; a question with a vector of zeros has no list. */
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
      const { scores, error } = sumParts(products, this.#scanned);
      lists.push({
        list: exactTopK(scores, error, vector, parts, depth, this.#rank, mask),
        score: (row) => exactScore(vector, parts, row),
      });
    }
    return lists;
  }
}
