/**
 * One `xqg index --queue`: opens queue and storage, reports how far it is, and tidies up when it is
 * over.
 */

import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import { readSmallFile } from '../../base/small-file.js';
import { rememberTrust } from '../../base/trust.js';
import type { IndexResult, RowsFrom } from '../options.js';
import { type NamedRecipeSpec, namedSpec, type Recipe, type RecipeSpec } from '../recipe.js';
import { BullQueue } from './bull-queue.js';
import { openPartStorage } from './open-part-storage.js';
import { markName } from './part-input.js';
import type { PartStorage } from './part-storage.js';
import { type PartsState, QueuedRows } from './queued-rows.js';
import { originKey, type RowOrigin, rowOrigin } from './run-plan.js';
import type { QueueCounts, RunRecord, WorkQueue } from './work-queue.js';

export interface QueueOptions {
  /**
   * redis://user:password@host:port/db, or rediss://; the password may also come from
   * XQG_QUEUE_PASSWORD.
   */
  readonly url: string;
  /**
   * Folder, or s3://bucket/prefix, that coordinator and workers share. Default: the folder `parts`
   * of the index.
   */
  readonly parts?: string;
  /** Passages of a part. Default 512. */
  readonly partPassages?: number;
  /** Attempts at a part before it is set aside; pauses between them double. Default 5. */
  readonly attempts?: number;
  /** Tries the parts again that were set aside. Default false. */
  readonly retryFailed?: boolean;
  /** Leaves the parts where they are when the index is complete. Default false. */
  readonly keepParts?: boolean;
  readonly onParts?: (progress: PartsProgress) => void;
  /** Called with what a person should know meanwhile: the server is away, nobody works. */
  readonly onTrouble?: (problem: string) => void;
}

export interface PartsProgress extends PartsState {
  /** Parts whose rows are computed. */
  readonly done: number;
  readonly counts: QueueCounts;
  readonly workers: number;
}

interface RunOf {
  /** Absolute path of the index. */
  readonly directory: string;
  readonly recipe: NamedRecipeSpec;
  readonly signal?: AbortSignal;
}

const PART_PASSAGES = 512;
/** How often the run says that it lives (ms). */
const REPORT_EVERY = 1000;
/** A run without workers says so after this long (ms). */
const ALONE = 10_000;

export class QueuedRun {
  readonly #options: QueueOptions;
  readonly #of: RunOf;
  readonly #queue: WorkQueue;
  readonly #storage: PartStorage;
  readonly #started = new Date();
  #rows: QueuedRows | null = null;
  #record: RunRecord | null = null;
  #lastReport = 0;
  #saidAlone = false;

  private constructor(options: QueueOptions, of: RunOf, queue: WorkQueue, storage: PartStorage) {
    this.#options = options;
    this.#of = of;
    this.#queue = queue;
    this.#storage = storage;
  }

  /**
   * @throws XqgError XQG_QUEUE_ADDRESS, XQG_PACKAGE_MISSING, XQG_QUEUE_UNREACHABLE,
   * XQG_PARTS_PLACE, XQG_NO_PERMISSION
   */
  static async open(options: QueueOptions, of: RunOf): Promise<QueuedRun> {
    const onAway = (problem: string): void =>
      options.onTrouble?.(`The queue does not answer (${problem}); waiting until it is back`);
    const queue = await BullQueue.open(options.url, {
      attempts: options.attempts,
      signal: of.signal,
      onAway,
    });
    try {
      const storage = await openPartStorage(options.parts ?? ownPlace(of.directory));
      return new QueuedRun(options, of, queue, storage);
    } catch (error) {
      await queue.close();
      throw error;
    }
  }

  /** Address without credentials. */
  get shown(): string {
    return this.#queue.shown;
  }

  /** What indexing takes in place of computing rows itself. */
  readonly rowsFrom: RowsFrom = (sink, events, identity) => {
    const origin = rowOrigin(identity);
    const { directory, recipe, signal } = this.#of;
    const { place } = this.#storage;
    const run = sha256([directory, originKey(origin), place].join('\0')).slice(0, 16);
    const { partPassages = PART_PASSAGES, retryFailed = false } = this.#options;
    this.#rows = new QueuedRows(sink, events, {
      queue: this.#queue,
      storage: this.#storage,
      origin,
      run,
      partPassages,
      retryFailed,
      signal,
      onState: (state) =>
        this.#report(state, {
          run,
          index: directory,
          host: hostname(),
          place,
          plan: { ...origin, recipe },
          started: this.#started.toISOString(),
        }),
    });
    return this.#rows;
  };

  /** Tidies up, and says what is missing. */
  async end(result: IndexResult): Promise<IndexResult> {
    const record = this.#record;
    if (this.#rows === null || record === null) return result;
    const { parts, written, setAside, reason } = this.#rows.state;
    if (result.status === 'interrupted') return result;
    if (setAside > 0) {
      await this.#queue.saveRun({
        ...record,
        phase: 'incomplete',
        written,
        setAside,
        updated: new Date().toISOString(),
      });
      const error = new XqgError('XQG_PARTS_INCOMPLETE', {
        done: written,
        parts,
        setAside,
        reason: reason ?? '',
      });
      return { ...result, error };
    }
    await this.#queue.removeRun(record.run);
    await this.#queue.sweep();
    if (!this.#options.keepParts) {
      await this.#rows.removeParts();
      if (this.#options.parts === undefined)
        await rm(ownPlace(this.#of.directory), { recursive: true });
    }
    await removeRunFile(this.#of.directory);
    return result;
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#storage.close();
  }

  /** Lets everybody know how far the run is. */
  async #report(state: PartsState, record: Begun): Promise<void> {
    if (this.#record === null) await this.#begin(record);
    if (performance.now() - this.#lastReport < REPORT_EVERY) return;
    const { reason: _, ...reported } = state;
    this.#record = { ...record, ...reported, updated: new Date().toISOString() };
    await this.#queue.saveRun(this.#record);
    const [counts, workers] = [await this.#queue.counts(), (await this.#queue.workers()).length];
    const { parts, written, setAside } = state;
    // The queue forgets a part when its rows are written. It may also know parts of other runs.
    const done = Math.min(parts - setAside, written + counts.done);
    this.#options.onParts?.({ ...state, done, counts, workers });
    if (workers > 0) this.#saidAlone = false;
    else if (
      !this.#saidAlone &&
      Date.now() - this.#started.getTime() > ALONE &&
      counts.waiting > 0
    ) {
      this.#saidAlone = true;
      this.#options.onTrouble?.(
        `Nobody takes the parts. On this or another machine: xqg worker --queue ${this.shown}`,
      );
    }
    this.#lastReport = performance.now();
  }

  /** In place of what an earlier run with another recipe, or other parts, left for this index. */
  async #begin(record: Begun): Promise<void> {
    const state = { phase: 'planning', parts: 0, passages: 0, written: 0, setAside: 0 } as const;
    for (const other of await this.#queue.runs()) {
      if (other.index === record.index && other.host === record.host && other.run !== record.run)
        await this.#queue.removeRun(other.run);
    }
    this.#record = { ...record, ...state, updated: new Date().toISOString() };
    await this.#queue.saveRun(this.#record);
    await this.#queue.sweep();
    const { format, xqg, identity } = record.plan;
    const origin: RowOrigin = { format, xqg, identity };
    await this.#storage.put(
      markName(originKey(origin)),
      Buffer.from(`${JSON.stringify(origin, null, 2)}\n`),
    );
    await rememberTrust([this.shown]);
    await writeRunFile(this.#of.directory, {
      queue: this.shown,
      run: record.run,
      parts: this.#storage.place,
    });
  }
}

/** Where parts lie if nothing else is said. */
function ownPlace(directory: string): string {
  return join(directory, 'parts');
}

type Begun = Pick<RunRecord, 'run' | 'index' | 'host' | 'place' | 'plan' | 'started'>;

/** `queue.json` in the directory of an index: which queue works for it. Holds no credentials. */
export interface RunFile {
  /** Address without credentials. */
  readonly queue: string;
  readonly run: string;
  /** Where the parts lie. */
  readonly parts: string;
}

const runFile = z.object({ queue: z.string(), run: z.string(), parts: z.string() });
/** In bytes. */
const LARGEST_RUN_FILE = 1e6;
const pathIn = (dir: string): string => join(dir, 'queue.json');

async function writeRunFile(dir: string, file: RunFile): Promise<void> {
  await writeAtomically(pathIn(dir), `${JSON.stringify(file, null, 2)}\n`);
}

/** null where no queue works for the index. */
export async function readRunFile(dir: string): Promise<RunFile | null> {
  try {
    return runFile.parse(JSON.parse(await readSmallFile(pathIn(dir), LARGEST_RUN_FILE)));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const reason = 'it names no queue';
    throw new XqgError('XQG_INDEX_DAMAGED', { path: pathIn(dir), reason }, { cause });
  }
}

async function removeRunFile(dir: string): Promise<void> {
  await rm(pathIn(dir), { force: true });
}

/**
 * @param write writes to the index, with rows from there
 * @throws XqgError XQG_QUEUE_RECIPE, and those of `QueuedRun`
 */
export async function writeByQueue(
  queue: QueueOptions,
  index: { readonly directory: string; readonly options: RecipeSpec; readonly recipe: Recipe },
  signal: AbortSignal | undefined,
  write: (rowsFrom: RowsFrom) => Promise<IndexResult>,
): Promise<IndexResult> {
  const { directory, options } = index;
  const recipe = namedSpec(options, index.recipe);
  const queuedRun = await QueuedRun.open(queue, { directory, recipe, signal });
  try {
    return await queuedRun.end(await write(queuedRun.rowsFrom));
  } finally {
    await queuedRun.close();
  }
}
