/**
 * One version of an index whose store ranks by itself: nothing of it is held here but sums over its rows. Every question gets the
 * rows that it is about. Knows no server.
 */
import { XqgError } from '../../base/errors.js';
import { HeldIndex } from '../../base/use-count.js';
import { hasDistribution } from '../../generate/generator.js';
import { totalsOf } from '../../indexing/lexical/corpus-totals.js';
import { lexicalRow } from '../../indexing/lexical/segments.js';
import type { Manifest } from '../../indexing/manifest.js';
import { type OpenedVersion, openVersion } from '../../indexing/open.js';
import type { Makers } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import { latestManifest } from '../../indexing/stores.js';
import type { RankingReader } from '../../store/candidate-store.js';
import type { Column, IndexedPassage } from '../../store/store.js';
import { type AskedQuestion, deepened, expandQuestions, languagesOf, requestOf } from '../answer.js';
import { type CandidateEngine, Candidates } from '../candidates/candidates.js';
import { searchDefaults } from '../defaults.js';
import { parseCondition } from '../filters.js';
import type { SearchOptions } from '../options.js';
import type { QuestionLanguages } from '../question-language.js';
import type { AskableIndex, SearchedIndex, SearchedSnapshot } from './searchable.js';

/** Questions of a batch that are asked at the same time. */
const TOGETHER = 4;

export class StoredIndex extends HeldIndex implements AskableIndex {
  readonly #dir: string;
  readonly #opened: OpenedVersion;
  readonly #reader: RankingReader;
  readonly #candidates: Candidates;
  readonly #makers: Makers;

  private constructor(dir: string, opened: OpenedVersion, candidates: Candidates, makers: Makers) {
    super();
    this.#dir = dir;
    this.#opened = opened;
    this.#reader = opened.reader as RankingReader;
    this.#candidates = candidates;
    this.#makers = makers;
  }

  /** @throws XqgError as `openVersion` */
  static async open(dir: string, makers: Makers): Promise<StoredIndex> {
    const { encoder, generator, pack, glossary } = makers;
    const opened = await openVersion(dir, {
      encoder: encoder.identity,
      ...(generator === null ? {} : { generator: generator.identity }),
      pack,
      glossary: glossary?.sha256,
    });
    try {
      const { queryLanguages, queriesPerLanguage } = opened.manifest.identity;
      const reader = opened.reader as RankingReader;
      const candidates = new Candidates({
        reader,
        totals: await totalsOf(opened.store!, reader),
        encoder,
        factors: generator !== null && hasDistribution(generator) ? generator : null,
        defaults: searchDefaults(encoder.identity, generator?.identity ?? null),
        queryLanguages,
        queriesPerLanguage,
        lexicalRow,
      });
      return new StoredIndex(dir, opened, candidates, makers);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  get manifest(): Manifest {
    return this.#opened.manifest;
  }

  get version(): string {
    return this.#reader.version;
  }

  async around(
    question: string,
    asked: readonly SearchOptions[],
    { depth = 0, also = [] }: { readonly depth?: number; readonly also?: readonly string[] } = {},
  ): Promise<SearchedIndex> {
    const [{ lang, filters = [] }] = asked;
    const blank = this.#searched(this.#candidates.blank);
    const languages = await this.languages(question, lang, this.#makers);
    const [expanded] = await expandQuestions([{ text: question, languages: languages.languages }], asked[0]);
    const { topN } = blank.engine.defaults.hybrid;
    const requests = asked.map((options) => {
      const { expansion } = expanded;
      return deepened({ ...requestOf(question, languages, blank, options, null), expansion }, topN, depth);
    });
    const found = await this.#candidates.around(requests, filters.map(parseCondition), also);
    return { ...this.#searched(found), expanded, sureTo: Math.max(depth, ...requests.map(({ k }) => k)) };
  }

  async *aroundEach<Q extends AskedQuestion>(
    questions: readonly Q[],
    options: SearchOptions,
  ): AsyncGenerator<{ readonly index: SearchedIndex; readonly questions: readonly Q[] }> {
    const ask = (from: number): Promise<SearchedIndex>[] =>
      questions
        .slice(from, from + TOGETHER)
        .map(({ text, lang }) => this.around(text, [{ ...options, lang: lang ?? options.lang }]));
    for (let from = 0; from < questions.length; from += TOGETHER) {
      const indexes = await Promise.all(ask(from));
      for (const [i, index] of indexes.entries()) yield { index, questions: [questions[from + i]] };
    }
  }

  languages(question: string, lang: SearchOptions['lang'], makers: Makers): Promise<QuestionLanguages> {
    return languagesOf(question, lang, makers, this.#searched(this.#candidates.blank));
  }

  async passages(ids: readonly string[], filters: readonly string[]): Promise<SearchedIndex> {
    return this.#searched(await this.#candidates.around([], filters.map(parseCondition), ids));
  }

  async outdated(): Promise<boolean> {
    const store = this.#opened.store!;
    // Goes over to the index that a purge put in place of the one that was opened.
    (await store.snapshot()).close();
    const { sealed } = await latestManifest(this.#dir, this.manifest, store);
    return sealed?.version !== this.manifest.sealed?.version;
  }

  whole(what: string): never {
    throw new XqgError('XQG_STORE_WHOLE', { what, dir: this.#dir, store: this.manifest.store! });
  }

  /** Nothing of it is held here. */
  async prepare(): Promise<void> {}

  protected async free(): Promise<void> {
    await this.#opened.close();
  }

  #searched({ engine, snapshot, seqs }: CandidateEngine): SearchedIndex {
    const { manifest, version } = this;
    return { engine, snapshot: new StoredRows(snapshot, seqs, this.#reader, this.#dir, manifest, version) };
  }
}

/** Candidates as a snapshot whose other columns are read when they are shown. */
class StoredRows implements SearchedSnapshot {
  readonly filtered = true;
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly corpusLanguages?: readonly string[];
  readonly dim: number;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;

  constructor(
    private readonly rows: Snapshot,
    private readonly seqs: readonly number[],
    private readonly reader: RankingReader,
    readonly dir: string,
    readonly manifest: Manifest,
    readonly version: string,
  ) {
    this.ids = rows.ids;
    this.langs = rows.langs;
    this.corpusLanguages = rows.corpusLanguages;
    this.dim = rows.dim;
    this.queryLanguages = rows.queryLanguages;
    this.queriesPerLanguage = rows.queriesPerLanguage;
  }

  passageVectors(): Promise<Float32Array> {
    return this.rows.passageVectors();
  }

  languageSum(lang: string): Promise<Float32Array> {
    return this.rows.languageSum(lang);
  }

  languageSumsOf(row: number): Promise<ReadonlyMap<string, Float32Array>> {
    return this.rows.languageSumsOf!(row);
  }

  row(id: string): number {
    return this.ids.indexOf(id);
  }

  async take<C extends Column>(
    rows: readonly number[],
    columns: readonly C[],
  ): Promise<Pick<IndexedPassage, C>[]> {
    const wanted = rows.map((row) => this.seqs[row]);
    const read = await this.reader.rows({ seqs: [...new Set(wanted)] }, columns);
    const found = new Map(read.map(({ seq, row }) => [seq, row]));
    return wanted.map((seq) => found.get(seq)!);
  }

  async *scan<C extends Column>(columns: readonly C[]): AsyncGenerator<Pick<IndexedPassage, C>[]> {
    yield await this.take([...this.ids.keys()], columns);
  }
}
