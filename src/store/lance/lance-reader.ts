/**
 * One version of a Lance table, frozen. Rows keep the order of Lance's ordered scan, which is fixed
 * for a version.
 */
import type { Table } from '@lancedb/lancedb';
import type { RecordBatch } from 'apache-arrow';
import { isAbort, storageError, XqgError } from '../../base/errors.js';
import { quantizedBytes } from '../quantize.js';
import type { Column, IndexedPassage, ScanOptions, StoreReader, StoreShape } from '../store.js';
import {
  decodeRows,
  lanceColumns,
  lanceOrder,
  requireSize,
  SENTENCE_COUNT,
  sqlList,
} from './lance-rows.js';
import { CHECKS, verifyRows } from './row-checks.js';

export class LanceReader implements StoreReader {
  readonly #table: Table;
  readonly #order: readonly string[];
  #rowIds: Promise<BigUint64Array> | null = null;

  /** @param table checked out at the version that `version` names; closed by `close` */
  constructor(
    table: Table,
    readonly shape: StoreShape,
    readonly version: string,
    readonly dir: string,
  ) {
    this.#table = table;
    this.#order = lanceOrder(shape);
  }

  async count(): Promise<number> {
    return this.#guard(() => this.#table.countRows());
  }

  async *scan<C extends Column>(
    columns: readonly C[],
    options: ScanOptions = {},
  ): AsyncIterable<Pick<IndexedPassage, C>[]> {
    if (options.limit === 0) return;
    let query = this.#table.query().select(this.#names(columns, options.languages));
    if (options.offset !== undefined) query = query.offset(options.offset);
    if (options.limit !== undefined) query = query.limit(options.limit);
    try {
      for await (const batch of query) {
        yield this.#decode(batch as unknown as RecordBatch, columns, options.languages);
      }
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  quantizedSums(lang: string): AsyncIterable<(Uint8Array | null)[]> | null {
    const [name] = lanceColumns('sums', this.shape, [lang]);
    return name === undefined ? null : this.#cells(name);
  }

  async *sentenceCounts(): AsyncIterable<readonly number[]> {
    const name = this.shape.sentences === true ? SENTENCE_COUNT : null;
    try {
      for await (const item of this.#table.query().select([name ?? 'lang', CHECKS])) {
        const batch = item as unknown as RecordBatch;
        this.#verify(batch, [name ?? 'lang']);
        yield name === null
          ? new Array<number>(batch.numRows).fill(0)
          : Array.from(batch.getChild(name)!.toArray() as Int32Array);
      }
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  async take<C extends Column>(
    places: readonly number[],
    columns: readonly C[],
    options: Pick<ScanOptions, 'languages'> = {},
  ): Promise<Pick<IndexedPassage, C>[]> {
    if (places.length === 0) return [];
    this.#rowIds ??= this.#guard(() => this.#readRowIds());
    const rowIds = await this.#rowIds;
    for (const place of places) {
      if (!(place in rowIds)) throw new RangeError(`no row ${place} among ${rowIds.length}`);
    }
    // Lance answers without repeats and in an order of its own: rows are found again by their row
    // id.
    const found = new Map<bigint, Pick<IndexedPassage, C>>();
    await this.#guard(async () => {
      const wanted = [...new Set(places.map((place) => rowIds[place]))];
      const query = this.#table
        .takeRowIds(wanted)
        .select(this.#names(columns, options.languages))
        .withRowId();
      for await (const item of query) {
        const batch = item as unknown as RecordBatch;
        const ids = batch.getChild('_rowid')!;
        this.#decode(batch, columns, options.languages).forEach((row, i) => {
          found.set(ids.get(i) as bigint, row);
        });
      }
    });
    return places.map((place) => {
      const row = found.get(rowIds[place]);
      if (row === undefined) throw this.#explain(new Error(`row ${place} of it is missing`));
      return row;
    });
  }

  async get<C extends Column>(
    ids: readonly string[],
    columns: readonly C[],
  ): Promise<(Pick<IndexedPassage, C> | null)[]> {
    if (ids.length === 0) return [];
    const withId = [...new Set<Column>([...columns, 'id'])];
    const found = new Map<string, Pick<IndexedPassage, C>>();
    await this.#guard(async () => {
      const query = this.#table
        .query()
        .where(`id IN ${sqlList(ids)}`)
        .select(this.#names(withId));
      for await (const batch of query) {
        const keys = this.#decode(batch as unknown as RecordBatch, ['id']);
        this.#decode(batch as unknown as RecordBatch, columns).forEach((row, i) => {
          found.set(keys[i].id, row);
        });
      }
    });
    return ids.map((id) => found.get(id) ?? null);
  }

  close(): void {
    this.#table.close();
  }

  async *#cells(name: string): AsyncIterable<(Uint8Array | null)[]> {
    const size = quantizedBytes(this.shape.dim, this.shape.sumBits);
    try {
      for await (const item of this.#table.query().select([name, CHECKS])) {
        this.#verify(item as unknown as RecordBatch, [name]);
        const cells = (item as unknown as RecordBatch).getChild(name)!;
        yield Array.from({ length: cells.length }, (_, row) => {
          const cell = cells.get(row) as Uint8Array | null;
          if (cell !== null) requireSize(cell, size);
          return cell;
        });
      }
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  #names(columns: readonly Column[], languages?: readonly string[]): string[] {
    const names = columns.flatMap((column) => lanceColumns(column, this.shape, languages));
    return [...new Set(names), CHECKS];
  }

  #decode<C extends Column>(
    batch: RecordBatch,
    columns: readonly C[],
    languages?: readonly string[],
  ): Pick<IndexedPassage, C>[] {
    this.#verify(
      batch,
      columns.flatMap((column) => lanceColumns(column, this.shape, languages)),
    );
    return decodeRows(batch, columns, this.shape, languages);
  }

  #verify(batch: RecordBatch, names: readonly string[]): void {
    verifyRows(batch, names, this.#order, this.dir);
  }

  async #readRowIds(): Promise<BigUint64Array> {
    const rowIds = new BigUint64Array(await this.#table.countRows());
    let row = 0;
    for await (const item of this.#table.query().select(['lang']).withRowId()) {
      const ids = (item as unknown as RecordBatch).getChild('_rowid')!.toArray() as BigUint64Array;
      rowIds.set(ids, row);
      row += ids.length;
    }
    return rowIds;
  }

  async #guard<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  #explain(cause: unknown): unknown {
    if (cause instanceof Error && /not found/i.test(cause.message)) {
      return new XqgError(
        'XQG_STORE_VERSION_GONE',
        { dir: this.dir, version: this.version },
        { cause },
      );
    }
    return readFailure(cause, this.dir);
  }
}

/** The error to throw where a table cannot be read: what is no other trouble is damage. */
export function readFailure(cause: unknown, path: string): unknown {
  const failure = storageError(cause, path);
  if (failure instanceof XqgError || isAbort(failure)) return failure;
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
  return new XqgError('XQG_INDEX_DAMAGED', { path, reason: reason.slice(0, 300) }, { cause });
}
