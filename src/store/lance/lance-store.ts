/**
 * The embedded store: one LanceDB table in a directory of its own. Lance keeps every commit as a
 * version, so a batch is seen whole or not at all, also after a crash. A purge copies the living
 * rows into a table of the next generation (`passages-2.lance`) and drops the one before:
 * compaction alone may leave deleted rows in their files. Lance syncs nothing: `sync` does
 * (table-files.ts).
 */
import { access, constants, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, Table } from '@lancedb/lancedb';
import { makeFolder, syncFolder } from '../../base/atomic-write.js';
import { storageError, XqgError } from '../../base/errors.js';
import { checkPassages } from '../passage-check.js';
import {
  COLUMNS,
  type IndexedPassage,
  type PassageStore,
  type StoreReader,
  type StoreShape,
  type UpsertOptions,
} from '../store.js';
import { LanceReader } from './lance-reader.js';
import { encodeRows, lanceSchema, shapeOf, sqlList, sqlString } from './lance-rows.js';
import {
  formatVersion,
  generations,
  newestGeneration,
  parseVersion,
  SyncedFiles,
  tableFolder,
  tableName,
} from './table-files.js';

/**
 * Fragments that a table may have before `compact` joins them; scans of fewer are as fast as of
 * one.
 */
const FRAGMENTS = 64;
/**
 * Share of deleted rows at which `compact` rewrites; Lance itself rewrites fragments from a tenth
 * on.
 */
const DELETED_SHARE = 0.1;
const PURGE_ROWS = 2048;
/** Document ids per filter. */
const FILTER_IDS = 1000;
/**
 * LanceDB takes an age, not a time, and counts it from when the call arrives: a kept version must
 * not grow too old on the way.
 */
const KEPT_MARGIN = 60_000;
/** A table that is being filled: it gets its generation's name once it is on the disk. */
const PARTIAL = /^partial-\d+\.lance$/;

export class LanceStore implements PassageStore {
  readonly listsCandidates = false;
  readonly shape: StoreShape;
  readonly #dir: string;
  readonly #connection: Connection;
  #table: Table;
  #generation: number;
  readonly #files = new SyncedFiles();

  private constructor(
    dir: string,
    connection: Connection,
    table: Table,
    generation: number,
    shape: StoreShape,
  ) {
    this.#dir = dir;
    this.#connection = connection;
    this.#table = table;
    this.#generation = generation;
    this.shape = shape;
  }

  /**
   * Creates an empty store in `dir`, or opens an existing one.
   * @throws XqgError XQG_DISK_FULL, XQG_NO_PERMISSION, XQG_TEMPORARY_FOLDER, XQG_INDEX_DAMAGED
   */
  static async create(dir: string, shape: StoreShape): Promise<LanceStore> {
    return guard(dir, async () => {
      await makeFolder(dir);
      await removePartial(dir);
      if ((await newestGeneration(dir)) === 0) {
        await removeEmpty(dir);
        const connection = await connect(dir);
        const table = await connection.createEmptyTable(partialName(1), lanceSchema(shape));
        table.close();
        connection.close();
        await putInPlace(dir, 1);
      }
      return LanceStore.open(dir);
    });
  }

  /** @throws XqgError XQG_STORE_MISSING, XQG_NO_PERMISSION, XQG_TEMPORARY_FOLDER */
  static async open(dir: string): Promise<LanceStore> {
    return guard(dir, async () => {
      const generation = await newestGeneration(dir);
      if (generation === 0) throw new XqgError('XQG_STORE_MISSING', { dir });
      const connection = await connect(dir);
      const table = await connection.openTable(tableName(generation));
      return new LanceStore(dir, connection, table, generation, shapeOf(await table.schema()));
    });
  }

  async upsert(passages: readonly IndexedPassage[], options: UpsertOptions = {}): Promise<void> {
    if (passages.length === 0) return;
    checkPassages(passages, this.shape, options);
    const rows = encodeRows(passages, lanceSchema(this.shape));
    await guard(this.#dir, async () => {
      if (options.allNew) {
        await this.#table.add(rows);
        return;
      }
      const documents = [...new Set(passages.map((passage) => passage.documentId))];
      await this.#table
        .mergeInsert('id')
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .whenNotMatchedBySourceDelete({ where: `document_id IN ${sqlList(documents)}` })
        .execute(rows);
    });
  }

  async deleteDocuments(documentIds: readonly string[]): Promise<number> {
    let deleted = 0;
    for (let from = 0; from < documentIds.length; from += FILTER_IDS) {
      deleted += await this.#delete(
        `document_id IN ${sqlList(documentIds.slice(from, from + FILTER_IDS))}`,
      );
    }
    return deleted;
  }

  async deleteSource(source: string): Promise<number> {
    return this.#delete(`source = ${sqlString(source)}`);
  }

  async snapshot(): Promise<StoreReader> {
    return this.at(await this.#version());
  }

  async at(version: string): Promise<StoreReader> {
    const { generation, number } = parseVersion(version);
    const gone = (cause?: unknown) =>
      new XqgError('XQG_STORE_VERSION_GONE', { dir: this.#dir, version }, { cause });
    // Of a table that is being purged any part may be gone.
    if (generation < this.#generation) throw gone();
    return guard(this.#dir, async () => {
      try {
        const table = await this.#connection.openTable(tableName(generation));
        await table.checkout(number);
        return new LanceReader(table, this.shape, version, this.#dir);
      } catch (cause) {
        if (cause instanceof Error && /not found/i.test(cause.message)) throw gone(cause);
        throw cause;
      }
    });
  }

  async compact(
    keep: readonly string[],
    options: { readonly force?: boolean } = {},
  ): Promise<boolean> {
    return guard(this.#dir, async () => {
      const { numRows, fragmentStats } = await this.#table.stats();
      const written = fragmentStats.lengths.mean * fragmentStats.numFragments;
      const small =
        fragmentStats.numFragments <= FRAGMENTS && written - numRows <= DELETED_SHARE * written;
      if (small && !options.force) return false;
      await this.#table.optimize({
        cleanupOlderThan: await this.#oldest(keep),
        deleteUnverified: true,
      });
      return true;
    });
  }

  async purge(): Promise<void> {
    await guard(this.#dir, async () => {
      const next = this.#generation + 1;
      await removePartial(this.#dir);
      const schema = lanceSchema(this.shape);
      const copy = await this.#connection.createEmptyTable(partialName(next), schema);
      const reader = await this.snapshot();
      let rows: IndexedPassage[] = [];
      const write = async (): Promise<void> => {
        if (rows.length > 0) await copy.add(encodeRows(rows, schema));
        rows = [];
      };
      for await (const batch of reader.scan(COLUMNS)) {
        rows = rows.concat(batch);
        if (rows.length >= PURGE_ROWS) await write();
      }
      await write();
      reader.close();
      copy.close();
      this.#table.close();
      await putInPlace(this.#dir, next);
      this.#table = await this.#connection.openTable(tableName(next));
      this.#generation = next;
      for (const generation of await generations(this.#dir)) {
        if (generation < next) await rm(tableFolder(this.#dir, generation), { recursive: true });
      }
    });
  }

  async sync(): Promise<string> {
    return guard(this.#dir, async () => {
      const version = await this.#version();
      await this.#files.sync(tableFolder(this.#dir, this.#generation));
      return version;
    });
  }

  close(): void {
    this.#table.close();
    this.#connection.close();
  }

  async #version(): Promise<string> {
    return formatVersion({ generation: this.#generation, number: await this.#table.version() });
  }

  /** Versions older than this time may be dropped. */
  async #oldest(keep: readonly string[]): Promise<Date> {
    const kept = new Set(
      keep
        .map(parseVersion)
        .flatMap(({ generation, number }) => (generation === this.#generation ? number : [])),
    );
    const times = (await this.#table.listVersions())
      .filter(({ version }) => kept.has(version))
      .map(({ timestamp }) => timestamp.getTime());
    return times.length === 0 ? new Date() : new Date(Math.min(...times) - KEPT_MARGIN);
  }

  async #delete(predicate: string): Promise<number> {
    return guard(this.#dir, async () => (await this.#table.delete(predicate)).numDeletedRows);
  }
}

const partialName = (generation: number): string => `partial-${generation}`;

/** What a killed writer left. */
async function removePartial(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (PARTIAL.test(name)) await rm(join(dir, name), { recursive: true, force: true });
}

/**
 * Removes tables without a version, which a killed writer of an earlier release left.
 * @throws XqgError XQG_INDEX_DAMAGED if there are rows in one
 */
async function removeEmpty(dir: string): Promise<void> {
  for (const generation of await generations(dir)) {
    const table = tableFolder(dir, generation);
    if ((await readdir(table)).includes('data'))
      throw new XqgError('XQG_INDEX_DAMAGED', { path: table, reason: 'no version of it is left' });
    await rm(table, { recursive: true });
  }
}

/** Makes a filled table the newest generation: it is on the disk before it has that name. */
async function putInPlace(dir: string, generation: number): Promise<void> {
  const partial = join(dir, `${partialName(generation)}.lance`);
  await new SyncedFiles().sync(partial);
  await rename(partial, tableFolder(dir, generation));
  await syncFolder(dir);
}

/** Lance is loaded on first use: it takes a quarter of a second. */
async function connect(dir: string): Promise<Connection> {
  // Lance would read ahead by 2 GiB when it rewrites a table.
  process.env.LANCE_DEFAULT_IO_BUFFER_SIZE ??= String(64 * 2 ** 20);
  // Lance makes a folder there, and panics where it cannot.
  await access(tmpdir(), constants.W_OK | constants.X_OK).catch((cause) => {
    throw new XqgError('XQG_TEMPORARY_FOLDER', { path: tmpdir() }, { cause });
  });
  const { connect } = await import('@lancedb/lancedb');
  return connect(dir);
}

async function guard<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageError(cause, dir);
  }
}
