/** Options and results of indexing. */

import type { XqgError } from '../base/errors.js';
import type { SourceDocument } from '../corpus/passage.js';
import type { CorpusOptions } from '../corpus/split.js';
import type { Encoder } from '../encode/encoder.js';
import type { EncoderSpec } from '../encode/open-encoder.js';
import type { Generator } from '../generate/generator.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import type { PackIdentity } from '../pack/pack.js';
import type { IndexFailure, IndexIdentity } from './manifest.js';
import type { OmissionRecord, Omissions } from './omissions.js';
import type { DocumentQueue, RowQueueOptions, RowSink } from './row-queue.js';

/**
 * Documents, or a function that begins to read them and reports files that cannot be read to their
 * end: rows that the index has from such a file stay. What is left out otherwise it adds to the
 * omissions.
 */
export type DocumentSource =
  | AsyncIterable<SourceDocument>
  | ((
      onFailure: (path: string, error: XqgError) => void,
      omissions: Omissions,
    ) => AsyncIterable<SourceDocument>);

/** Where rows are computed, if not in this process. */
export type RowsFrom = (
  sink: RowSink,
  events: RowQueueOptions,
  identity: IndexIdentity,
) => DocumentQueue;

export interface IndexOptions {
  readonly encoder: Encoder;
  /** null: no queries are generated. */
  readonly generator: Generator | null;
  /** How the encoder was named, so that a search finds it again. */
  readonly encoderSpec?: EncoderSpec;
  /** False: generated queries serve the lexical leg alone; none is encoded. Default true. */
  readonly encodeQueries?: boolean;
  /** True: sentences of passages are encoded too. Default false. */
  readonly sentences?: boolean;
  /**
   * The glossary of encoder and generator: documents that hold one of its changed terms are indexed
   * again.
   */
  readonly glossary?: Glossary | null;
  /** The pack that both come from, if one does. */
  readonly pack?: PackIdentity | null;
  /**
   * Folder of the pack, where encoder and generator are the pack's own with their default settings:
   * then threads can make the same.
   */
  readonly packFolder?: string;
  /**
   * Threads that compute beside this one. Default: one for each core. 0: none. The result is the
   * same.
   */
  readonly threads?: number;
  /** Default: all of the generator's. */
  readonly queryLanguages?: readonly string[];
  /** Default 5. */
  readonly queriesPerLanguage?: number;
  /** Seed of drawn queries. Default 0. */
  readonly seed?: number;
  /** Bits per number of a stored sum. Default 8. */
  readonly sumBits?: 8 | 16;
  /** `opensearch://...`: where a new index keeps its rows. Default: in its directory. */
  readonly store?: string;
  readonly splitting?: CorpusOptions;
  /**
   * Documents of these sources that are not among the given ones are deleted, once all were read.
   * Default: the sources of the documents that were read.
   */
  readonly sources?: readonly string[];
  /** How many documents will come, where that is known. */
  readonly expected?: number;
  /** When aborted, what is computed is written and the run ends with the status `interrupted`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /**
   * Rows per write: with `dim` and the number of languages this bounds the memory. Default 2,048.
   */
  readonly writeRows?: number;
  /** Passages that are encoded together. Default 64. */
  readonly computeRows?: number;
  /** Default: rows are computed in this process. */
  readonly rowsFrom?: RowsFrom;
}

export interface IndexProgress {
  /**
   * `sealing`: all rows are in; lexical segments are built. Then `passages` counts rows of the
   * whole index.
   */
  readonly phase: 'documents' | 'sealing';
  /** Documents met so far: indexed, unchanged or failed. */
  readonly documents: number;
  readonly expected: number | null;
  /** Passages indexed by this run so far. */
  readonly passages: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly elapsedMs: number;
}

export interface IndexResult {
  /**
   * `complete`: everything is in; `incomplete`: some documents failed, see `failures`;
   * `interrupted`: the signal was aborted. After the last two the same command goes on.
   */
  readonly status: 'complete' | 'incomplete' | 'interrupted';
  /** XQG_INDEX_INCOMPLETE, ready to be thrown; null if complete. */
  readonly error: XqgError | null;
  readonly documents: {
    readonly indexed: number;
    readonly unchanged: number;
    readonly removed: number;
    readonly failed: number;
  };
  /** Passages that this run computed. */
  readonly passages: number;
  /** Documents that became more than one passage. */
  readonly split: number;
  /** Sentences that were longer than the budget and were cut between words. */
  readonly cut: number;
  /** At most 200, and 10 of a file. */
  readonly failures: readonly IndexFailure[];
  /** What was left out without failing; absent where that is nothing. */
  readonly omissions?: OmissionRecord | undefined;
  readonly elapsedMs: number;
}
