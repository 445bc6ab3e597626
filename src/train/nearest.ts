/**
 * Nearest-neighbor search over the rows of a matrix for many queries at once, with
 * onnxruntime-node, and near-synonyms of pivot stems found with it.
 */

import { type PivotData, PivotVocabulary, type RelativesData } from '../pack/pivot.js';
import { topKGraph } from '../search/dense/onnx-scanner.js';

const BATCH = 500;

/** The k nearest rows of each of m query vectors, nearest first. */
export interface Nearest {
  readonly k: number;
  /** (m x k) row numbers */
  readonly rows: Int32Array;
  /** (m x k) inner products */
  readonly values: Float32Array;
}

/**
 * The `most` rows of `vectors` with the largest inner products, or all n if there are fewer.
 * @param queries (m x dim), row-major
 * @param vectors (n x dim), row-major
 */
export async function nearest(
  queries: Float32Array,
  vectors: Float32Array,
  dim: number,
  most: number,
): Promise<Nearest> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(topKGraph());
  const m = queries.length / dim;
  const n = vectors.length / dim;
  const k = Math.min(most, n);
  const rows = new Int32Array(m * k);
  const values = new Float32Array(m * k);
  const matrix = new ort.Tensor('float32', vectors, [n, dim]);
  const count = new ort.Tensor('int64', BigInt64Array.from([BigInt(k)]), [1]);
  for (let from = 0; from < m; from += BATCH) {
    const to = Math.min(m, from + BATCH);
    const batch = new ort.Tensor('float32', queries.slice(from * dim, to * dim), [to - from, dim]);
    const result = await session.run({ queries: batch, vectors: matrix, k: count });
    values.set(result.values.data as Float32Array, from * k);
    rows.set(Int32Array.from(result.rows.data as BigInt64Array, Number), from * k);
  }
  await session.release();
  return { k, rows, values };
}

/** (m) the mean inner product of each query vector with its `most` nearest rows. */
export function meanOfNearest({ k, values }: Nearest, most: number): Float32Array {
  const n = Math.min(k, most);
  const means = new Float32Array(k === 0 ? 0 : values.length / k);
  for (let i = 0; i < means.length; i++) {
    for (let j = 0; j < n; j++) means[i] += values[i * k + j] / n;
  }
  return means;
}

export interface RelativesOptions {
  /** Near-synonyms are searched among this many of the most frequent stems. */
  readonly stems: number;
  /** Maximum number of near-synonyms of a stem. */
  readonly most: number;
  /** Cosine similarity at which nearness is 0; pairs at or below it are dropped. */
  readonly leastAlike: number;
  /**
   * Stems with a lower weight (smooth inverse frequency) are dropped, as generators do not use
   * them.
   */
  readonly leastWeight: number;
}

/**
 * Near-synonyms among pivot stems by the cosine of their vectors: "begin" and "start", "decide" and
 * "decision".
 */
export async function findRelatives(
  pivot: PivotData,
  options: RelativesOptions,
): Promise<RelativesData> {
  const { dim } = pivot;
  const { leastAlike, leastWeight, most } = options;
  const vocabulary = new PivotVocabulary(pivot);
  const n = Math.min(options.stems, pivot.vectors.length / dim);
  const vectors = unitRows(pivot.vectors.subarray(0, n * dim), dim);
  // More neighbors than needed, because the stem itself and stems of low weight are dropped.
  const neighbors = await nearest(vectors, vectors, dim, 4 * most);
  const starts = new Uint32Array(n + 1);
  const stems: number[] = [];
  const nearness: number[] = [];
  for (let stem = 0; stem < n; stem++) {
    const first = stems.length;
    const end = (stem + 1) * neighbors.k;
    for (let at = stem * neighbors.k; at < end && stems.length - first < most; at++) {
      const other = neighbors.rows[at];
      if (neighbors.values[at] <= leastAlike) break;
      if (other === stem || vocabulary.weight(other) < leastWeight) continue;
      stems.push(other);
      nearness.push(Math.min(1, (neighbors.values[at] - leastAlike) / (1 - leastAlike)));
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
