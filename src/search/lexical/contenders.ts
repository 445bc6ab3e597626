/**
 * Dynamic pruning with MaxScore (Turtle and Flood 1995): terms are processed by descending upper
 * bound of their contribution, and once the remaining terms cannot lift an unseen passage into the
 * top k, only the passages that are still contenders are looked up in the postings.
 */
import { kthScore } from '../top-k.js';
import type { PlacedSegment } from './frequencies.js';
import { addToAll, addToSome, type OwnTerm } from './own-terms.js';
import type { RowSums } from './row-sums.js';
import { lowest, type Scores } from './scores.js';

/** Cost of one lookup in a term's postings, in units of reading one posting. */
const LOOKUP_COST = 24;
/** Cost of determining the contenders, in postings per row that has a score. */
const SELECTION_COST = 1;

/**
 * Adds the contributions of the terms, in their order, to `scores`. Scores are complete for the
 * returned rows and for those in `also`.
 *
 * @param terms by descending `bound`
 * @param scores scores so far; modified in place
 * @param mask (n), 0 excludes a row; null excludes none
 * @param also rows, ascending, whose scores must be complete
 * @returns all rows that may be among the best k; they have a score and pass the mask
 */
export function addContending(
  segments: readonly PlacedSegment[],
  terms: readonly OwnTerm[],
  scores: Scores,
  k: number,
  mask: Uint8Array | null,
  also: Uint32Array,
): Uint32Array {
  const rest = boundsOfRest(terms);
  // Sorting more contenders and looking them up one by one would cost more than it saves.
  const maxContenders = scores.byRow.length / 16;
  let contenders: Uint32Array | null = null;
  let needed: Uint32Array = also;
  let selectBelow = Infinity;
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t];
    if (
      contenders === null &&
      scores.count > k &&
      term.postings >= SELECTION_COST * scores.count &&
      rest[t] <= selectBelow
    ) {
      const { threshold, rows } = scores.contending(k, rest[t], mask);
      if (rows !== null && rows.length <= maxContenders) {
        contenders = rows.slice().sort();
        needed = union(contenders, also);
      } else {
        // A failed attempt costs as much as a long list of postings, so the next one waits until it
        // is more likely to succeed.
        selectBelow = Math.min(rest[t] * 0.8, Math.max(threshold, rest[t] * 0.5));
      }
    } else if (contenders !== null && contenders.length > 2 * k) {
      const threshold = kthScore(valuesAt(contenders, scores), k, null) ?? 0;
      const fewer = atLeast(
        lowest(threshold, rest[t]),
        contenders,
        scores,
        0.8 * contenders.length,
      );
      if (fewer !== null) {
        contenders = fewer;
        needed = union(contenders, also);
      }
    }
    if (contenders !== null && needed.length * LOOKUP_COST < term.postings) {
      addToSome(segments, term, needed, scores);
    } else {
      addToAll(segments, term, scores);
    }
  }
  return contenders ?? passing(scores, mask);
}

/** By t: the upper bound of what the terms from t on can add to a score. */
function boundsOfRest(terms: readonly OwnTerm[]): Float64Array {
  const rest = new Float64Array(terms.length);
  let sum = 0;
  for (let t = terms.length - 1; t >= 0; t--) rest[t] = sum += terms[t].bound;
  return rest;
}

/** The rows that have a score and pass the mask. */
function passing({ rows, count }: RowSums, mask: Uint8Array | null): Uint32Array {
  const scored = rows.subarray(0, count);
  return mask === null ? scored : scored.filter((row) => mask[row] !== 0);
}

function valuesAt(rows: Uint32Array, { byRow }: RowSums): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = byRow[rows[i]];
  return values;
}

/** The rows whose score is at least `threshold`, in their order; null if more than `most` are. */
function atLeast(
  threshold: number,
  rows: Uint32Array,
  { byRow }: RowSums,
  most: number,
): Uint32Array | null {
  const selected = new Uint32Array(most);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (byRow[rows[i]] < threshold) continue;
    if (count === selected.length) return null;
    selected[count++] = rows[i];
  }
  return selected.subarray(0, count);
}

/** The distinct rows of two ascending lists, ascending. */
function union(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (b.length === 0) return a;
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
