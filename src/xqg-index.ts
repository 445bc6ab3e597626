/**
 * The public API: an index in a directory, opened for adding and for searching. Both go on beside
 * each other: a search sees the version that was newest when the index was opened or last written
 * to through this object. Readers of documents and the writing side are loaded when they are first
 * needed, so that a search starts sooner.
 */
import { resolve } from 'node:path';
import {
  addDocuments,
  documentsOfPaths,
  type Generation,
  generationOf,
  type SourceOptions,
} from './add-documents.js';
import { XqgError } from './base/errors.js';
import type { SourceDocument } from './corpus/passage.js';
import { type ExpandedQuestion, expandQuestions } from './expand/apply.js';
import {
  type AddOptions,
  type AddPathsOptions,
  type OpenIndexOptions,
  withLanguageCodes,
} from './index-options.js';
import type { AnnRecord } from './indexing/ann/record.js';
import { DEFAULT_SOURCE, type NewDocument, sourceDocuments } from './indexing/documents.js';
import { findManifest, type IndexIdentity, type Manifest } from './indexing/manifest.js';
import type { DocumentSource, IndexResult } from './indexing/options.js';
import {
  closeRecipe,
  openRecipe,
  type Recipe,
  rememberNames,
  specOfIndex,
  specOfNewIndex,
} from './indexing/recipe.js';
import type { RemoveTarget } from './indexing/remove.js';
import type { IndexStatus } from './indexing/status.js';
import { answerQuestion, rankQuestions } from './search/answer.js';
import type { AnnOptions } from './search/build-ann.js';
import { type Comparison, compareRankings } from './search/compare.js';
import {
  countContents,
  generatedQueries,
  type IndexContents,
  type ListOptions,
  listPassages,
  type PassageList,
  type PassageQueries,
  type StoredPassage,
  storedPassage,
  type VisibleOptions,
} from './search/contents.js';
import type { Coverage, CoverageOptions } from './search/coverage.js';
import { type ExplainedPassage, explainPassage } from './search/explain.js';
import { LocalIndex } from './search/opened/local.js';
import type { Searchable } from './search/opened/searchable.js';
import type { SearchOptions } from './search/options.js';
import { languagesOf } from './search/question-language.js';
import type { Question, QuestionHits, SearchResult } from './search/result.js';
import { parseAddress } from './store/opensearch/address.js';

/**
 * Opens the index in `directory`.
 *
 *     const index = await openIndex('my-index', { create: true });
 *
 * @throws XqgError XQG_INDEX_MISSING if there is none and `create` is not set; XQG_STORE_OTHER if
 * its rows are in another store; XQG_NOT_TRUSTED if it names what the user does not;
 * XQG_INDEX_IDENTITY if another encoder, generator or pack made it; others of packs and languages
 */
export async function openIndex(
  directory: string,
  given: OpenIndexOptions = {},
): Promise<XqgIndex> {
  const options = withLanguageCodes(given);
  const dir = resolve(directory);
  const store = options.store === undefined ? undefined : parseAddress(options.store).spec;
  const found = store === undefined ? await findManifest(dir) : await attached(dir, store);
  if (found === null && !options.create) throw new XqgError('XQG_INDEX_MISSING', { dir });
  const spec =
    found === null ? await specOfNewIndex(options) : await specOfIndex(options, dir, found);
  const recipe = await openRecipe(spec);
  if (options.create === true) await rememberNames(spec, recipe, store);
  return new XqgIndex(dir, { ...options, ...spec, store }, recipe, found?.identity ?? null);
}

/** Loaded only where rows are in a store elsewhere. */
async function attached(dir: string, store: string): Promise<Manifest | null> {
  const { attachedManifest } = await import('./indexing/stores.js');
  return attachedManifest(dir, store);
}

/** An open index; `openIndex` makes it. Every method throws XQG_INDEX_CLOSED after `close`. */
export class XqgIndex {
  #opened: Promise<Searchable> | null = null;
  #closed = false;
  #identity: IndexIdentity | null;

  constructor(
    /** Absolute path. */
    readonly directory: string,
    readonly options: OpenIndexOptions,
    readonly recipe: Recipe,
    identity: IndexIdentity | null,
  ) {
    this.#identity = identity;
  }

  /** null: it is not made yet. */
  get identity(): IndexIdentity | null {
    return this.#identity;
  }

  /** How queries are generated here, or will be. */
  get generation(): Generation {
    return generationOf(this);
  }

  /**
   * Adds documents, or replaces those with the same ids. May be killed at any moment: what was
   * written stays, and the same call goes on. Memory is bounded whatever the number of documents.
   *
   * @throws XqgError XQG_INDEX_LOCKED if another process writes; others of `indexDocuments`
   */
  async add(
    documents: AsyncIterable<NewDocument> | Iterable<NewDocument>,
    options: AddOptions = {},
  ): Promise<IndexResult> {
    const { source = DEFAULT_SOURCE, split = false, replace = false, onProgress } = options;
    const sources = replace ? [source] : [];
    return this.#add(sourceDocuments(documents, source, split), options, { sources, onProgress });
  }

  /**
   * Brings the index to hold exactly what is in these files and folders: indexes what is new or
   * changed, removes what is no longer there. May be killed at any moment, as `add`.
   *
   * @throws XqgError those of `add`, XQG_CORPUS_NOT_FOUND and others of the readers and of
   * `writeByQueue`
   */
  async addPaths(paths: readonly string[], options: AddPathsOptions = {}): Promise<IndexResult> {
    const { documents, sourceOptions } = await documentsOfPaths(paths, options);
    if (options.queue === undefined) return this.#add(documents, options, sourceOptions);
    const { writeByQueue } = await import('./indexing/workers/queued-run.js');
    return writeByQueue(options.queue, this, options.signal, (rowsFrom) =>
      this.#add(documents, options, { ...sourceOptions, rowsFrom }),
    );
  }

  async #add(
    documents: AsyncIterable<SourceDocument> | DocumentSource,
    options: Pick<AddOptions, 'signal' | 'memoryBytes'>,
    sourceOptions: SourceOptions,
  ): Promise<IndexResult> {
    this.#requireOpen();
    const result = await addDocuments(this, documents, options, sourceOptions);
    this.#identity = (await findManifest(this.directory))?.identity ?? null;
    await this.#closeVersion();
    return result;
  }

  /**
   * Removes documents, or all that a source brought.
   * @param options.purge rewrites the rows, so that no file holds what was removed
   * @returns the number of passages removed
   * @throws XqgError XQG_INDEX_LOCKED if another process writes
   */
  async remove(target: RemoveTarget, options: { readonly purge?: boolean } = {}): Promise<number> {
    this.#requireOpen();
    const { removeFromIndex } = await import('./indexing/remove.js');
    const removed = await removeFromIndex(this.directory, target, options);
    await this.#closeVersion();
    return removed;
  }

  /**
   * The passages that answer a question.
   * @throws XqgError XQG_FILTER_SYNTAX, XQG_NUMBER_OUT_OF_RANGE, XQG_UNKNOWN_LANGUAGE,
   * XQG_UNKNOWN_PROFILE for the options; XQG_ANN_MISSING and others of the ANN index where `ann` is
   * true
   */
  search(question: string, options: SearchOptions = {}): Promise<SearchResult> {
    return this.#use((opened) => answerQuestion(opened, question, options));
  }

  /**
   * Expands a question in the language that this index would search it in, for a search or an
   * explanation that comes after it.
   * @returns what `SearchOptions.expand` takes
   */
  expand(
    question: string,
    { lang, expand, signal }: Pick<SearchOptions, 'lang' | 'expand' | 'signal'>,
  ): Promise<ExpandedQuestion> {
    return this.#use(async ({ corpus }) => {
      const { languages } = await languagesOf(question, lang, corpus);
      const [expanded] = await expandQuestions([{ text: question, languages }], expand, signal);
      return expanded;
    });
  }

  /**
   * Both rankings of one question, with xQG and without, and the rank of each hit in the other one.
   * @throws XqgError XQG_NO_GENERATED_QUERIES, and those of `search`
   */
  compare(question: string, options: SearchOptions = {}): Promise<Comparison> {
    return this.#use((opened) => compareRankings(opened, question, options));
  }

  /**
   * Ids and scores for many questions, in their order: for runs. Faster than one by one, since one
   * scan serves many. Questions are read as they are needed.
   * @throws XqgError those of `search`
   */
  async *rank<Q extends Question>(
    questions: AsyncIterable<Q> | Iterable<Q>,
    options: SearchOptions = {},
  ): AsyncGenerator<QuestionHits<Q>> {
    const opened = await this.#open();
    const release = opened.hold();
    try {
      yield* rankQuestions(opened, questions, options);
    } finally {
      await release();
    }
  }

  /**
   * Why a passage is found by a question.
   * @throws XqgError XQG_PASSAGE_UNKNOWN, and those of `search`
   */
  explain(
    question: string,
    passageId: string,
    options: SearchOptions = {},
  ): Promise<ExplainedPassage> {
    return this.#use((opened) => explainPassage(opened, question, passageId, options));
  }

  /**
   * The generated queries of a passage by language.
   * @param options.filters conditions that the passage must pass, else it is as unknown
   * @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_NO_GENERATED_QUERIES, XQG_FILTER_SYNTAX
   */
  queries(passageId: string, options: VisibleOptions = {}): Promise<PassageQueries> {
    return this.#use(async (opened) => {
      const view = await opened.viewFor([], { filters: options.filters, ids: [passageId] });
      return generatedQueries(view, passageId, options);
    });
  }

  /**
   * One passage as the index holds it.
   * @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_FILTER_SYNTAX
   */
  passage(passageId: string, options: VisibleOptions = {}): Promise<StoredPassage> {
    return this.#use(async (opened) => {
      const view = await opened.viewFor([], { filters: options.filters, ids: [passageId] });
      return storedPassage(view, passageId, options);
    });
  }

  /**
   * A page of the passages that pass the filters, in the order of the index, and how many there
   * are.
   * @throws XqgError XQG_FILTER_SYNTAX; XQG_STORE_WHOLE where a store ranks by itself
   */
  passages(options: ListOptions = {}): Promise<PassageList> {
    return this.#use((opened) => listPassages(opened.allRows('A list of passages'), options));
  }

  /**
   * What the index holds of what passes the filters.
   * @throws XqgError XQG_FILTER_SYNTAX; XQG_STORE_WHOLE where a store ranks by itself
   */
  contents(options: VisibleOptions = {}): Promise<IndexContents> {
    return this.#use((opened) => countContents(opened.allRows('Counting the contents'), options));
  }

  /**
   * How many generated queries find their own passage, by language.
   * @throws XqgError XQG_NO_GENERATED_QUERIES, XQG_FILTER_SYNTAX; XQG_STORE_WHOLE where a store
   * ranks by itself
   */
  async coverage(options: CoverageOptions = {}): Promise<Coverage> {
    const { measureCoverage } = await import('./search/coverage.js');
    return this.#use((opened) =>
      measureCoverage(opened.allRows('Measuring the generated queries'), options),
    );
  }

  /**
   * Builds an ANN index beside this index, for the version that is newest, and searches through it
   * from then on.
   * @throws XqgError XQG_ANN_PACKAGE, XQG_NUMBER_OUT_OF_RANGE; XQG_STORE_WHOLE where a store ranks
   * by itself
   */
  async buildAnn(options: AnnOptions = {}): Promise<AnnRecord> {
    const { buildAnn } = await import('./search/build-ann.js');
    const record = await this.#use((opened) => buildAnn(opened.allRows('An ANN index'), options));
    await this.#closeVersion();
    return record;
  }

  /** What the index holds and what made it, read from the directory. */
  async status(): Promise<IndexStatus> {
    this.#requireOpen();
    const { indexStatus } = await import('./indexing/status.js');
    return indexStatus(this.directory);
  }

  /** sha256 (hex) over the content: equal for indexes that answer alike. */
  async digest(): Promise<string> {
    this.#requireOpen();
    const { digestIndex } = await import('./indexing/digest.js');
    return digestIndex(this.directory);
  }

  /** What made the version that is searched, and how complete it is. */
  async manifest(): Promise<Manifest> {
    return (await this.#open()).manifest;
  }

  /** The store's version that is searched. */
  async version(): Promise<string> {
    return (await this.#open()).version;
  }

  /**
   * True if another process, or for rows elsewhere another machine, sealed another version than the
   * one that is searched.
   */
  outdated(): Promise<boolean> {
    return this.#use((opened) => opened.outdated());
  }

  /**
   * Switches to the newest version, which another process may have written. Searches use the old
   * one until the new one is open; those that have begun end there.
   *
   * @throws XqgError as `openIndex`; then the old version stays
   */
  async refresh(): Promise<void> {
    this.#requireOpen();
    const newest = this.#openNewest();
    await newest;
    const before = this.#opened;
    this.#opened = newest;
    await (await before?.catch(() => null))?.close();
  }

  /**
   * Prepares what the first question in each language would wait for; ends early when aborted. For
   * servers.
   */
  prepare(signal: AbortSignal): Promise<void> {
    return this.#use((opened) => opened.prepare(signal));
  }

  /** Releases files and memory once the calls that have begun are done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#closeVersion();
    await closeRecipe(this.recipe);
  }

  /** Works with the version that is open, which stays open until the work is done. */
  async #use<T>(work: (opened: Searchable) => Promise<T>): Promise<T> {
    const opened = await this.#open();
    const release = opened.hold();
    try {
      return await work(opened);
    } finally {
      await release();
    }
  }

  #open(): Promise<Searchable> {
    this.#requireOpen();
    this.#opened ??= this.#openNewest();
    return this.#opened;
  }

  async #openNewest(): Promise<Searchable> {
    if ((await findManifest(this.directory))?.store === undefined)
      return LocalIndex.open(this.directory, this.recipe, this.options);
    const { RemoteIndex } = await import('./search/opened/remote.js');
    return RemoteIndex.open(this.directory, this.recipe);
  }

  async #closeVersion(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    this.#opened = null;
    await opened?.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw new XqgError('XQG_INDEX_CLOSED', { dir: this.directory });
  }
}
