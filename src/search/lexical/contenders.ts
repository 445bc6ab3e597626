/**
 * Reads only the postings that can change a list of the best k (MaxScore, Turtle and Flood 1995):
 * terms come in the order of what they can add at most; once the rest cannot lift an unseen passage
 * into the list, only passages that are still in question are looked up.
 */
import { kthScore } from '../top-k.js';
import type { PlacedSegment } from './frequencies.js';
import { addToAll, addToSome, type OwnTerm } from './own-terms.js';
import type { RowSums } from './row-sums.js';
import { lowest, type Scores } from './scores.js';

/** A lookup in a term's postings costs about as much as reading so many of them. */
const LOOKUP_COST = 24;
/**
 * To look for contenders costs about as much as reading so many postings for each row that has a
 * score.
 */
const TRY_COST = 1;

/**
 * Adds the terms' contributions to `scores`, in their order: complete for the rows that are
 * returned and for `also`.
 *
 * @param terms by `bound`, largest first
 * @param scores what the rows have so far; changed
 * @param mask (n), 0 leaves a row out; null leaves none out
 * @param also rows (ascending) whose scores must be complete
 * @returns the only rows that can be among the best k; all have a score, and pass the mask
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
  // To put more in order and to look them up one by one would not pay.
  const most = scores.byRow.length / 16;
  let contenders: Uint32Array | null = null;
  let wanted: Uint32Array = also;
  let tryBelow = Infinity;
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t];
    if (
      contenders === null &&
      scores.count > k &&
      term.postings >= TRY_COST * scores.count &&
      rest[t] <= tryBelow
    ) {
      const { threshold, rows } = scores.contending(k, rest[t], mask);
      if (rows !== null && rows.length <= most) {
        contenders = rows.slice().sort();
        wanted = union(contenders, also);
      } else {
        // A vain try costs as much as a long list of postings: the next one waits until it is
        // likelier to succeed.
        tryBelow = Math.min(rest[t] * 0.8, Math.max(threshold, rest[t] * 0.5));
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
        wanted = union(contenders, also);
      }
    }
    if (contenders !== null && wanted.length * LOOKUP_COST < term.postings) {
      addToSome(segments, term, wanted, scores);
    } else {
      addToAll(segments, term, scores);
    }
  }
  return contenders ?? passing(scores, mask);
}

/** What the terms from t on can add to a passage at most, by t. */
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

/**
 * The rows whose score is `threshold` or more, in their order; null if they are more than `most`.
 */
function atLeast(
  threshold: number,
  rows: Uint32Array,
  { byRow }: RowSums,
  most: number,
): Uint32Array | null {
  const found = new Uint32Array(most);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (byRow[rows[i]] < threshold) continue;
    if (count === found.length) return null;
    found[count++] = rows[i];
  }
  return found.subarray(0, count);
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
