/**
 * Passages on their way to rows, and rows on their way to the store: encodes in small batches, a
 * few of them at a time, writes whole documents in large ones, and computes while the store writes.
 * Holds at most two writes' rows and the largest document.
 */
import { setImmediate } from 'node:timers/promises';
import { XqgError } from '../base/errors.js';
import type { Passage } from '../corpus/passage.js';
import { checkPassage } from '../store/passage-check.js';
import type { IndexedPassage, PassageStore } from '../store/store.js';
import { type ComputedRow, computeRows, type RowRecipe } from './compute.js';

/**
 * Rows are written after this long at the latest (ms), so that a slow generator's work is not lost.
 */
const LONGEST_WAIT = 30_000;

/** What one write put into the store. */
interface Written {
  readonly documents: number;
  readonly rows: number;
  /** True if the store held none of these documents. */
  readonly allNew: boolean;
}

export interface RowQueueOptions {
  readonly writeRows: number;
  readonly computeRows: number;
  /** Called for documents that are in the store, before the next ones are written. */
  readonly onWritten: (written: Written) => Promise<void>;
  /** Called for a document that the store must not have. */
  readonly onFailure: (path: string, error: XqgError) => void;
  /** Called with how many passages were computed, without those that failed. */
  readonly onComputed: (passages: number) => void;
}

/** Where rows go: the part of a store that this needs. */
export type RowSink = Pick<PassageStore, 'shape' | 'upsert'>;

/** Takes the passages of documents and sees to it that their rows get into the store. */
export interface DocumentQueue {
  /**
   * Takes the passages of one document, one or more.
   * @param isNew the store holds nothing of this document
   */
  add(passages: readonly Passage[], hash: string, isNew: boolean): Promise<void>;
  /** Computes and writes all that is left. */
  finish(): Promise<void>;
  /** Writes the documents that are computed; the others are dropped. */
  flush(): Promise<void>;
}

interface PendingDocument {
  readonly hash: string;
  readonly isNew: boolean;
  readonly passages: readonly Passage[];
  readonly rows: (IndexedPassage | XqgError)[];
}

interface PendingPassage {
  readonly document: PendingDocument;
  readonly passage: Passage;
}

export class RowQueue implements DocumentQueue {
  readonly #store: RowSink;
  readonly #recipe: RowRecipe;
  readonly #options: RowQueueOptions;
  /** Passages that wait for being computed, in the order they came. */
  #waiting: PendingPassage[] = [];
  /** True once passages are computed as they come. */
  #begun = false;
  /** Batches that are being computed, in the order they came. */
  #computing: {
    readonly batch: readonly PendingPassage[];
    readonly rows: Promise<(ComputedRow | XqgError)[]>;
  }[] = [];
  /** Rows of whole documents, to be written next. */
  #ready: IndexedPassage[] = [];
  #readyDocuments = 0;
  /** True if the store holds none of these documents. */
  #allNew = true;
  #writing: Promise<void> = Promise.resolve();
  #lastWrite = performance.now();

  constructor(store: RowSink, recipe: RowRecipe, options: RowQueueOptions) {
    this.#store = store;
    this.#recipe = recipe;
    this.#options = options;
  }

  async add(passages: readonly Passage[], hash: string, isNew: boolean): Promise<void> {
    const document: PendingDocument = { hash, isNew, passages, rows: [] };
    for (const passage of passages) this.#waiting.push({ document, passage });
    const { expectations } = this.#recipe;
    // Until as many have come, threads may not be worth their start.
    if (!this.#begun && this.#waiting.length < (expectations?.startAfter ?? 0)) return;
    if (!this.#begun) expectations?.start();
    this.#begun = true;
    while (this.#waiting.length >= this.#options.computeRows) await this.#compute();
  }

  async finish(): Promise<void> {
    while (this.#waiting.length > 0) await this.#compute();
    while (this.#computing.length > 0) await this.#collect();
    await this.flush();
  }

  /**
   * Writes the documents that are computed; those that wait, or are being computed, are dropped.
   */
  async flush(): Promise<void> {
    this.#waiting = [];
    this.#computing = [];
    await this.#write();
    await this.#writing;
  }

  /**
   * Begins to compute the next batch, and takes the rows of the one that was begun so many batches
   * before.
   */
  async #compute(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#options.computeRows);
    const rows = computeRows(
      batch.map(({ passage }) => passage),
      this.#recipe,
    );
    // Whoever takes the rows gets the error; until then it is not unhandled.
    rows.catch(() => undefined);
    this.#computing.push({ batch, rows });
    while (this.#computing.length >= (this.#recipe.expectations?.depth ?? 1)) await this.#collect();
  }

  async #collect(): Promise<void> {
    const { batch, rows: computing } = this.#computing.shift()!;
    const rows = await computing;
    rows.forEach((row, i) => {
      const { document } = batch[i];
      document.rows.push(row instanceof XqgError ? row : { ...row, documentHash: document.hash });
      if (document.rows.length === document.passages.length) this.#finishDocument(document);
    });
    this.#options.onComputed(rows.filter((row) => !(row instanceof XqgError)).length);
    // Signals and timers come between batches, though encoders may never wait for anything.
    await setImmediate();
    const late = performance.now() - this.#lastWrite > LONGEST_WAIT;
    if (this.#ready.length >= this.#options.writeRows || late) await this.#write();
  }

  #finishDocument({ passages, rows, isNew }: PendingDocument): void {
    const checked: IndexedPassage[] = [];
    try {
      for (const row of rows) {
        if (row instanceof XqgError) throw row;
        checkPassage(row, this.#store.shape);
        checked.push(row);
      }
    } catch (error) {
      if (!(error instanceof XqgError)) throw error;
      this.#options.onFailure(passages[0].path, error);
      return;
    }
    for (const row of checked) this.#ready.push(row);
    this.#readyDocuments++;
    this.#allNew &&= isNew;
  }

  /** Begins to write what is ready, after the write before it has ended. */
  async #write(): Promise<void> {
    await this.#writing;
    if (this.#ready.length === 0) return;
    const written = {
      documents: this.#readyDocuments,
      rows: this.#ready.length,
      allNew: this.#allNew,
    };
    this.#writing = this.#store
      .upsert(this.#ready, { allNew: written.allNew, checked: true })
      .then(() => this.#options.onWritten(written));
    // Whoever waits for the write next gets its error; until then it is not unhandled.
    this.#writing.catch(() => undefined);
    this.#ready = [];
    this.#readyDocuments = 0;
    this.#allNew = true;
    this.#lastWrite = performance.now();
  }
}
