/**
 * The interface of a store: the rows of indexed passages, in versions. Every implementation passes
 * test/store/conformance.ts.
 */
import type { Passage } from '../corpus/passage.js';
import type { TermBag } from '../languages/terms.js';

/** A passage with everything that was computed for it. */
export interface IndexedPassage extends Passage {
  /** sha256 (hex) of the document and of the settings that its row depends on. */
  readonly documentHash: string;
  /** e(p), length dim. */
  readonly vector: Float32Array;
  /**
   * Sum of e(q) over the generated queries by language, length dim each; languages without queries
   * are absent.
   */
  readonly sums: ReadonlyMap<string, Float32Array>;
  /**
   * Vectors of its sentences in the order of the text, quantized in 8 bits (quantize.ts) one behind
   * the other; null for a passage of one sentence, and where the store has none.
   */
  readonly sentences: Uint8Array | null;
  /** Terms of the passage in its own language. */
  readonly own: TermBag;
  /** Pivot stems of a generator with a distribution; else null. */
  readonly pivot: TermBag | null;
  /** Drawn queries by language of a generator without a distribution; else null. */
  readonly drawn: ReadonlyMap<string, readonly string[]> | null;
}

/** The properties of a store that are fixed when it is created. */
export interface StoreShape {
  /** Length of every vector. */
  readonly dim: number;
  /** Languages that sums may have. */
  readonly queryLanguages: readonly string[];
  /** Bits per number of a stored sum (see quantize.ts); passage vectors are not quantized. */
  readonly sumBits: 8 | 16;
  /** True where rows may have vectors of sentences; else absent. */
  readonly sentences?: true;
  /**
   * How a store that lists candidates fuses passages with the queries of all languages; absent in
   * other stores.
   */
  readonly fusion?: StoreFusion;
}

interface StoreFusion {
  readonly variant: 'sum' | 'mean';
  /** In [0, 1]. */
  readonly alpha: number;
  readonly renormalize: boolean;
  /** Number of queries in the sum of one language. */
  readonly queries: number;
}

export type Column = keyof IndexedPassage;

/** The columns of the passage itself, as the corpus has it. */
export const PASSAGE_COLUMNS = [
  'id',
  'documentId',
  'source',
  'path',
  'title',
  'headings',
  'text',
  'lang',
  'langConfidence',
  'metadata',
  'ordinal',
] as const satisfies readonly (keyof Passage)[];

/** All columns: the content of a row. */
export const COLUMNS = [
  ...PASSAGE_COLUMNS,
  'documentHash',
  'vector',
  'sums',
  'sentences',
  'own',
  'pivot',
  'drawn',
] as const satisfies readonly Column[];

export interface ScanOptions {
  /**
   * With the column `sums`: the languages to read; others are absent from the maps. Default: all.
   */
  readonly languages?: readonly string[];
  /** First row to yield. Default 0. */
  readonly offset?: number;
  /** Number of rows to yield. Default: all. */
  readonly limit?: number;
}

/**
 * The rows of one version, in an order that is fixed for that version. Later writes do not change
 * what it sees.
 */
export interface StoreReader {
  readonly shape: StoreShape;
  /** Names this version; `PassageStore.at` takes it. */
  readonly version: string;
  count(): Promise<number>;
  /** Streams the named columns, at most 1,024 rows at a time; no other column is read. */
  scan<C extends Column>(
    columns: readonly C[],
    options?: ScanOptions,
  ): AsyncIterable<Pick<IndexedPassage, C>[]>;
  /**
   * The sums in one language as they are stored (`quantize`, in the shape's bits), in the order of
   * `scan`; null for a passage without one. Null for a language that sums cannot have; absent where
   * sums are stored otherwise. Much faster than `scan`.
   */
  quantizedSums?(lang: string): AsyncIterable<(Uint8Array | null)[]> | null;
  /**
   * How many sentences of each row have vectors, in the order of `scan`; 0 for a passage of one.
   * Does not read the vectors.
   */
  sentenceCounts(): AsyncIterable<readonly number[]>;
  /**
   * Rows by their number in the order of `scan`, in the order of `places`.
   * @param options.languages as for `scan`
   * @throws XqgError XQG_STORE_VERSION_GONE if the version was purged meanwhile
   */
  take<C extends Column>(
    places: readonly number[],
    columns: readonly C[],
    options?: Pick<ScanOptions, 'languages'>,
  ): Promise<Pick<IndexedPassage, C>[]>;
  /**
   * Passages by id, in the order of `ids`; null where there is none. Slower than `take`.
   */
  get<C extends Column>(
    ids: readonly string[],
    columns: readonly C[],
  ): Promise<(Pick<IndexedPassage, C> | null)[]>;
  close(): void;
}

/** What the caller guarantees, which saves the store the work of checking. */
export interface UpsertOptions {
  /** The store has none of these documents yet. */
  readonly allNew?: boolean;
  /** Each passage has passed `checkPassage` with the store's shape. */
  readonly checked?: boolean;
}

/** The only writer of a store. Calls must not overlap, but for `sync`. */
export interface PassageStore {
  readonly shape: StoreShape;
  /** True for a CandidateStore. */
  readonly listsCandidates: boolean;
  /**
   * Writes whole documents in one step, which a reader sees entirely or not at all. They replace
   * the rows that the store has of these documents. The arrays may be reused once the promise is
   * settled.
   *
   * @throws XqgError XQG_VECTOR_LENGTH, XQG_VECTOR_NOT_FINITE, XQG_DUPLICATE_PASSAGE; nothing is
   * written then
   */
  upsert(passages: readonly IndexedPassage[], options?: UpsertOptions): Promise<void>;
  /** Deletes the rows of documents and returns their number; unknown ids are ignored. */
  deleteDocuments(documentIds: readonly string[]): Promise<number>;
  /** Deletes all rows of a source and returns their number. */
  deleteSource(source: string): Promise<number>;
  /** The current version, frozen. */
  snapshot(): Promise<StoreReader>;
  /**
   * An earlier version, frozen.
   * @throws XqgError XQG_STORE_VERSION_GONE
   */
  at(version: string): Promise<StoreReader>;
  /**
   * Merges small files and frees deleted rows, versions before the oldest of `keep`, and what a
   * killed writer left. The rows stay the same. If nothing is merged, the current version is kept
   * in any case.
   *
   * @param options.force also if it does not seem worth the time
   * @returns false if it was not worth it
   */
  compact(keep: readonly string[], options?: { readonly force?: boolean }): Promise<boolean>;
  /**
   * Rewrites everything, so that no byte of a deleted row remains in any file. No earlier version
   * survives.
   */
  purge(): Promise<void>;
  /**
   * Makes what is written by now outlive a power failure. May overlap with writing.
   * @returns the newest version that it holds for; null where every write is durable by itself
   */
  sync(): Promise<string | null>;
  close(): void;
}
