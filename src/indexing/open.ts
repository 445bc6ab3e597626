/**
 * An index as search sees it: a frozen version, its rows in a fixed order, each part read when it
 * is first needed.
 */
import { XqgError } from '../base/errors.js';
import { type CandidateStore, isCandidateStore } from '../store/candidate-store.js';
import { openStore, storeFolder } from '../store/open-store.js';
import { rowsOfBytes, stepsOfBytes } from '../store/quantize.js';
import type { Column, IndexedPassage, ScanOptions, StoreReader } from '../store/store.js';
import { ByteMatrix } from '../vectors/byte-matrix.js';
import { readableManifest } from './durability/recovery.js';
import type { LexicalSegment } from './lexical/segment.js';
import { openSegments, planSegments } from './lexical/segments.js';
import { type Lease, leaseVersion } from './locks.js';
import { checkIdentity, type Manifest, type PartialIdentity, readManifest } from './manifest.js';
import type { SentenceVectors, Snapshot } from './snapshot.js';
import { latestManifest } from './stores.js';

/** A frozen version with what made it, kept by a lease. */
export interface OpenedVersion {
  readonly manifest: Manifest;
  readonly reader: StoreReader;
  readonly lease: Lease;
  /** The store, open for as long as the version is, if it is not in the directory. */
  readonly store: CandidateStore | null;
  close(): Promise<void>;
}

/**
 * Opens the version that was sealed last, or the newest one if none ever was. A writer may go on
 * beside it: it keeps this version until `close`, or until this process ends; only a purge does not
 * wait.
 *
 * @param own what will be used for searching; refused if it does not fit
 * @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU,
 * XQG_INDEX_IDENTITY, and those of the store
 */
export async function openVersion(dir: string, own: PartialIdentity = {}): Promise<OpenedVersion> {
  const first = await readableManifest(dir);
  checkIdentity(dir, first.identity, own);
  const store = await openStore(dir, first.store);
  const ranking = isCandidateStore(store) ? store : null;
  const opened = (manifest: Manifest, reader: StoreReader, lease: Lease): OpenedVersion => ({
    manifest,
    reader,
    lease,
    store: ranking,
    close: async () => {
      reader.close();
      ranking?.close();
      await lease.release();
    },
  });
  try {
    for (;;) {
      const manifest = await latestManifest(dir, await readableManifest(dir), store);
      const newest = await store.snapshot();
      const version = readVersion(manifest) ?? newest.version;
      const lease = await leaseVersion(dir, version);
      // A writer that sealed another version meanwhile may not have seen the lease.
      const again = await latestManifest(dir, await readManifest(dir), store);
      if ((readVersion(again) ?? version) !== version) {
        newest.close();
        await lease.release();
        continue;
      }
      if (version === newest.version) {
        await checkCounts(dir, manifest, newest);
        return opened(manifest, newest, lease);
      }
      try {
        const reader = await store.at(version);
        newest.close();
        await checkCounts(dir, manifest, reader);
        return opened(manifest, reader, lease);
      } catch (error) {
        // The purge that took the sealed version was interrupted, or nothing was sealed so far: the
        // newest one holds what there is.
        if (!(error instanceof XqgError) || error.code !== 'XQG_STORE_VERSION_GONE') throw error;
        return opened(manifest, newest, lease);
      }
    }
  } catch (error) {
    ranking?.close();
    throw error;
  } finally {
    if (ranking === null) store.close();
  }
}

/**
 * A version that was lost and written again under the same number has other rows.
 * @throws XqgError XQG_INDEX_DAMAGED
 */
async function checkCounts(
  dir: string,
  { store, sealed, counts }: Manifest,
  reader: StoreReader,
): Promise<void> {
  if (store !== undefined || sealed?.version !== reader.version) return;
  const passages = await reader.count();
  const rows = sealed.segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (passages === counts.passages && passages === rows) return;
  throw new XqgError('XQG_INDEX_DAMAGED', {
    path: storeFolder(dir),
    reason: `version ${sealed.version} has ${passages} passages, but ${counts.passages} in ${rows} lexical rows were sealed`,
  });
}

/** The version that readers open; null: the newest one. */
function readVersion({ sealed, durable }: Manifest): string | null {
  return sealed?.version ?? durable ?? null;
}

/** The same as search sees it. @throws XqgError as `openVersion` */
export async function openSnapshot(dir: string, own: PartialIdentity = {}): Promise<IndexSnapshot> {
  return IndexSnapshot.read(dir, await openVersion(dir, own));
}

/**
 * The rows by id, and by id in NFC: an accented letter of a file name may be one character or two,
 * and nobody sees which.
 */
function rowsOf(ids: readonly string[]): Map<string, number> {
  const rows = new Map(ids.map((id, row) => [id, row]));
  ids.forEach((id, row) => {
    const composed = id.normalize('NFC');
    if (composed !== id && !rows.has(composed)) rows.set(composed, row);
  });
  return rows;
}

export class IndexSnapshot implements Snapshot {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly dim: number;
  readonly queryLanguages: readonly string[];
  readonly encodesQueries: boolean;
  readonly queriesPerLanguage: number;
  readonly manifest: Manifest;
  readonly #version: OpenedVersion;
  readonly #reader: StoreReader;
  #segments: Promise<readonly LexicalSegment[]> | null = null;
  #rows: Map<string, number> | null = null;

  private constructor(
    readonly dir: string,
    version: OpenedVersion,
    ids: readonly string[],
    langs: readonly string[],
  ) {
    const { manifest, reader } = version;
    this.manifest = manifest;
    this.#version = version;
    this.#reader = reader;
    this.ids = ids;
    this.langs = langs;
    this.dim = manifest.identity.encoder.dim;
    this.queryLanguages = manifest.identity.queryLanguages;
    this.encodesQueries = manifest.identity.encodesQueries !== false;
    this.queriesPerLanguage = manifest.identity.queriesPerLanguage;
  }

  static async read(dir: string, version: OpenedVersion): Promise<IndexSnapshot> {
    const ids: string[] = [];
    const langs: string[] = [];
    for await (const rows of version.reader.scan(['id', 'lang'])) {
      for (const { id, lang } of rows) {
        ids.push(id);
        langs.push(lang);
      }
    }
    return new IndexSnapshot(dir, version, ids, langs);
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
    const batches = this.manifest.identity.sumBits === 8 ? this.storedSums(lang) : null;
    if (batches === null) return null;
    const matrix = ByteMatrix.exactly(this.ids.length, this.dim);
    let row = 0;
    for await (const cells of batches) {
      for (const cell of cells) {
        if (cell !== null) {
          const { steps, scale } = stepsOfBytes(cell, this.dim);
          matrix.fill(row, steps, scale);
        }
        row++;
      }
    }
    return matrix;
  }

  async sentences(): Promise<SentenceVectors | null> {
    if (this.manifest.identity.sentences !== true) return null;
    const starts = await this.sentenceStarts();
    const matrix = ByteMatrix.exactly(starts.at(-1)!, this.dim);
    let next = 0;
    for await (const rows of this.#reader.scan(['sentences'])) {
      for (const { sentences } of rows)
        next = matrix.fillRows(next, rowsOfBytes(sentences, this.dim));
    }
    return { starts, matrix };
  }

  /**
   * (n + 1) sentences of row r are numbers `starts[r]` to `starts[r + 1] - 1` of all; a passage of
   * one sentence has none. Reads no vectors.
   */
  async sentenceStarts(): Promise<Uint32Array> {
    const starts = new Uint32Array(this.ids.length + 1);
    let row = 0;
    for await (const counts of this.#reader.sentenceCounts()) {
      for (const count of counts) {
        starts[row + 1] = starts[row] + count;
        row++;
      }
    }
    return starts;
  }

  async languageSumsOf(row: number): Promise<ReadonlyMap<string, Float32Array>> {
    const [{ sums }] = await this.#reader.take([row], ['sums']);
    return sums;
  }

  /**
   * The sums in a language as they are stored (`quantize`), in the order of the rows; null for a
   * passage without one. Null where the store keeps them otherwise.
   */
  storedSums(lang: string): AsyncIterable<(Uint8Array | null)[]> | null {
    return this.#reader.quantizedSums?.(lang) ?? null;
  }

  /** Lexical segments in the order of the rows. */
  segments(): Promise<readonly LexicalSegment[]> {
    this.#segments ??= this.#openSegments();
    return this.#segments;
  }

  /** Row of a passage, or -1. */
  row(id: string): number {
    this.#rows ??= rowsOf(this.ids);
    return this.#rows.get(id) ?? this.#rows.get(id.normalize('NFC')) ?? -1;
  }

  /** The named columns of some rows, in the order of `rows`. */
  take<C extends Column>(
    rows: readonly number[],
    columns: readonly C[],
  ): Promise<Pick<IndexedPassage, C>[]> {
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
    await this.#version.close();
  }

  async #openSegments(): Promise<readonly LexicalSegment[]> {
    const opened: LexicalSegment[] = [];
    for await (const segment of segmentsOf(this.dir, this.#version)) opened.push(segment);
    return opened;
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

/**
 * The lexical segments of a version one by one, in the order of its rows; those of a store
 * elsewhere are built from its rows and left in no file.
 */
export async function* segmentsOf(
  dir: string,
  { manifest, reader, store }: Pick<OpenedVersion, 'manifest' | 'reader' | 'store'>,
): AsyncGenerator<LexicalSegment> {
  const { sealed } = manifest;
  const planned =
    store === null && sealed?.version === reader.version
      ? sealed.segments
      : (await planSegments(reader)).segments;
  yield* openSegments(store === null ? dir : null, reader, planned);
}
