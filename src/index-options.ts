/** The options that an index is opened with, and those of adding documents. */
import type { SourceDocument } from './corpus/passage.js';
import type { ReadBytes } from './corpus/progress.js';
import type { ReadOptions } from './corpus/read-corpus.js';
import type { CorpusOptions } from './corpus/split.js';
import type { IndexProgress } from './indexing/options.js';
import type { RecipeSpec } from './indexing/recipe.js';
import type { QueueOptions } from './indexing/workers/queued-run.js';
import { requireLanguage } from './languages/tags.js';
import type { SearchSettings } from './search/opened/local.js';

export interface OpenIndexOptions extends RecipeSpec, SearchSettings {
  /**
   * `opensearch://HOST:PORT/NAME`: where a new index keeps its rows; of one that is there already,
   * the directory becomes the control folder. Default: in the directory, or where the index of the
   * directory keeps them.
   */
  readonly store?: string;
  /** Make the index if there is none in the directory. Default false. */
  readonly create?: boolean;
  /**
   * Languages in which queries are generated; fixed when the index is made. Default: all of the
   * generator's.
   */
  readonly queryLanguages?: readonly string[];
  /** Queries for each passage and language; fixed when the index is made. Default 5. */
  readonly queriesPerLanguage?: number;
  /** Seed of drawn queries; fixed when the index is made. Default 0. */
  readonly seed?: number;
  /**
   * False: generated queries serve the lexical leg alone; fixed when the index is made. Default
   * true, but for the encoder `e5`.
   */
  readonly encodeQueries?: boolean;
  /**
   * True: sentences are encoded too, each alone, so that a passage can be ranked by its best one;
   * fixed when the index is made. Default: true for neural encoders of this machine.
   */
  readonly sentences?: boolean;
}

export interface AddOptions {
  /** Default "library". */
  readonly source?: string;
  /** Split long texts into passages. Default false: every document is one passage. */
  readonly split?: boolean;
  /** True: documents of the source that are not among the given ones are removed. Default false. */
  readonly replace?: boolean;
  /** When aborted, what was written stays and the result says `interrupted`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Memory for what waits to be written, in bytes. Default 256 MB. */
  readonly memoryBytes?: number;
}

export interface AddPathsOptions
  extends Omit<AddOptions, 'source' | 'split' | 'replace' | 'onProgress'> {
  readonly splitting?: CorpusOptions;
  readonly onSkip?: ReadOptions['onSkip'];
  readonly onNote?: ReadOptions['onNote'];
  readonly onFailure?: ReadOptions['onFailure'];
  readonly onProgress?: (progress: IndexProgress, read: ReadBytes) => void;
  /**
   * Keeps the documents under this name, whatever path brought them; nothing that came under it
   * before is removed. Default: every path is a source of its own, and what is no longer in it is
   * removed.
   */
  readonly source?: string;
  /**
   * Sees each document before it is indexed and returns what is indexed.
   * @throws XqgError to refuse that document; `onFailure` gets it
   */
  readonly prepare?: (document: SourceDocument) => SourceDocument;
  /** Rows are computed by the workers of a queue (`runWorker`). Default: in this process. */
  readonly queue?: QueueOptions;
}

/**
 * Query languages as the codes that packs use.
 * @throws XqgError XQG_NOT_A_LANGUAGE, XQG_UNKNOWN_LANGUAGE
 */
export function withLanguageCodes(options: OpenIndexOptions): OpenIndexOptions {
  const codes = (tags: readonly string[] | undefined): string[] | undefined =>
    tags?.map((tag) => requireLanguage(tag, 'languages of the generated queries'));
  const { queryLanguages, generatorOptions } = options;
  return {
    ...options,
    ...(queryLanguages && { queryLanguages: codes(queryLanguages) }),
    ...(generatorOptions?.languages && {
      generatorOptions: { ...generatorOptions, languages: codes(generatorOptions.languages) },
    }),
  };
}
