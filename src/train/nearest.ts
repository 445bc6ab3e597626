/**
 * The nearest rows of a matrix for many rows at once, by onnxruntime. Needs onnxruntime-node, as training does. Knows not what rows mean.
 */
import { topKGraph } from '../search/exact/onnx-graph.js';

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
    const batch = new ort.Tensor('float32', questions.slice(from * dim, to * dim), [to - from, dim]);
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
