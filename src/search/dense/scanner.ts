/**
 * The interface of the exact scan: inner products of questions with every row of a matrix. It is
 * implemented with onnxruntime, and in plain JavaScript for machines without the native module.
 */

export interface Scanner {
  readonly name: 'onnxruntime' | 'javascript';
  /**
   * All inner products in float32, (m x n) row-major. The error of each is at most dim 2^-24
   * |query| |vector| and depends on m, the position and the implementation; `exactTopK` makes up
   * for that.
   *
   * @param queries (m x dim), row-major, m >= 1
   * @param vectors (n x dim), row-major
   */
  scan(queries: Float32Array, vectors: Float32Array, dim: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface ScannerOptions {
  /** Number of threads of the native scan; one per core by default. */
  readonly threads?: number;
  /** By default onnxruntime if it can be loaded, else JavaScript. */
  readonly implementation?: Scanner['name'];
}

export interface OpenedScanner {
  readonly scanner: Scanner;
  /**
   * Why onnxruntime could not be loaded, as text for doctor and status; null if it was loaded or
   * not requested.
   */
  readonly fallbackReason: string | null;
}
