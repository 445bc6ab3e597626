/**
 * An index as search sees it: a frozen version, its rows in a fixed order, each part read when it is first asked for. Knows
 * no question and no ranking.
 */
import { join } from 'node:path';
import { XqgError } from '../errors/error.js';
import type { RowSource } from '../search/ann/near-rows.js';
import type { LexicalSegment } from '../search/lexical/segment.js';
import type { Snapshot } from '../search/snapshot.js';
import { LanceStore } from '../store/lance-store.js';
import { stepsOfBytes } from '../store/quantize.js';
import type { Column, IndexedPassage, ScanOptions, StoreReader } from '../store/store.js';
import { ByteMatrix } from '../vectors/byte-matrix.js';
import { type Lease, leaseVersion } from './lease.js';
import { checkIdentity, type GivenIdentity, type Manifest, readManifest } from './manifest.js';
import { openSegments, planSegments } from './segments.js';
import { STORE_FOLDER } from './writer.js';

/**
 * Opens the version that was sealed last, or the newest one if none ever was. A writer may go on beside it: it keeps this
 * version until `close`, or until this process ends; only a purge does not wait.
 *
 * @param given what will be used for searching; refused if it does not fit
 * @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU, XQG_INDEX_IDENTITY
 */
export async function openSnapshot(dir: string, given: GivenIdentity = {}): Promise<IndexSnapshot> {
  checkIdentity(dir, (await readManifest(dir)).identity, given);
  const store = await LanceStore.open(join(dir, STORE_FOLDER));
  try {
    for (;;) {
      const manifest = await readManifest(dir);
      const newest = await store.snapshot();
      const version = manifest.sealed?.version ?? newest.version;
      const lease = await leaseVersion(dir, version);
      // A writer that sealed another version meanwhile may not have seen the lease.
      const again = await readManifest(dir);
      if (again.sealed?.version !== manifest.sealed?.version) {
        newest.close();
        await lease.release();
        continue;
      }
      if (version === newest.version) return await IndexSnapshot.read(dir, manifest, newest, lease);
      try {
        const reader = await store.at(version);
        newest.close();
        return await IndexSnapshot.read(dir, manifest, reader, lease);
      } catch (error) {
        // The purge that took the sealed version was interrupted: the newest one holds what is left.
        if (!(error instanceof XqgError) || error.code !== 'XQG_STORE_VERSION_GONE') throw error;
        return await IndexSnapshot.read(dir, manifest, newest, lease);
      }
    }
  } finally {
    store.close();
  }
}

/** Rows that are read in one call. */
const ROWS_TOGETHER = 1024;

export class IndexSnapshot implements Snapshot, RowSource {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly dim: number;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  readonly #reader: StoreReader;
  readonly #lease: Lease;
  #segments: Promise<readonly LexicalSegment[]> | null = null;
  #rows: Map<string, number> | null = null;

  private constructor(
    readonly dir: string,
    readonly manifest: Manifest,
    reader: StoreReader,
    lease: Lease,
    ids: readonly string[],
    langs: readonly string[],
  ) {
    this.ids = ids;
    this.langs = langs;
    this.dim = manifest.identity.encoder.dim;
    this.queryLanguages = manifest.identity.queryLanguages;
    this.queriesPerLanguage = manifest.identity.queriesPerLanguage;
    this.#reader = reader;
    this.#lease = lease;
  }

  static async read(
    dir: string,
    manifest: Manifest,
    reader: StoreReader,
    lease: Lease,
  ): Promise<IndexSnapshot> {
    const ids: string[] = [];
    const langs: string[] = [];
    for await (const rows of reader.scan(['id', 'lang'])) {
      for (const { id, lang } of rows) {
        ids.push(id);
        langs.push(lang);
      }
    }
    return new IndexSnapshot(dir, manifest, reader, lease, ids, langs);
  }

  /** Version of the store. */
  get version(): string {
    return this.#reader.version;
  }

  async passageVectors(): Promise<Float32Array> {
    return this.#matrix(this.#reader.scan(['vector']), ({ vector }) => vector);
  }

  async languageSum(lang: string): Promise<Float32Array> {
    if (!this.queryLanguages.includes(lang)) return new Float32Array(this.ids.length * this.dim);
    const rows = this.#reader.scan(['sums'], { languages: [lang] });
    return this.#matrix(rows, ({ sums }) => sums.get(lang));
  }

  async languageBytes(lang: string): Promise<ByteMatrix | null> {
    const cells = this.#reader.quantizedSums?.(lang) ?? null;
    if (cells === null) return null;
    const matrix = ByteMatrix.exactly(this.ids.length, this.dim);
    let row = 0;
    for await (const batch of cells) {
      for (const cell of batch) {
        if (cell !== null) {
          const { steps, scale } = stepsOfBytes(cell, this.dim);
          matrix.fill(row, steps, scale);
        }
        row++;
      }
    }
    return matrix;
  }

  async languageSumsOf(row: number): Promise<ReadonlyMap<string, Float32Array>> {
    const [{ sums }] = await this.#reader.take([row], ['sums']);
    return sums;
  }

  async rowVectors(
    rows: Uint32Array,
    languages: readonly string[],
  ): Promise<{ passages: Float32Array; sums: ReadonlyMap<string, Float32Array> }> {
    const passages = new Float32Array(rows.length * this.dim);
    const sums = new Map(languages.map((lang) => [lang, new Float32Array(passages.length)]));
    const columns = languages.length === 0 ? (['vector'] as const) : (['vector', 'sums'] as const);
    // In parts, so that many rows take no more memory than their vectors.
    for (let from = 0; from < rows.length; from += ROWS_TOGETHER) {
      const places = [...rows.subarray(from, from + ROWS_TOGETHER)];
      const found: Partial<IndexedPassage>[] = await this.#reader.take(places, columns, { languages });
      found.forEach((row, i) => {
        const at = (from + i) * this.dim;
        passages.set(row.vector!, at);
        for (const [lang, of] of sums) {
          const sum = row.sums!.get(lang);
          if (sum !== undefined) of.set(sum, at);
        }
      });
    }
    return { passages, sums };
  }

  /** Lexical segments in the order of the rows. */
  segments(): Promise<readonly LexicalSegment[]> {
    this.#segments ??= this.#openSegments();
    return this.#segments;
  }

  /** Row of a passage, or -1. */
  row(id: string): number {
    this.#rows ??= new Map(this.ids.map((known, row) => [known, row]));
    return this.#rows.get(id) ?? -1;
  }

  /** The named columns of some rows, in the order asked for. */
  take<C extends Column>(rows: readonly number[], columns: readonly C[]): Promise<Pick<IndexedPassage, C>[]> {
    return this.#reader.take(rows, columns);
  }

  /** The named columns of all rows, in their order. */
  scan<C extends Column>(
    columns: readonly C[],
    options?: ScanOptions,
  ): AsyncIterable<Pick<IndexedPassage, C>[]> {
    return this.#reader.scan(columns, options);
  }

  /** Lets writers free this version. */
  async close(): Promise<void> {
    this.#reader.close();
    await this.#lease.release();
  }

  async #openSegments(): Promise<readonly LexicalSegment[]> {
    const { sealed } = this.manifest;
    const segments =
      sealed?.version === this.version ? sealed.segments : (await planSegments(this.#reader)).segments;
    return openSegments(this.dir, this.#reader, segments);
  }

  async #matrix<T>(
    batches: AsyncIterable<T[]>,
    vectorOf: (row: T) => Float32Array | undefined,
  ): Promise<Float32Array> {
    const matrix = new Float32Array(this.ids.length * this.dim);
    let at = 0;
    for await (const rows of batches) {
      for (const row of rows) {
        const vector = vectorOf(row);
        if (vector !== undefined) matrix.set(vector, at);
        at += this.dim;
      }
    }
    return matrix;
  }
}
