/**
 * The scan by onnxruntime: one Gemm over the matrix as an input tensor, so that it is not copied and one session serves every
 * matrix. onnxruntime-node is an optional peer: it is imported when the first scanner is opened.
 *
 * Its `run` works synchronously on the calling thread (measured in 1.30), so a scan does not overlap other JavaScript.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { productGraph } from './onnx-graph.js';
import type { Scanner } from './scanner.js';

type TensorClass = typeof Tensor;

/**
 * @param threads at most so many; default: one per core
 * @throws Error of the module loader if onnxruntime-node is not installed or does not fit this machine
 */
export async function openOnnxScanner(threads?: number): Promise<Scanner> {
  const runtime = await import('onnxruntime-node');
  const session = await runtime.InferenceSession.create(productGraph(), {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    // As the graph is written: see there.
    graphOptimizationLevel: 'disabled',
    // Idle threads that spin take the time of the JavaScript that follows a scan.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  return new OnnxScanner(session, runtime.Tensor);
}

class OnnxScanner implements Scanner {
  readonly name = 'onnxruntime';
  readonly #session: InferenceSession;
  readonly #tensor: TensorClass;

  constructor(session: InferenceSession, tensor: TensorClass) {
    this.#session = session;
    this.#tensor = tensor;
  }

  async scan(queries: Float32Array, vectors: Float32Array, dim: number): Promise<Float32Array> {
    const m = queries.length / dim;
    const n = vectors.length / dim;
    if (n === 0) return new Float32Array(0);
    const results = await this.#session.run({
      queries: new this.#tensor('float32', queries, [m, dim]),
      vectors: new this.#tensor('float32', vectors, [n, dim]),
    });
    return results.scores.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
