/**
 * One version of a Lance table, frozen. Rows keep the order of Lance's ordered scan, which is fixed
 * for a version.
 */
import type { Table } from '@lancedb/lancedb';
import type { RecordBatch } from 'apache-arrow';
import { storageError, XqgError } from '../../base/errors.js';
import type { Column, IndexedPassage, ScanOptions, StoreReader, StoreShape } from '../store.js';
import { decodeRows, lanceColumns, SENTENCE_COUNT, sqlList } from './lance-rows.js';

export class LanceReader implements StoreReader {
  readonly #table: Table;
  #rowIds: Promise<BigUint64Array> | null = null;

  /** @param table checked out at the version that `version` names; closed by `close` */
  constructor(
    table: Table,
    readonly shape: StoreShape,
    readonly version: string,
    readonly dir: string,
  ) {
    this.#table = table;
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
        yield decodeRows(batch as unknown as RecordBatch, columns, this.shape, options.languages);
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
      for await (const item of this.#table.query().select([name ?? 'lang'])) {
        const batch = item as unknown as RecordBatch;
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
        decodeRows(batch, columns, this.shape, options.languages).forEach((row, i) => {
          found.set(ids.get(i) as bigint, row);
        });
      }
    });
    return places.map((place) => found.get(rowIds[place])!);
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
        const keys = decodeRows(batch as unknown as RecordBatch, ['id'], this.shape);
        decodeRows(batch as unknown as RecordBatch, columns, this.shape).forEach((row, i) => {
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
    try {
      for await (const item of this.#table.query().select([name])) {
        const cells = (item as unknown as RecordBatch).getChild(name)!;
        yield Array.from({ length: cells.length }, (_, row) => cells.get(row) as Uint8Array | null);
      }
    } catch (cause) {
      throw this.#explain(cause);
    }
  }

  #names(columns: readonly Column[], languages?: readonly string[]): string[] {
    const names = [
      ...new Set(columns.flatMap((column) => lanceColumns(column, this.shape, languages))),
    ];
    // Lance refuses to select nothing: sums may name no language.
    return names.length === 0 ? ['id'] : names;
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
    return storageError(cause, this.dir);
  }
}
