/**
 * One run over the documents: which to skip, which to index, which are gone; counts and reports.
 */

import { dirname } from 'node:path';
import { XqgError } from '../base/errors.js';
import { type CollectedDocument, inCollections } from '../corpus/neighbors.js';
import type { Passage, SourceDocument } from '../corpus/passage.js';
import { labelDocument } from '../corpus/passage-languages.js';
import { type CorpusOptions, passagesOf } from '../corpus/split.js';
import { languageOfTag } from '../languages/tags.js';
import type { KnownWords } from '../languages/vocabulary.js';
import type { StoreReader } from '../store/store.js';
import { ExpectedQueries } from './expected-queries.js';
import { documentHasher, KnownDocuments } from './known-documents.js';
import type { IndexFailure, IndexState } from './manifest.js';
import type { Omissions } from './omissions.js';
import type { IndexOptions, IndexProgress, IndexResult } from './options.js';
import { type DocumentQueue, RowQueue, type RowQueueOptions } from './row-queue.js';
import { SegmentsAhead } from './segments-ahead.js';
import type { IndexWriter } from './writer.js';

const MOST_FAILURES = 100;
/** Documents per deletion. */
const DELETED_TOGETHER = 1000;

/** One call of `indexDocuments`. */
export class IndexRun {
  readonly #writer: IndexWriter;
  readonly #options: IndexOptions;
  readonly #started = performance.now();
  readonly #known = new KnownDocuments();
  readonly #hash: (document: SourceDocument) => string;
  readonly #expectations: ExpectedQueries | null;
  readonly #segments: SegmentsAhead;
  readonly #queue: DocumentQueue;
  /** Sources of which every document comes. */
  readonly #sources: Set<string>;
  readonly #failedPaths = new Set<string>();
  readonly #words: KnownWords | undefined;
  /** True where the run before met documents that declare a wrong language. */
  readonly #checksUnchanged: boolean;
  readonly #failures: IndexFailure[] = [];
  #indexed = 0;
  #unchanged = 0;
  #removed = 0;
  #failed = 0;
  #passages = 0;
  #splits = 0;
  #cut = 0;
  /** Documents that have lost their text. */
  readonly #emptied: string[] = [];
  #unsaved: Promise<void> = Promise.resolve();
  /** True while a checkpoint has not begun. */
  #waiting = false;

  constructor(
    writer: IndexWriter,
    options: IndexOptions,
    private readonly omissions: Omissions,
  ) {
    this.#writer = writer;
    this.#options = options;
    const { identity, splitting } = writer.manifest;
    this.#hash = documentHasher(identity, splitting as CorpusOptions, options.glossary);
    this.#checksUnchanged = writer.manifest.state.omissions?.languages !== undefined;
    this.#sources = new Set(options.sources);
    const { encoder, generator, encodeQueries = true } = options;
    const factors = generator?.distribution?.factors;
    this.#words = factors && {
      languages: generator.languages,
      vocabulary: (lang) => factors.vocabulary?.(lang) ?? null,
    };
    this.#expectations = encodeQueries ? ExpectedQueries.of(encoder, generator, options) : null;
    this.#segments = new SegmentsAhead(
      writer.dir,
      writer.manifest.store === undefined ? options.threads : 0,
    );
    const events: RowQueueOptions = {
      writeRows: options.writeRows ?? 2048,
      computeRows: options.computeRows ?? 64,
      onWritten: async ({ documents, rows, allNew }) => {
        this.#indexed += documents;
        this.#checkpoint();
        await this.#segments.written(rows, allNew);
      },
      onFailure: (path, error) => this.fail(path, error),
      onComputed: (passages) => {
        this.#passages += passages;
        this.#report('documents', this.#passages);
      },
    };
    const recipe = {
      ...identity,
      encoder,
      generator,
      expectations: this.#expectations,
      encodeQueries,
    };
    this.#queue =
      options.rowsFrom?.(writer.store, events, identity) ??
      new RowQueue(writer.store, recipe, events);
  }

  async run(documents: AsyncIterable<SourceDocument>): Promise<IndexResult> {
    const { signal } = this.#options;
    await this.#readKnown();
    try {
      for await (const collected of inCollections(documents, this.#words)) {
        if (signal?.aborted) break;
        await this.#take(collected);
      }
      if (signal?.aborted) await this.#queue.flush();
      else await this.#queue.finish();
      await this.#expectations?.close();
      if (!signal?.aborted) await this.#segments.finish();
    } catch (error) {
      // What is computed may have cost much: it is written, unless the store is what failed.
      await this.#queue.flush().catch(() => undefined);
      await this.#unsaved.catch(() => undefined);
      throw error;
    } finally {
      await this.#expectations?.close();
      await this.#segments.close();
    }
    await this.#unsaved;
    if (signal?.aborted) return this.#result('interrupted');
    await this.#dropGone();
    // Workers try again what they set aside; a file would fail again.
    const isOver = this.#failed === 0 || this.#options.rowsFrom === undefined;
    await this.#writer.seal(this.#state(isOver ? 'complete' : 'indexing'), (sealed) =>
      this.#report('sealing', sealed),
    );
    return this.#result(this.#failed === 0 ? 'complete' : 'incomplete');
  }

  async #readKnown(): Promise<void> {
    await this.#withSnapshot(async (reader) => {
      for await (const rows of reader.scan(['documentId', 'source', 'documentHash'])) {
        this.#segments.found(rows.length);
        for (const row of rows) this.#known.add(row.documentId, row.source, row.documentHash);
      }
    });
  }

  async #take(collected: CollectedDocument): Promise<void> {
    const { document } = collected;
    const { id, source, path } = document;
    if (this.#options.sources === undefined) this.#sources.add(source);
    const hash = this.#hash(document);
    const owner = this.#known.sourceOf(id);
    if (owner !== null && owner !== source && !this.#sources.has(owner)) {
      this.fail(path, new XqgError('XQG_DOCUMENT_ID_TAKEN', { path, id, source: owner }));
      return;
    }
    if (this.#known.seen(id)) {
      this.fail(path, new XqgError('XQG_DUPLICATE_DOCUMENT', { path, id }));
      return;
    }
    const standing = this.#known.standing(id, hash);
    if (standing === 'same') {
      this.#known.see(id);
      this.#unchanged++;
      if (this.#checksUnchanged) await this.#checkLanguage(document);
      // Reporting every one would cost more than skipping it.
      if (this.#unchanged % 256 === 0) this.#report('documents', this.#passages);
      return;
    }
    const passages = await this.#split(collected);
    // Also of a document that fails: what the index has of it is not gone.
    this.#known.set(id, source, hash, passages?.length ?? this.#known.passagesOf(id));
    this.#known.see(id);
    if (passages === null) return;
    if (passages.length > 0) await this.#queue.add(passages, hash, standing === 'new');
    else {
      if (standing === 'changed') this.#emptied.push(id);
      this.#indexed++;
    }
  }

  /** null for a document that cannot be indexed. */
  async #split({ document, collection }: CollectedDocument): Promise<readonly Passage[] | null> {
    try {
      const { passages, cut, contradiction } = await passagesOf(document, this.#options.splitting, {
        words: this.#words,
        neighbors: () => collection.languages(),
      });
      if (contradiction !== null) this.omissions.wrongLanguage(document.path, contradiction);
      this.#checkIds(document.id, passages);
      this.#cut += cut;
      if (passages.length > 1) this.#splits++;
      return passages;
    } catch (error) {
      if (!(error instanceof XqgError) || error.code === 'XQG_CORPUS_BUDGET') throw error;
      this.fail(document.path, error);
      return null;
    }
  }

  /** Says of an unchanged document, too, that it declares a wrong language. */
  async #checkLanguage(document: SourceDocument): Promise<void> {
    const { lang: tag } = this.#options.splitting ?? {};
    if (tag === undefined && document.lang === undefined) return;
    const given = tag === undefined ? undefined : languageOfTag(tag);
    const { contradiction } = await labelDocument(document, { given, words: this.#words });
    if (contradiction !== null) this.omissions.wrongLanguage(document.path, contradiction);
  }

  /**
   * Refuses the passages `a#1` of a document `a` beside the document `a#1`, in whatever order they
   * come.
   */
  #checkIds(documentId: string, passages: readonly Passage[]): void {
    for (const { id } of passages) {
      const [, base, ordinal] = /^(.*)#(\d+)$/s.exec(id) ?? [];
      if (base === undefined) continue;
      const taken =
        id === documentId
          ? this.#known.passagesOf(base) > Math.max(1, Number(ordinal))
          : this.#known.passagesOf(id) > 0;
      if (taken) throw new XqgError('XQG_DUPLICATE_PASSAGE', { id });
    }
  }

  /**
   * Deletes the documents of the given sources that did not come; those of files that failed may
   * yet be there.
   */
  async #dropGone(): Promise<void> {
    await this.#withSnapshot(async (reader) => {
      let gone = await this.#delete(this.#emptied);
      for await (const rows of reader.scan(['documentId', 'source', 'path', 'ordinal'])) {
        for (const { documentId, source, path, ordinal } of rows) {
          if (ordinal !== 0 || !this.#sources.has(source) || this.#hasFailed(path)) continue;
          if (!this.#known.seen(documentId) && this.#known.sourceOf(documentId) !== null)
            gone.push(documentId);
        }
        if (gone.length >= DELETED_TOGETHER) gone = await this.#delete(gone);
      }
      await this.#delete(gone);
    });
  }

  /** True for a file that failed, or lies in a folder that did. */
  #hasFailed(path: string): boolean {
    if (this.#failedPaths.size === 0) return false;
    for (let at = path; ; at = dirname(at)) {
      if (this.#failedPaths.has(at)) return true;
      if (at === dirname(at)) return false;
    }
  }

  async #delete(documents: readonly string[]): Promise<string[]> {
    if (documents.length > 0) {
      await this.#writer.store.deleteDocuments(documents);
      this.#removed += documents.length;
    }
    return [];
  }

  async #withSnapshot(work: (reader: StoreReader) => Promise<void>): Promise<void> {
    const reader = await this.#writer.store.snapshot();
    try {
      await work(reader);
    } finally {
      reader.close();
    }
  }

  /** Records a document or file that cannot be indexed; what the index has of it stays. */
  fail(path: string, { code, message }: XqgError): void {
    this.#failed++;
    this.#failedPaths.add(path);
    if (this.#failures.length < MOST_FAILURES) this.#failures.push({ path, code, message });
  }

  /** Syncs what is written beside what goes on; of several that wait, one does for all. */
  #checkpoint(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#unsaved = this.#unsaved.then(() => {
      this.#waiting = false;
      return this.#writer.checkpoint({ state: this.#state('indexing') });
    });
    this.#unsaved.catch(() => undefined);
  }

  #state(status: IndexState['status']): IndexState {
    const done = this.#indexed + this.#unchanged;
    const expected = this.#options.expected ?? (status === 'complete' ? done : null);
    return {
      status,
      expected,
      done,
      failed: this.#failed,
      failures: this.#failures,
      omissions: this.omissions.record(),
    };
  }

  #report(phase: IndexProgress['phase'], passages: number): void {
    this.#options.onProgress?.({
      phase,
      documents: this.#indexed + this.#unchanged + this.#failed,
      expected: this.#options.expected ?? null,
      passages,
      unchanged: this.#unchanged,
      failed: this.#failed,
      elapsedMs: performance.now() - this.#started,
    });
  }

  #result(status: IndexResult['status']): IndexResult {
    const done = this.#indexed + this.#unchanged;
    const expected = Math.max(this.#options.expected ?? 0, done + this.#failed);
    const reason =
      this.#failed > 0
        ? `, ${this.#failed} set aside (the first: ${this.#failures[0].message.replace(/\.$/, '')})`
        : '';
    return {
      status,
      error:
        status === 'complete'
          ? null
          : new XqgError('XQG_INDEX_INCOMPLETE', { done, expected, reason }),
      documents: {
        indexed: this.#indexed,
        unchanged: this.#unchanged,
        removed: this.#removed,
        failed: this.#failed,
      },
      passages: this.#passages,
      split: this.#splits,
      cut: this.#cut,
      failures: this.#failures,
      omissions: this.omissions.record(),
      elapsedMs: performance.now() - this.#started,
    };
  }
}
