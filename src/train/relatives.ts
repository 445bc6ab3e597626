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
  readonly most: number;
  /** Cosine of the least alike relatives. */
  readonly leastAlike: number;
  /** Stems that say less than this (smooth inverse frequency) have no relatives and are none. */
  readonly leastWeight: number;
  /** What a relative gets of a stem's links, times their cosine. */
  readonly share: number;
}

export async function findRelatives(pivot: PivotData, options: RelativesOptions): Promise<RelativesData> {
  const { dim } = pivot;
  const vocabulary = new PivotVocabulary(pivot);
  const n = Math.min(options.stems, pivot.vectors.length / dim);
  const says = (stem: number) => vocabulary.weight(stem) >= options.leastWeight;
  const vectors = unitRows(pivot.vectors.subarray(0, n * dim), dim);
  // Room for the stem itself and for relatives that say too little.
  const found = await nearest(vectors, vectors, dim, 4 * options.most);
  const starts = new Uint32Array(n + 1);
  const stems: number[] = [];
  const shares: number[] = [];
  for (let stem = 0; stem < n; stem++) {
    let kept = 0;
    for (let at = stem * found.k; says(stem) && at < (stem + 1) * found.k && kept < options.most; at++) {
      const other = found.rows[at];
      if (other === stem || found.values[at] < options.leastAlike || !says(other)) continue;
      stems.push(other);
      shares.push(options.share * found.values[at]);
      kept++;
    }
    starts[stem + 1] = stems.length;
  }
  return { starts, stems: Uint32Array.from(stems), shares: Float32Array.from(shares) };
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
