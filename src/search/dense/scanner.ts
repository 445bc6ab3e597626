/**
 * The door of the exact scan: products of questions with every vector of a matrix. Two
 * implementations: onnxruntime, and plain JavaScript where its native module is missing.
 */

export interface Scanner {
  readonly name: 'onnxruntime' | 'javascript';
  /**
   * All products, (m x n) row-major, in float32 arithmetic: each is off the true product by at most
   * dim 2^-24 |query| |vector|, and not the same for every m, position or implementation.
   * `exactTopK` removes that.
   *
   * @param queries (m x dim), row-major, m >= 1
   * @param vectors (n x dim), row-major
   */
  scan(queries: Float32Array, vectors: Float32Array, dim: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface ScannerOptions {
  /** Threads of the native scan; default: one per core. */
  readonly threads?: number;
  /** Ask for one implementation; default: onnxruntime if it is installed. */
  readonly implementation?: Scanner['name'];
}

export interface OpenedScanner {
  readonly scanner: Scanner;
  /**
   * Why onnxruntime is not used, for people (doctor, status); null if it is or was not asked for.
   */
  readonly fallbackReason: string | null;
}
