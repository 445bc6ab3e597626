/** Opens the fastest scanner that this machine supports. */
import { JavaScriptScanner } from './javascript-scanner.js';
import { openOnnxScanner } from './onnx-scanner.js';
import type { OpenedScanner, Scanner, ScannerOptions } from './scanner.js';

/**
 * The fastest scanner that this machine supports, or the requested one.
 * @throws Error from the module loader when onnxruntime is requested and cannot be loaded
 */
export async function openScanner(options: ScannerOptions = {}): Promise<OpenedScanner> {
  if (options.implementation === 'javascript')
    return { scanner: new JavaScriptScanner(), fallbackReason: null };
  try {
    return { scanner: await openOnnxScanner(options.threads), fallbackReason: null };
  } catch (error) {
    if (options.implementation === 'onnxruntime') throw error;
    // Whatever prevents loading native code (not installed, wrong platform, old libc), JavaScript
    // is slower but equivalent.
    return { scanner: new JavaScriptScanner(), fallbackReason: (error as Error).message };
  }
}

/**
 * A scanner that is opened by its first scan: loading native code takes longer than many searches
 * that do not need it.
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
