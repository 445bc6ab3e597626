/**
 * The door of the exact scan: products of questions with every vector of a matrix. Two implementations: onnxruntime, and
 * plain JavaScript where its native module is missing. Knows no ids, no order of results and no language.
 */
import { JavaScriptScanner } from './javascript-scanner.js';
import { openOnnxScanner } from './onnx-scanner.js';

export interface Scanner {
  readonly name: 'onnxruntime' | 'javascript';
  /**
   * All products, (m x n) row-major, in float32 arithmetic: each is off the true product by at most
   * dim 2^-24 |query| |vector|, and not the same for every m, position or implementation. `exactTopK` removes that.
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
  /** Why onnxruntime is not used, for people (doctor, status); null if it is or was not asked for. */
  readonly fallbackReason: string | null;
}

/** The fastest scanner of this machine. */
export async function openScanner(options: ScannerOptions = {}): Promise<OpenedScanner> {
  if (options.implementation === 'javascript')
    return { scanner: new JavaScriptScanner(), fallbackReason: null };
  try {
    return { scanner: await openOnnxScanner(options.threads), fallbackReason: null };
  } catch (error) {
    if (options.implementation === 'onnxruntime') throw error;
    // Any failure to load native code (absent, wrong platform, old libc) leaves the slower, equal way.
    return { scanner: new JavaScriptScanner(), fallbackReason: (error as Error).message };
  }
}

/** A scanner that its first scan opens: loading native code takes longer than many a search, which does without it. */
export class LateScanner implements Pick<Scanner, 'scan' | 'close'> {
  readonly #options: ScannerOptions;
  #opened: Promise<OpenedScanner> | null = null;

  constructor(options: ScannerOptions = {}) {
    this.#options = options;
  }

  async scan(queries: Float32Array, vectors: Float32Array, dim: number): Promise<Float32Array> {
    this.#opened ??= openScanner(this.#options);
    const { scanner } = await this.#opened;
    return scanner.scan(queries, vectors, dim);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.scanner.close();
  }
}
