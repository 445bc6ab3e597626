/**
 * Which pivot stems mean nearly the same, by their vectors: "begin" and "start", "decide" and "decision". Knows no language but the
 * pivot.
 */
import { type PivotData, PivotVocabulary } from '../pack/pivot.js';
import type { RelativesData } from '../pack/relatives.js';
import { nearest } from './nearest.js';

export interface RelativesOptions {
  /** The most frequent stems, among which relatives are sought. */
  readonly stems: number;
  /** Relatives of a stem, at most. */
  readonly most: number;
  /** Cosine of the least alike relatives, whose nearness is 0. */
  readonly leastAlike: number;
  /** Stems that say less than this (smooth inverse frequency) are nobody's relatives: generators leave them out. */
  readonly leastWeight: number;
}

export async function findRelatives(pivot: PivotData, options: RelativesOptions): Promise<RelativesData> {
  const { dim } = pivot;
  const { leastAlike, leastWeight, most } = options;
  const vocabulary = new PivotVocabulary(pivot);
  const n = Math.min(options.stems, pivot.vectors.length / dim);
  const vectors = unitRows(pivot.vectors.subarray(0, n * dim), dim);
  // Room for the stem itself and for relatives that say too little.
  const found = await nearest(vectors, vectors, dim, 4 * most);
  const starts = new Uint32Array(n + 1);
  const stems: number[] = [];
  const nearness: number[] = [];
  for (let stem = 0; stem < n; stem++) {
    const first = stems.length;
    for (let at = stem * found.k; at < (stem + 1) * found.k && stems.length - first < most; at++) {
      const other = found.rows[at];
      if (found.values[at] <= leastAlike) break;
      if (other === stem || vocabulary.weight(other) < leastWeight) continue;
      stems.push(other);
      nearness.push(Math.min(1, (found.values[at] - leastAlike) / (1 - leastAlike)));
    }
    starts[stem + 1] = stems.length;
  }
  return { starts, stems: Uint32Array.from(stems), nearness: Float32Array.from(nearness) };
}

function unitRows(bytes: Int8Array, dim: number): Float32Array {
  const rows = Float32Array.from(bytes);
  for (let from = 0; from < rows.length; from += dim) {
    const row = rows.subarray(from, from + dim);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1;
    for (let d = 0; d < dim; d++) row[d] /= length;
  }
  return rows;
}
