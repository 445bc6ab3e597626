/**
 * The order of every result list: score descending, then id ascending, also at the cut at k. Knows arrays of scores and
 * the ranks of ids; nothing of how scores come about.
 */

/** Rows and their scores, best first. */
export interface RankedRows {
  readonly rows: Uint32Array;
  readonly scores: Float64Array;
}

/** `rankOfIds(ids)[r]` is the place of row r's id among all ids in ascending order of their UTF-16 code units. */
export function rankOfIds(ids: readonly string[]): Uint32Array {
  const order = Uint32Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : 0));
  const rank = new Uint32Array(ids.length);
  order.forEach((row, place) => {
    rank[row] = place;
  });
  return rank;
}

/**
 * The best k of the rows that have a score above `floor`.
 *
 * @param scores (n); no NaN
 * @param rank (n) of `rankOfIds`
 * @param mask (n), 0 leaves a row out; null leaves none out
 * @param floor rows with this score or less are left out: 0 for BM25, where 0 means that no term matched
 */
export function topK(
  scores: Float32Array | Float64Array,
  k: number,
  rank: Uint32Array,
  mask: Uint8Array | null = null,
  floor = -Infinity,
): RankedRows {
  const threshold = kthScore(scores, k, mask, floor);
  const rows = threshold === null ? rowsAbove(scores, floor, mask) : rowsFrom(scores, threshold, mask);
  return sortRows(
    rows,
    Float64Array.from(rows, (row) => scores[row]),
    k,
    rank,
  );
}

/**
 * The k-th largest of the scores above `floor`, or null if at most k rows are left to choose from.
 */
export function kthScore(
  scores: Float32Array | Float64Array,
  k: number,
  mask: Uint8Array | null,
  floor = -Infinity,
): number | null {
  if (k >= scores.length) return null;
  if (k <= 0) return Infinity;
  // Most scores are far below the k-th: a guess from a sample leaves few to look at.
  const stride = Math.floor(scores.length / SAMPLE);
  if (stride >= 4) {
    const guess = kthOfEvery(stride, scores, Math.ceil((1.5 * k) / stride) + 4, mask, floor);
    if (guess !== null) {
      const large = scoresFrom(scores, guess, mask);
      if (large.length >= k) return kthOfEvery(1, large, k, null, floor);
    }
  }
  return kthOfEvery(1, scores, k, mask, floor);
}

const SAMPLE = 4096;

/** The k-th largest of every `stride`-th score, or null if these are fewer than k. */
function kthOfEvery(
  stride: number,
  scores: ArrayLike<number>,
  k: number,
  mask: Uint8Array | null,
  floor: number,
): number | null {
  const heap = new Float64Array(k);
  let size = 0;
  for (let row = 0; row < scores.length; row += stride) {
    const score = scores[row];
    if (size === k) {
      if (score > heap[0] && (mask === null || mask[row] !== 0)) replaceTop(heap, size, score);
    } else if (score > floor && (mask === null || mask[row] !== 0)) {
      heap[size++] = score;
      // A sorted array is a heap: until it is full, order is not needed.
      if (size === k) heap.sort();
    }
  }
  return size < k ? null : heap[0];
}

function scoresFrom(
  scores: Float32Array | Float64Array,
  threshold: number,
  mask: Uint8Array | null,
): number[] {
  const large: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    if (score >= threshold && (mask === null || mask[row] !== 0)) large.push(score);
  }
  return large;
}

/** Rows in ascending order whose score is `threshold` or more; null if they are more than `limit`. */
export function rowsFrom(
  scores: Float32Array | Float64Array,
  threshold: number,
  mask: Uint8Array | null,
): Uint32Array;
export function rowsFrom(
  scores: Float32Array | Float64Array,
  threshold: number,
  mask: Uint8Array | null,
  limit: number,
): Uint32Array | null;
export function rowsFrom(
  scores: Float32Array | Float64Array,
  threshold: number,
  mask: Uint8Array | null,
  limit = Infinity,
): Uint32Array | null {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    if (scores[row] >= threshold && (mask === null || mask[row] !== 0)) {
      rows.push(row);
      if (rows.length > limit) return null;
    }
  }
  return Uint32Array.from(rows);
}

/**
 * The first k of `rows` in the order of results.
 *
 * @param scores aligned with `rows`
 * @param rank by row
 */
export function sortRows(rows: Uint32Array, scores: Float64Array, k: number, rank: Uint32Array): RankedRows {
  const threshold = kthScore(scores, k, null);
  const chosen = threshold === null ? Uint32Array.from(rows.keys()) : rowsFrom(scores, threshold, null);
  const order = chosen
    .sort((a, b) => scores[b] - scores[a] || rank[rows[a]] - rank[rows[b]])
    .subarray(0, Math.max(k, 0));
  return {
    rows: Uint32Array.from(order, (at) => rows[at]),
    scores: Float64Array.from(order, (at) => scores[at]),
  };
}

function rowsAbove(scores: Float32Array | Float64Array, floor: number, mask: Uint8Array | null): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    if (scores[row] > floor && (mask === null || mask[row] !== 0)) rows.push(row);
  }
  return Uint32Array.from(rows);
}

/** Puts `value` in the place of the smallest of a heap (smallest first). */
function replaceTop(heap: Float64Array, size: number, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= value) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = value;
}
