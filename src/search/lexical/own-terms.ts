/**
 * Question terms that match only the passages' own words, such as most romanized n-grams. Their
 * statistics are known before any posting is read, so that a ranking can skip most postings of the
 * most frequent ones.
 */

import { halfValues } from '../../base/half.js';
import type { Norm } from './bm25.js';
import type { PlacedSegment } from './frequencies.js';
import type { RowSums } from './row-sums.js';
import type { Scores } from './scores.js';

export interface OwnTerm {
  /** weight * idf */
  readonly factor: number;
  /** Number of the term in each segment, -1 if it is absent. */
  readonly numbers: Int32Array;
  /** Number of postings over all segments, which is the document frequency. */
  readonly postings: number;
  /** Upper bound of the term's contribution to a score. */
  readonly bound: number;
  readonly norm: Norm;
}

/** The largest frequency of a term over the segments. */
export function largestFrequency(segments: readonly PlacedSegment[], numbers: Int32Array): number {
  let largest = 0;
  segments.forEach(({ segment }, s) => {
    if (numbers[s] >= 0)
      largest = Math.max(largest, halfValues[segment.field('own')!.maxima[numbers[s]]]);
  });
  return largest;
}

/** Number of postings of a term over the segments. */
export function postingsOf(segments: readonly PlacedSegment[], numbers: Int32Array): number {
  let count = 0;
  segments.forEach(({ segment }, s) => {
    if (numbers[s] < 0) return;
    const field = segment.field('own')!;
    count += field.postingEnds[numbers[s]] - field.start(numbers[s]);
  });
  return count;
}

/** Adds the term's contribution to every passage that has it. */
export function addToAll(segments: readonly PlacedSegment[], term: OwnTerm, scores: Scores): void {
  for (let s = 0; s < segments.length; s++) {
    const number = term.numbers[s];
    if (number < 0) continue;
    const { segment, firstRow } = segments[s];
    const field = segment.field('own')!;
    const { rows, frequencies } = field;
    const range = {
      rows,
      frequencies,
      start: field.start(number),
      end: field.postingEnds[number],
      firstRow,
    };
    scores.add(range, term.factor, term.norm);
  }
}

/**
 * Adds the term's contribution to some passages only, which are looked up in the postings: the cost
 * depends on their number, not on that of the postings.
 *
 * @param selected rows, ascending
 */
export function addToSome(
  segments: readonly PlacedSegment[],
  term: OwnTerm,
  selected: Uint32Array,
  scores: RowSums,
): void {
  const { factor, norm } = term;
  const { lengths, base, slope } = norm;
  const { byRow } = scores;
  let next = 0;
  for (let s = 0; s < segments.length; s++) {
    const { segment, firstRow } = segments[s];
    const endRow = firstRow + segment.rows;
    const number = term.numbers[s];
    if (number < 0) {
      while (next < selected.length && selected[next] < endRow) next++;
      continue;
    }
    const field = segment.field('own')!;
    const { rows, frequencies } = field;
    const end = field.postingEnds[number];
    let low = field.start(number);
    // Positions are interpolated, as postings are spread about evenly over the rows.
    const density = (end - low) / segment.rows;
    for (; next < selected.length && selected[next] < endRow; next++) {
      if (low === end) continue;
      const row = selected[next];
      const local = row - firstRow;
      const guess = low + Math.floor(Math.max(0, local - rows[low]) * density);
      low = lowerBound(rows, low, end, local, Math.min(guess, end - 1));
      if (low === end || rows[low] !== local) continue;
      const frequency = halfValues[frequencies[low]];
      if (byRow[row] === 0) scores.rows[scores.count++] = row;
      byRow[row] += (factor * frequency) / (frequency + base + slope * lengths[row]);
    }
  }
}

/**
 * The first index in [from, end) whose row is at least `row`, or `end`: galloping search from a
 * guess, then binary search.
 * @param guess in [from, end)
 */
function lowerBound(
  rows: Uint16Array,
  from: number,
  end: number,
  row: number,
  guess: number,
): number {
  let low = from;
  let high = guess;
  let step = 1;
  if (rows[guess] < row) {
    low = guess + 1;
    while (low + step <= end && rows[low + step - 1] < row) {
      low += step;
      step *= 2;
    }
    high = Math.min(low + step - 1, end);
  } else {
    while (high - step >= from && rows[high - step] >= row) {
      high -= step;
      step *= 2;
    }
    low = Math.max(from, high - step + 1);
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
