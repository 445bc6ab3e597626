/**
 * Reads only the postings that can change a list of the best k (MaxScore, Turtle and Flood 1995): terms come in the order of
 * what they can add at most; once the rest cannot lift an unseen passage into the list, only passages that are still in
 * question are looked up. Knows no question and no view.
 */
import { kthScore, rowsFrom } from '../top-k.js';
import type { PlacedSegment } from './frequencies.js';
import { addToAll, addToSome, type OwnTerm } from './own-terms.js';

/** A lookup in a term's postings costs about as much as reading so many of them. */
const LOOKUP_COST = 8;

/**
 * Adds the terms' contributions to `scores`, in their order: complete for the rows that are returned and for `also`.
 *
 * @param terms by `bound`, largest first
 * @param scores (n) what the rows have so far; changed
 * @param mask (n), 0 leaves a row out; null leaves none out
 * @param also rows (ascending) whose scores must be complete
 * @returns the only rows, ascending, that can be among the best k; null: all scores are complete
 */
export function addContending(
  segments: readonly PlacedSegment[],
  terms: readonly OwnTerm[],
  scores: Float64Array,
  k: number,
  mask: Uint8Array | null,
  also: Uint32Array,
): Uint32Array | null {
  const rest = boundsOfRest(terms);
  const n = scores.length;
  let contenders: Uint32Array | null = null;
  let wanted: Uint32Array = also;
  let tryBelow = Infinity;
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t];
    if (contenders === null && term.postings >= n / 16 && rest[t] <= tryBelow) {
      const threshold = kthScore(scores, k, mask, 0) ?? 0;
      contenders = contendersAmong(scores, threshold, mask, rest[t]);
      // A vain try costs as much as a long list of postings: the next one waits until it is likelier to succeed.
      tryBelow = Math.min(rest[t] * 0.8, Math.max(threshold, rest[t] * 0.5));
      if (contenders !== null) wanted = union(contenders, also);
    } else if (contenders !== null && contenders.length > 2 * k) {
      const fewer = stillContending(contenders, scores, k, rest[t]);
      if (fewer.length < 0.8 * contenders.length) {
        contenders = fewer;
        wanted = union(contenders, also);
      }
    }
    if (contenders !== null && wanted.length * LOOKUP_COST < term.postings) {
      addToSome(segments, term, wanted, scores);
    } else {
      addToAll(segments, term, scores);
    }
  }
  return contenders;
}

/** What the terms from t on can add to a passage at most, by t. */
function boundsOfRest(terms: readonly OwnTerm[]): Float64Array {
  const rest = new Float64Array(terms.length);
  let sum = 0;
  for (let t = terms.length - 1; t >= 0; t--) rest[t] = sum += terms[t].bound;
  return rest;
}

/**
 * The rows that can still be among the best k when the k-th has `threshold` and no row gets more than `rest` any more; null
 * if these are so many that looking them up one by one would not pay.
 */
function contendersAmong(
  scores: Float64Array,
  threshold: number,
  mask: Uint8Array | null,
  rest: number,
): Uint32Array | null {
  if (threshold <= rest) return null;
  return rowsFrom(scores, lowest(threshold, rest), mask, Math.floor(scores.length / 16));
}

function stillContending(rows: Uint32Array, scores: Float64Array, k: number, rest: number): Uint32Array {
  const own = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) own[i] = scores[rows[i]];
  const from = lowest(kthScore(own, k, null) ?? 0, rest);
  const still = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (own[i] >= from) still[count++] = rows[i];
  return still.subarray(0, count);
}

/** The lowest score from which `rest` may lead to `threshold`, with a margin for the rounding of sums. */
function lowest(threshold: number, rest: number): number {
  return threshold - rest - 1e-9 * threshold;
}

/** The distinct rows of two ascending lists, ascending. */
function union(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  let count = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const row = j === b.length || a[i] <= b[j] ? a[i] : b[j];
    while (i < a.length && a[i] === row) i++;
    while (j < b.length && b[j] === row) j++;
    both[count++] = row;
  }
  return both.subarray(0, count);
}
