/**
 * The nearest rows of a matrix for many rows at once, by onnxruntime. Needs onnxruntime-node, as
 * training does.
 */

import { type PivotData, PivotVocabulary, type RelativesData } from '../pack/pivot.js';
import { topKGraph } from '../search/dense/onnx-scanner.js';

const BATCH = 500;

/** The k nearest rows for each of m questions, nearest first. */
export interface Nearest {
  readonly k: number;
  /** (m x k) row numbers */
  readonly rows: Int32Array;
  /** (m x k) inner products */
  readonly values: Float32Array;
}

/**
 * @param questions (m x dim), row-major
 * @param vectors (n x dim), row-major
 */
export async function nearest(
  questions: Float32Array,
  vectors: Float32Array,
  dim: number,
  most: number,
): Promise<Nearest> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(topKGraph());
  const m = questions.length / dim;
  const n = vectors.length / dim;
  const k = Math.min(most, n);
  const rows = new Int32Array(m * k);
  const values = new Float32Array(m * k);
  const matrix = new ort.Tensor('float32', vectors, [n, dim]);
  const count = new ort.Tensor('int64', BigInt64Array.from([BigInt(k)]), [1]);
  for (let from = 0; from < m; from += BATCH) {
    const to = Math.min(m, from + BATCH);
    const batch = new ort.Tensor('float32', questions.slice(from * dim, to * dim), [
      to - from,
      dim,
    ]);
    const found = await session.run({ queries: batch, vectors: matrix, k: count });
    values.set(found.values.data as Float32Array, from * k);
    rows.set(Int32Array.from(found.rows.data as BigInt64Array, Number), from * k);
  }
  await session.release();
  return { k, rows, values };
}

/** The mean product of each question with its `most` nearest rows. */
export function meanOfNearest({ k, values }: Nearest, most: number): Float32Array {
  const counted = Math.min(k, most);
  const means = new Float32Array(k === 0 ? 0 : values.length / k);
  for (let i = 0; i < means.length; i++) {
    for (let j = 0; j < counted; j++) means[i] += values[i * k + j] / counted;
  }
  return means;
}

/**
 * Which pivot stems mean nearly the same, by their vectors: "begin" and "start", "decide" and
 * "decision".
 */
export interface RelativesOptions {
  /** The most frequent stems, among which relatives are sought. */
  readonly stems: number;
  /** Relatives of a stem, at most. */
  readonly most: number;
  /** Cosine of the least alike relatives, whose nearness is 0. */
  readonly leastAlike: number;
  /**
   * Stems that say less than this (smooth inverse frequency) are nobody's relatives: generators
   * leave them out.
   */
  readonly leastWeight: number;
}

export async function findRelatives(
  pivot: PivotData,
  options: RelativesOptions,
): Promise<RelativesData> {
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
