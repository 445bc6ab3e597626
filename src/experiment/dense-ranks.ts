/**
 * Exact ranks of a few rows among many by a fast scan: float32 products decide wherever they can, and rows that are as near
 * as rounding are scored again in float64. So ranks do not depend on the scanner, and equal vectors stay equal. Knows no text.
 */
import type { RelevantRow } from '../evaluate/row-ranks.js';
import { exactScore, largestError, type MatrixPart, type SearchMatrix } from '../search/exact/exact-top-k.js';
import type { Scanner } from '../search/exact/scanner.js';

/** Scores that one scan may take: 32 MB of float32. */
const SCANNED_SCORES = 2 ** 23;

/**
 * The rank of every relevant row of every question, from 1; 0 for a row that is not there or a question without a vector.
 *
 * @param questions (m x dim), row-major
 * @param relevant of each question
 * @param order (n) of `byteOrder`: among equal scores the later id stands first, as trec_eval has it
 */
export async function denseRanks(
  questions: Float32Array,
  matrix: SearchMatrix,
  relevant: readonly (readonly RelevantRow[])[],
  order: Uint32Array,
  scanner: Scanner,
): Promise<number[][]> {
  const { dim } = matrix;
  const n = order.length;
  const parts: MatrixPart[] = [{ matrix, weight: 1 }];
  const size = Math.max(1, Math.floor(SCANNED_SCORES / n));
  const ranks: number[][] = [];
  for (let from = 0; from < relevant.length; from += size) {
    const count = Math.min(size, relevant.length - from);
    const batch = questions.slice(from * dim, (from + count) * dim);
    const products = await scanner.scan(batch, matrix.vectors, dim);
    for (let i = 0; i < count; i++) {
      const question = batch.subarray(i * dim, (i + 1) * dim);
      const scores = products.subarray(i * n, (i + 1) * n);
      ranks.push(ranksOf(question, parts, scores, relevant[from + i], order));
    }
  }
  return ranks;
}

function ranksOf(
  question: Float32Array,
  parts: readonly MatrixPart[],
  scanned: Float32Array,
  relevant: readonly RelevantRow[],
  order: Uint32Array,
): number[] {
  if (question.every((value) => value === 0)) return relevant.map(() => 0);
  const error = largestError(question, parts);
  const exact = new Map<number, number>();
  const scoreOf = (row: number): number => {
    let score = exact.get(row);
    if (score === undefined) {
      score = exactScore(question, parts, row);
      exact.set(row, score);
    }
    return score;
  };
  return relevant.map(({ row }) => {
    if (row < 0) return 0;
    const score = scoreOf(row);
    let rank = 1;
    for (let other = 0; other < scanned.length; other++) {
      if (scanned[other] < score - error || other === row) continue;
      if (scanned[other] > score + error) rank++;
      else {
        const near = scoreOf(other);
        if (near > score || (near === score && order[other] > order[row])) rank++;
      }
    }
    return rank;
  });
}
