/**
 * The order of every result list: score descending, then id ascending, also at the cut at k.
 */

/** Rows and their scores, best first. */
export interface RankedRows {
  readonly rows: Uint32Array;
  readonly scores: Float64Array;
}

/**
 * `rankOfIds(ids)[r]` is the position of row r's id among all ids in ascending order of their
 * UTF-16 code units.
 */
export function rankOfIds(ids: readonly string[]): Uint32Array {
  const order = Uint32Array.from(ids.keys()).sort((a, b) =>
    ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : 0,
  );
  const rank = new Uint32Array(ids.length);
  order.forEach((row, position) => {
    rank[row] = position;
  });
  return rank;
}

/**
 * The best k of the rows that have a score above `floor`.
 *
 * @param scores (n); no NaN
 * @param rank (n) of `rankOfIds`
 * @param mask (n), 0 leaves a row out; null leaves none out
 * @param floor rows with this score or less are left out: 0 for BM25, where 0 means that no term
 * matched
 */
export function topK(
  scores: Float32Array | Float64Array,
  k: number,
  rank: Uint32Array,
  mask: Uint8Array | null = null,
  floor = -Infinity,
): RankedRows {
  const rows = rowsOfBest(scores, k, mask, floor);
  return sortRows(
    rows,
    Float64Array.from(rows, (row) => scores[row]),
    k,
    rank,
  );
}

/**
 * The rows, ascending, whose scores are at most `margin` below the k-th largest: all rows above
 * `floor` if these are at most k.
 */
export function rowsOfBest(
  scores: Float32Array | Float64Array,
  k: number,
  mask: Uint8Array | null,
  floor = -Infinity,
  margin = 0,
): Uint32Array {
  const guess = guessKth(scores, k, mask, floor);
  if (guess !== null) {
    const rows = rowsFrom(scores, guess - margin, mask);
    const threshold = kthOfEvery(1, valuesAt(rows, scores), k, null, floor);
    if (threshold !== null && threshold >= guess) {
      return rows.filter((row) => scores[row] >= threshold - margin);
    }
  }
  const threshold = k >= scores.length ? null : kthOfEvery(1, scores, k, mask, floor);
  return threshold === null
    ? rowsAbove(scores, floor, mask)
    : rowsFrom(scores, threshold - margin, mask);
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
  const guess = guessKth(scores, k, mask, floor);
  if (guess !== null) {
    const large = valuesAt(rowsFrom(scores, guess, mask), scores);
    if (large.length >= k) return kthOfEvery(1, large, k, null, floor);
  }
  return kthOfEvery(1, scores, k, mask, floor);
}

/** About so many scores are a sample. */
const SAMPLE = 4096;

/**
 * A score that is most likely a little below the k-th largest, estimated from a sample, so that few
 * scores remain to be compared. Null if there are too few scores for a sample.
 */
function guessKth(
  scores: Float32Array | Float64Array,
  k: number,
  mask: Uint8Array | null,
  floor: number,
): number | null {
  const stride = Math.floor(scores.length / SAMPLE);
  return stride < 4
    ? null
    : kthOfEvery(stride, scores, Math.ceil((1.5 * k) / stride) + 4, mask, floor);
}

/** The k-th largest of every `stride`-th score, or null if these are fewer than k. */
function kthOfEvery(
  stride: number,
  scores: ArrayLike<number>,
  k: number,
  mask: Uint8Array | null,
  floor: number,
): number | null {
  if (k <= 0) return Infinity;
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

function valuesAt(rows: Uint32Array, scores: Float32Array | Float64Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = scores[rows[i]];
  return values;
}

/** Rows in ascending order whose score is `threshold` or more. */
export function rowsFrom(
  scores: Float32Array | Float64Array,
  threshold: number,
  mask: Uint8Array | null,
): Uint32Array {
  const n = scores.length;
  const whole = n - (n % 4);
  let rows = new Uint32Array(1024);
  let count = 0;
  // Four at a time: nearly always none of them qualifies, and this takes a third of the time.
  for (let first = 0; first < n; first += 4) {
    if (
      first === whole ||
      scores[first] >= threshold ||
      scores[first + 1] >= threshold ||
      scores[first + 2] >= threshold ||
      scores[first + 3] >= threshold
    ) {
      const end = Math.min(first + 4, n);
      for (let row = first; row < end; row++) {
        if (!(scores[row] >= threshold) || (mask !== null && mask[row] === 0)) continue;
        if (count === rows.length) rows = doubled(rows);
        rows[count++] = row;
      }
    }
  }
  return rows.subarray(0, count);
}

function doubled(rows: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(rows.length * 2);
  more.set(rows);
  return more;
}

/**
 * The first k of `rows` in the order of results.
 *
 * @param scores aligned with `rows`
 * @param rank by row
 */
export function sortRows(
  rows: Uint32Array,
  scores: Float64Array,
  k: number,
  rank: Uint32Array,
): RankedRows {
  const order = rowsOfBest(scores, k, null)
    .sort((a, b) => scores[b] - scores[a] || rank[rows[a]] - rank[rows[b]])
    .subarray(0, Math.max(k, 0));
  return {
    rows: Uint32Array.from(order, (at) => rows[at]),
    scores: Float64Array.from(order, (at) => scores[at]),
  };
}

function rowsAbove(
  scores: Float32Array | Float64Array,
  floor: number,
  mask: Uint8Array | null,
): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    if (scores[row] > floor && (mask === null || mask[row] !== 0)) rows.push(row);
  }
  return Uint32Array.from(rows);
}

/** Replaces the smallest value of a heap (smallest first). */
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
