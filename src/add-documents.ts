/**
 * How documents get into an open index: read from files and folders, split, and written in batches
 * that fit the memory.
 */
import { resolve } from 'node:path';
import { encodesGeneratedQueries, encodesSentences } from './augment/tuned.js';
import type { XqgError } from './base/errors.js';
import type { SourceDocument } from './corpus/passage.js';
import { CorpusProgress } from './corpus/progress.js';
import type { AddOptions, AddPathsOptions, OpenIndexOptions } from './index-options.js';
import { preparedDocuments } from './indexing/documents.js';
import type { IndexIdentity } from './indexing/manifest.js';
import type {
  DocumentSource,
  IndexOptions,
  IndexProgress,
  IndexResult,
} from './indexing/options.js';
import type { Recipe } from './indexing/recipe.js';

/** Rows that wait to be written are in memory twice: as vectors, and as what goes to the disk. */
const COPIES = 2;
/** Sentences of a passage, roughly. */
const SENTENCES = 8;
/** Text and terms of a row, roughly. */
const TEXT_BYTES = 16_384;
const DEFAULT_MEMORY = 256e6;
const QUERIES_PER_LANGUAGE = 5;

/** An index that documents are added to. */
export interface TargetIndex {
  readonly directory: string;
  readonly options: OpenIndexOptions;
  readonly recipe: Recipe;
  /** null: it is not made yet. */
  readonly identity: IndexIdentity | null;
}

/** How the queries of an index are generated, and what of its passages is encoded. */
export interface Generation {
  readonly languages: readonly string[];
  /** For each passage and language. */
  readonly queries: number;
  /** False: they serve the lexical leg alone. */
  readonly encoded: boolean;
  /** True: sentences of passages are encoded too. */
  readonly sentences: boolean;
}

export function generationOf({ options, identity, recipe }: TargetIndex): Generation {
  return {
    languages:
      options.queryLanguages ?? identity?.queryLanguages ?? recipe.generator?.languages ?? [],
    queries: options.queriesPerLanguage ?? identity?.queriesPerLanguage ?? QUERIES_PER_LANGUAGE,
    encoded:
      options.encodeQueries ??
      (identity === null
        ? encodesGeneratedQueries(recipe.encoder)
        : identity.encodesQueries !== false),
    sentences:
      options.sentences ??
      (identity === null ? encodesSentences(recipe.encoder) : identity.sentences === true),
  };
}

/** Options of `indexDocuments` that depend on where the documents come from. */
export type SourceOptions = Pick<IndexOptions, 'sources' | 'splitting' | 'onProgress' | 'rowsFrom'>;

/** @throws XqgError those of `indexDocuments` */
export async function addDocuments(
  index: TargetIndex,
  documents: AsyncIterable<SourceDocument> | DocumentSource,
  { signal, memoryBytes = DEFAULT_MEMORY }: Pick<AddOptions, 'signal' | 'memoryBytes'>,
  sourceOptions: SourceOptions,
): Promise<IndexResult> {
  const { directory, options, identity, recipe } = index;
  const { encoder, generator, pack, packFolder, encoderSpec, glossary } = recipe;
  const { languages: queryLanguages, encoded: encodeQueries, sentences } = generationOf(index);
  const { dim } = encoder.identity;
  const vectors = 4 * dim * (1 + queryLanguages.length) + (sentences ? SENTENCES * dim : 0);
  const rowBytes = COPIES * vectors + TEXT_BYTES;
  const { indexDocuments } = await import('./indexing/build.js');
  return indexDocuments(directory, documents, {
    encoder,
    generator,
    pack,
    packFolder,
    glossary,
    encoderSpec,
    encodeQueries,
    sentences,
    store: options.store,
    threads: options.threads,
    queryLanguages,
    queriesPerLanguage: options.queriesPerLanguage ?? identity?.queriesPerLanguage,
    seed: options.seed ?? identity?.seed,
    writeRows: Math.max(64, Math.min(4096, Math.floor(memoryBytes / rowBytes))),
    signal,
    ...sourceOptions,
  });
}

/**
 * The documents of files and folders, as `addDocuments` takes them.
 * @throws XqgError XQG_CORPUS_NOT_FOUND and others of the readers
 */
export async function documentsOfPaths(
  paths: readonly string[],
  options: AddPathsOptions,
): Promise<{ readonly documents: DocumentSource; readonly sourceOptions: SourceOptions }> {
  const { splitting, onSkip, onNote, onProgress, source } = options;
  const { readCorpus } = await import('./corpus/read-corpus.js');
  const progress = await CorpusProgress.of(paths);
  return {
    documents: (reportFailure, omissions) => {
      const onFailure = (path: string, error: XqgError): void => {
        reportFailure(path, error);
        options.onFailure?.(path, error);
      };
      const documents = readCorpus(paths, {
        onFailure,
        onSkip: (path, reason, line) => {
          omissions.skip(path, reason, line);
          onSkip?.(path, reason, line);
        },
        onNote: (path, note) => {
          omissions.note(path, note);
          onNote?.(path, note);
        },
      });
      return preparedDocuments(documents, options, progress, onFailure);
    },
    sourceOptions: {
      sources: source === undefined ? paths.map((path) => resolve(path)) : [],
      splitting,
      onProgress: (state: IndexProgress) => onProgress?.(state, progress.bytes),
    },
  };
}
