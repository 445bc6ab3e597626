/** Opens the fastest scanner that this machine has. */
import { JavaScriptScanner } from './javascript-scanner.js';
import { openOnnxScanner } from './onnx-scanner.js';
import type { OpenedScanner, Scanner, ScannerOptions } from './scanner.js';

/** The fastest scanner of this machine. */
export async function openScanner(options: ScannerOptions = {}): Promise<OpenedScanner> {
  if (options.implementation === 'javascript')
    return { scanner: new JavaScriptScanner(), fallbackReason: null };
  try {
    return { scanner: await openOnnxScanner(options.threads), fallbackReason: null };
  } catch (error) {
    if (options.implementation === 'onnxruntime') throw error;
    // Any failure to load native code (absent, wrong platform, old libc) leaves the slower, equal
    // way.
    return { scanner: new JavaScriptScanner(), fallbackReason: (error as Error).message };
  }
}

/**
 * A scanner that its first scan opens: loading native code takes longer than many a search, which
 * does without it.
 */
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
