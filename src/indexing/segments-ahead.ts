/**
 * Lexical segments built on a thread of their own while documents are still coming in, so that
 * sealing finds them there. Only saves time: sealing builds what is missing, whatever happens here.
 */
import { Worker } from 'node:worker_threads';
import type { StoreReader } from '../store/store.js';
import { SegmentBuilder } from './lexical/segment-builder.js';
import {
  LEAST_ROWS,
  LEXICAL_COLUMNS,
  lexicalRow,
  SegmentCutter,
  writeSegment,
} from './lexical/segments.js';

/** `follow`: rows were written; `end`: no more will be. */
export type SegmentOrder = 'follow' | 'end';

export interface ThreadStart {
  /** Of the index. */
  readonly dir: string;
  /** Rows that were in the store before. */
  readonly there: number;
}

const THREAD = new URL('./segment-thread.js', import.meta.url);

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
    this.#stopped = threads === 0;
  }

  /** Tells of rows that are in the store before any is written. */
  found(rows: number): void {
    this.#there += rows;
  }

  /**
   * Tells of rows that were written.
   * @param last they came behind all others; if not, segments change that the thread has seen, and
   * it ends
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

/**
 * Follows a store that grows at its end, and writes the lexical segments of its rows as soon as
 * they end. Every file is named by the rows that went into it, so that a store that changed
 * otherwise meanwhile gets files that nobody asks for, never a wrong one.
 */
export class SegmentFollower {
  readonly #dir: string;
  readonly #there: number;
  #cutter = new SegmentCutter();
  #builder = new SegmentBuilder();
  /** Rows taken so far. */
  #rows = 0;
  #begun = false;

  /**
   * @param dir of the index
   * @param there rows that were in the store before; segments that end among them are left to
   * sealing, which may have them
   */
  constructor(dir: string, there: number) {
    this.#dir = dir;
    this.#there = there;
  }

  /** Takes the rows that are new at this version. */
  async follow(reader: StoreReader): Promise<void> {
    if (!this.#begun) this.#rows = await firstOpenRow(reader, this.#there);
    this.#begun = true;
    for await (const rows of reader.scan(['id', 'documentHash', ...LEXICAL_COLUMNS], {
      offset: this.#rows,
    })) {
      for (const row of rows) {
        this.#rows++;
        this.#builder.add(lexicalRow(row));
        if (this.#cutter.add(row)) await this.end();
      }
    }
  }

  /** Writes the segment of the rows since the last one. */
  async end(): Promise<void> {
    const segment = this.#cutter.end();
    if (segment === null) return;
    const bytes = this.#builder.finish();
    this.#builder = new SegmentBuilder();
    await writeSegment(this.#dir, segment, bytes);
  }
}

/** Where the segment begins that has not ended within the first `limit` rows. */
async function firstOpenRow(reader: StoreReader, limit: number): Promise<number> {
  const cutter = new SegmentCutter();
  let row = 0;
  let first = 0;
  for await (const batch of reader.scan(['id', 'documentHash'], { limit })) {
    for (const passage of batch) {
      row++;
      if (!cutter.add(passage)) continue;
      cutter.end();
      first = row;
    }
  }
  return first;
}
