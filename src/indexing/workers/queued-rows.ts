/**
 * Rows that are computed elsewhere: documents are gathered into parts, parts are put into the
 * queue, and what workers computed of them is written to the store in the order in which it was
 * planned. Whatever happens to workers or queue, the same call later goes on: parts are cut where
 * they were cut before, and rows that lie in the storage are not computed again.
 */
import { setTimeout } from 'node:timers/promises';
import { XqgError } from '../../base/errors.js';
import type { Passage } from '../../corpus/passage.js';
import type { IndexedPassage } from '../../store/store.js';
import type { DocumentQueue, RowQueueOptions, RowSink } from '../row-queue.js';
import { decodeInput, encodeInput, inputName, type PartDocument, rowsName } from './part-input.js';
import { decodePart } from './part-rows.js';
import type { PartStorage } from './part-storage.js';
import { originKey, type RowOrigin } from './run-plan.js';
import type { PartJob, WorkQueue } from './work-queue.js';

/** Pause between two looks at the next part (ms). */
const LOOK_AGAIN = 200;
/** How often rows that turn out to be damaged are computed again. */
const REPAIRS = 2;

export interface QueuedRowsOptions {
  readonly queue: WorkQueue;
  readonly storage: PartStorage;
  readonly origin: RowOrigin;
  /** Id of the run. */
  readonly run: string;
  /** Passages of a part; whole documents, so a part may have more. */
  readonly partPassages: number;
  /** Tries the parts again that were set aside. */
  readonly retryFailed: boolean;
  readonly signal?: AbortSignal;
  /** Called before the first part is put into the queue, and again and again. */
  readonly onState: (state: PartsState) => Promise<void>;
}

export interface PartsState {
  readonly phase: 'planning' | 'computing';
  /** Planned so far. */
  readonly parts: number;
  readonly passages: number;
  /** In the store. */
  readonly written: number;
  readonly setAside: number;
  /** Why the first part was set aside. */
  readonly reason: string | null;
}

interface PlannedPart {
  readonly job: PartJob;
  readonly isNew: boolean;
  repairs: number;
}

export class QueuedRows implements DocumentQueue {
  readonly #sink: RowSink;
  readonly #events: RowQueueOptions;
  readonly #options: QueuedRowsOptions;
  readonly #key: string;
  #gathered: PartDocument[] = [];
  #gatheredPassages = 0;
  #gatheredNew = true;
  /** In the order of the documents, without those that are in the store. */
  #pending: PlannedPart[] = [];
  /** Rows of whole parts, to be written next. */
  #ready: IndexedPassage[] = [];
  #readyParts: PartJob[] = [];
  #readyDocuments = 0;
  #allNew = true;
  #phase: PartsState['phase'] = 'planning';
  readonly #planned: string[] = [];
  #passages = 0;
  #written = 0;
  #setAside = 0;
  #reason: string | null = null;

  constructor(sink: RowSink, events: RowQueueOptions, options: QueuedRowsOptions) {
    this.#sink = sink;
    this.#events = events;
    this.#options = options;
    this.#key = originKey(options.origin);
  }

  get state(): PartsState {
    return {
      phase: this.#phase,
      parts: this.#planned.length,
      passages: this.#passages,
      written: this.#written,
      setAside: this.#setAside,
      reason: this.#reason,
    };
  }

  async add(passages: readonly Passage[], hash: string, isNew: boolean): Promise<void> {
    this.#gathered.push({ hash, passages });
    this.#gatheredPassages += passages.length;
    this.#gatheredNew &&= isNew;
    if (this.#gatheredPassages < this.#options.partPassages) return;
    await this.#plan();
    while (this.#pending.length > 0 && (await this.#takeRows(this.#pending[0])))
      this.#pending.shift();
  }

  async finish(): Promise<void> {
    const { signal } = this.#options;
    if (this.#gathered.length > 0) await this.#plan();
    this.#phase = 'computing';
    while (this.#pending.length > 0 && !signal?.aborted) {
      if (await this.#settle(this.#pending[0])) this.#pending.shift();
      else await setTimeout(LOOK_AGAIN, undefined, { signal }).catch(() => undefined);
      await this.#options.onState(this.state);
    }
    await this.#write();
    await this.#options.onState(this.state);
  }

  async flush(): Promise<void> {
    this.#gathered = [];
    await this.#write();
  }

  /** Removes what this run put into the storage. */
  async removeParts(): Promise<void> {
    for (const part of this.#planned) {
      await this.#options.storage.remove(inputName(this.#key, part));
      await this.#options.storage.remove(rowsName(this.#key, part));
    }
  }

  /** Makes a part of the documents that were gathered. */
  async #plan(): Promise<void> {
    const { queue, storage, run, retryFailed } = this.#options;
    const { hash, bytes } = encodeInput(this.#gathered);
    const job: PartJob = { run, part: hash, passages: this.#gatheredPassages };
    this.#planned.push(hash);
    this.#passages += job.passages;
    await this.#options.onState(this.state);
    if (!(await storage.has(rowsName(this.#key, hash)))) {
      if (retryFailed && (await queue.standing(job)).state === 'set aside') {
        // Its passages may be what is damaged, and some storages keep the first object of a name.
        await storage.remove(inputName(this.#key, hash));
        await queue.forget(job);
      }
      await storage.put(inputName(this.#key, hash), bytes);
      await queue.add(job);
    }
    this.#pending.push({ job, isNew: this.#gatheredNew, repairs: REPAIRS });
    this.#gathered = [];
    this.#gatheredPassages = 0;
    this.#gatheredNew = true;
  }

  /** True if nothing more is to be done for a part: its rows are taken, or it is set aside. */
  async #settle(planned: PlannedPart): Promise<boolean> {
    if (await this.#takeRows(planned)) return true;
    const { queue, storage } = this.#options;
    const { job } = planned;
    const { state, reason } = await queue.standing(job);
    if (state === 'set aside') {
      await this.#reportSetAside(job, reason ?? 'no reason is known');
      return true;
    }
    // The queue lost it, or says that it is done though its rows are not there.
    if (
      (state === 'unknown' || state === 'done') &&
      !(await storage.has(rowsName(this.#key, job.part)))
    ) {
      await queue.forget(job);
      await queue.add(job);
    }
    return false;
  }

  /** False if a part's rows are not there yet. */
  async #takeRows(planned: PlannedPart): Promise<boolean> {
    const { queue, storage, origin } = this.#options;
    const { job, isNew } = planned;
    const name = rowsName(this.#key, job.part);
    const bytes = await storage.get(name);
    if (bytes === null) return false;
    try {
      const { rows, documents, failures } = decodePart(
        bytes,
        origin,
        job.part,
        `${storage.place}/${name}`,
      );
      for (const row of rows) this.#ready.push(row);
      this.#readyParts.push(job);
      this.#readyDocuments += documents;
      this.#allNew &&= isNew;
      for (const { path, code, details } of failures)
        this.#events.onFailure(path, XqgError.restore(code, details));
      // A later run tries the documents again that failed.
      if (failures.length > 0) await storage.remove(name);
      this.#events.onComputed(rows.length);
    } catch (error) {
      if (
        !(error instanceof XqgError) ||
        error.code !== 'XQG_PART_DAMAGED' ||
        planned.repairs-- === 0
      )
        throw error;
      await storage.remove(name);
      await queue.forget(job);
      await queue.add(job);
      return false;
    }
    if (this.#ready.length >= this.#events.writeRows) await this.#write();
    return true;
  }

  async #write(): Promise<void> {
    if (this.#readyParts.length === 0) return;
    const written = {
      documents: this.#readyDocuments,
      rows: this.#ready.length,
      allNew: this.#allNew,
    };
    if (written.rows > 0) await this.#sink.upsert(this.#ready, written);
    await this.#events.onWritten(written);
    this.#written += this.#readyParts.length;
    for (const job of this.#readyParts) await this.#options.queue.forget(job);
    this.#ready = [];
    this.#readyParts = [];
    this.#readyDocuments = 0;
    this.#allNew = true;
  }

  /** Leaves what the index has of a part's documents as it is. */
  async #reportSetAside({ part, passages }: PartJob, reason: string): Promise<void> {
    const { storage } = this.#options;
    const name = inputName(this.#key, part);
    this.#setAside++;
    this.#reason ??= reason;
    const bytes = await storage.get(name);
    if (bytes === null)
      throw new XqgError('XQG_PART_DAMAGED', {
        place: `${storage.place}/${name}`,
        reason: 'it is gone',
      });
    for (const document of decodeInput(bytes, part, `${storage.place}/${name}`)) {
      const { path } = document.passages[0];
      this.#events.onFailure(
        path,
        new XqgError('XQG_PART_SET_ASIDE', { path, part: part.slice(0, 12), passages, reason }),
      );
    }
  }
}
