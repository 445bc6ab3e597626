/**
 * Word alignment: learns from sentence pairs which terms of two languages translate each other. IBM
 * Model 1 (Brown et al. 1993) in both directions, trained to agree (Liang, Taskar, Klein 2006): in
 * the later iterations a link counts by the product of both directions' posteriors, so that a rare
 * word is no longer aligned with every word of its sentences.
 */
import type { PairSet } from './pairs.js';

export interface AlignmentOptions {
  /** Number of iterations in which each direction learns alone. */
  readonly alone: number;
  /** Number of iterations after them, in which the directions are trained to agree. */
  readonly agreeing: number;
  /** Probability mass of the empty word, as a number of ordinary words. */
  readonly empty: number;
}

/**
 * Expected links: `counts[c]` is how often pivot term `pivot[c]` (e) and foreign term `foreign[c]`
 * (f) are aligned, in weighted pairs. Sorted by e, then f.
 */
export interface LinkCounts {
  readonly pivot: Int32Array;
  readonly foreign: Int32Array;
  readonly counts: Float64Array;
}

/**
 * The possible links of all sentence pairs. Link (i, j) of pair s belongs to the distinct (e, f)
 * pair numbered `cells[offsets[s] + i * nForeign + j]`, with e in `pivot` and f in `foreign`.
 */
interface Cells {
  readonly cells: Int32Array;
  readonly offsets: Float64Array;
  readonly pivot: Int32Array;
  readonly foreign: Int32Array;
}

export function align(pairs: PairSet, options: AlignmentOptions): LinkCounts {
  const grid = numberCells(pairs);
  const n = grid.pivot.length;
  const forward = new Float64Array(n).fill(1); // t(f | e)
  const backward = new Float64Array(n).fill(1); // t(e | f)
  const forwardEmpty = new Float64Array(pairs.foreign.size).fill(1); // t(f | empty)
  const backwardEmpty = new Float64Array(pairs.pivot.size).fill(1);
  const forwardCounts = new Float64Array(n);
  const backwardCounts = new Float64Array(n);
  const joint = new Float64Array(n);

  const last = options.alone + options.agreeing;
  for (let iteration = 1; iteration <= last; iteration++) {
    const agree = iteration > options.alone;
    forwardCounts.fill(0);
    backwardCounts.fill(0);
    joint.fill(0);
    const fEmpty = new Float64Array(forwardEmpty.length);
    const bEmpty = new Float64Array(backwardEmpty.length);
    let p1 = new Float64Array(1024);
    let p2 = new Float64Array(1024);
    for (let s = 0; s < pairs.weights.length; s++) {
      const i0 = pairs.pivotStarts[s];
      const ne = pairs.pivotStarts[s + 1] - i0;
      const j0 = pairs.foreignStarts[s];
      const nf = pairs.foreignStarts[s + 1] - j0;
      const at = grid.offsets[s];
      const w = pairs.weights[s];
      if (p1.length < ne * nf) {
        p1 = new Float64Array(2 * ne * nf);
        p2 = new Float64Array(2 * ne * nf);
      }
      for (let j = 0; j < nf; j++) {
        const f = pairs.foreignIds[j0 + j];
        const unaligned = options.empty * forwardEmpty[f];
        let sum = unaligned;
        for (let i = 0; i < ne; i++) sum += forward[grid.cells[at + i * nf + j]];
        for (let i = 0; i < ne; i++) p1[i * nf + j] = forward[grid.cells[at + i * nf + j]] / sum;
        fEmpty[f] += (w * unaligned) / sum;
      }
      for (let i = 0; i < ne; i++) {
        const e = pairs.pivotIds[i0 + i];
        const row = at + i * nf;
        const unaligned = options.empty * backwardEmpty[e];
        let sum = unaligned;
        for (let j = 0; j < nf; j++) sum += backward[grid.cells[row + j]];
        for (let j = 0; j < nf; j++) p2[i * nf + j] = backward[grid.cells[row + j]] / sum;
        bEmpty[e] += (w * unaligned) / sum;
      }
      for (let c = 0; c < ne * nf; c++) {
        const cell = grid.cells[at + c];
        const both = p1[c] * p2[c];
        joint[cell] += w * both;
        forwardCounts[cell] += w * (agree ? both : p1[c]);
        backwardCounts[cell] += w * (agree ? both : p2[c]);
      }
    }
    normalize(forward, forwardCounts, grid.pivot, pairs.pivot.size);
    normalize(backward, backwardCounts, grid.foreign, pairs.foreign.size);
    normalizeAll(forwardEmpty, fEmpty);
    normalizeAll(backwardEmpty, bEmpty);
  }
  return { pivot: grid.pivot, foreign: grid.foreign, counts: joint };
}

/**
 * t(x | y) = counts / sum of the counts with the same y; at least 1e-9, so that a link without
 * counts can recover.
 */
function normalize(t: Float64Array, counts: Float64Array, y: Int32Array, size: number): void {
  const totals = new Float64Array(size);
  for (let c = 0; c < counts.length; c++) totals[y[c]] += counts[c];
  for (let c = 0; c < counts.length; c++)
    t[c] = Math.max(1e-9, counts[c] / Math.max(totals[y[c]], 1e-12));
}

function normalizeAll(t: Float64Array, counts: Float64Array): void {
  let total = 0;
  for (const count of counts) total += count;
  for (let x = 0; x < t.length; x++) t[x] = Math.max(1e-9, counts[x] / Math.max(total, 1e-12));
}

/** Numbers the distinct (e, f) that occur in a sentence pair, in the order of e, then f. */
function numberCells(pairs: PairSet): Cells {
  const nPairs = pairs.weights.length;
  const offsets = new Float64Array(nPairs + 1);
  const perPivot = new Float64Array(pairs.pivot.size + 1);
  for (let s = 0; s < nPairs; s++) {
    const nf = pairs.foreignStarts[s + 1] - pairs.foreignStarts[s];
    offsets[s + 1] = offsets[s] + (pairs.pivotStarts[s + 1] - pairs.pivotStarts[s]) * nf;
    for (let i = pairs.pivotStarts[s]; i < pairs.pivotStarts[s + 1]; i++)
      perPivot[pairs.pivotIds[i] + 1] += nf;
  }
  for (let e = 0; e < pairs.pivot.size; e++) perPivot[e + 1] += perPivot[e];
  const total = offsets[nPairs];
  // All links sorted by e: the foreign term of each and its position in `cells`.
  const linkForeign = new Int32Array(total);
  const linkCell = new Int32Array(total);
  const fill = perPivot.slice();
  for (let s = 0; s < nPairs; s++) {
    let cell = offsets[s];
    for (let i = pairs.pivotStarts[s]; i < pairs.pivotStarts[s + 1]; i++) {
      const e = pairs.pivotIds[i];
      for (let j = pairs.foreignStarts[s]; j < pairs.foreignStarts[s + 1]; j++) {
        linkForeign[fill[e]] = pairs.foreignIds[j];
        linkCell[fill[e]++] = cell++;
      }
    }
  }
  const cells = new Int32Array(total);
  const number = new Int32Array(pairs.foreign.size).fill(-1);
  const pivot: number[] = [];
  const foreign: number[] = [];
  for (let e = 0; e < pairs.pivot.size; e++) {
    const first = pivot.length;
    const distinct: number[] = [];
    for (let x = perPivot[e]; x < perPivot[e + 1]; x++) {
      const f = linkForeign[x];
      if (number[f] < first) {
        number[f] = first;
        distinct.push(f);
      }
    }
    distinct.sort((a, b) => a - b);
    for (const f of distinct) {
      number[f] = pivot.length;
      pivot.push(e);
      foreign.push(f);
    }
    for (let x = perPivot[e]; x < perPivot[e + 1]; x++) cells[linkCell[x]] = number[linkForeign[x]];
  }
  return { cells, offsets, pivot: Int32Array.from(pivot), foreign: Int32Array.from(foreign) };
}
