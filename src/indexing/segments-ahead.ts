/**
 * Lexical segments built on a thread of their own while documents are still coming in, so that sealing finds them there. Only saves time:
 * sealing builds what is missing, whatever happens here. Knows no row.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LEAST_ROWS } from './segments.js';

/** `follow`: rows were written; `end`: no more will be. */
export type SegmentOrder = 'follow' | 'end';

export interface ThreadStart {
  /** Of the index. */
  readonly dir: string;
  /** Rows that were in the store before. */
  readonly there: number;
}

/** Absent where the sources run without being compiled. */
const THREAD = fileURLToPath(new URL('./segment-thread.js', import.meta.url));

export class SegmentsAhead {
  readonly #dir: string;
  #there = 0;
  #written = 0;
  #worker: Worker | null = null;
  #stopped: boolean;

  /**
   * @param dir of the index
   * @param threads 0: none
   */
  constructor(dir: string, threads?: number) {
    this.#dir = dir;
    this.#stopped = threads === 0 || !existsSync(THREAD);
  }

  /** Tells of rows that are in the store before any is written. */
  found(rows: number): void {
    this.#there += rows;
  }

  /**
   * Tells of rows that were written.
   * @param last they came behind all others; if not, segments change that the thread has seen, and it ends
   */
  async written(rows: number, last: boolean): Promise<void> {
    if (!last) await this.close();
    this.#written += rows;
    // Fewer rows seldom fill a segment, and are soon sealed.
    if (this.#stopped || this.#written < LEAST_ROWS) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage('follow' satisfies SegmentOrder);
  }

  /** Waits until the segments of all rows are there, or the thread is gone. */
  async finish(): Promise<void> {
    const worker = this.#worker;
    if (worker !== null) {
      await new Promise<void>((resolve) => {
        worker.once('exit', () => resolve());
        worker.once('message', () => resolve());
        worker.postMessage('end' satisfies SegmentOrder);
      });
    }
    await this.close();
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(THREAD, {
      workerData: { dir: this.#dir, there: this.#there } satisfies ThreadStart,
    });
    // Sealing meets the same trouble, if it is still there, and says so.
    worker.once('error', () => {
      this.#stopped = true;
    });
    worker.once('exit', () => {
      this.#worker = null;
      this.#stopped = true;
    });
    return worker;
  }
}
