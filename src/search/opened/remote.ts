/**
 * One version of an index whose store ranks by itself: nothing of it is held here but sums over its
 * rows. Every question gets the rows that it is about.
 */
import { XqgError } from '../../base/errors.js';
import { UseCounted } from '../../base/use-count.js';
import { totalsOf } from '../../indexing/lexical/corpus-totals.js';
import { lexicalRow } from '../../indexing/lexical/segments.js';
import type { Manifest } from '../../indexing/manifest.js';
import { type OpenedVersion, openVersion } from '../../indexing/open.js';
import type { Recipe } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import { latestManifest } from '../../indexing/stores.js';
import type { CandidateReader } from '../../store/candidate-store.js';
import type { Column, IndexedPassage } from '../../store/store.js';
import { deepened, expandQuestions, requestOf } from '../answer.js';
import { type CandidateEngine, Candidates } from '../candidates/candidates.js';
import { searchDefaults } from '../defaults.js';
import { parseCondition } from '../filters.js';
import type { Question, SearchOptions } from '../options.js';
import type { QuestionLanguages } from '../question-language.js';
import { languagesOf } from '../question-language.js';
import type { Searchable, SearchSnapshot, SearchView } from './searchable.js';

/** Questions of a batch that are asked at the same time. */
const TOGETHER = 4;

export class RemoteIndex extends UseCounted implements Searchable {
  readonly #dir: string;
  readonly #opened: OpenedVersion;
  readonly #reader: CandidateReader;
  readonly #candidates: Candidates;
  readonly #recipe: Recipe;

  private constructor(dir: string, opened: OpenedVersion, candidates: Candidates, recipe: Recipe) {
    super();
    this.#dir = dir;
    this.#opened = opened;
    this.#reader = opened.reader as CandidateReader;
    this.#candidates = candidates;
    this.#recipe = recipe;
  }

  /** @throws XqgError as `openVersion` */
  static async open(dir: string, recipe: Recipe): Promise<RemoteIndex> {
    const { encoder, generator, pack, glossary } = recipe;
    const opened = await openVersion(dir, {
      encoder: encoder.identity,
      ...(generator === null ? {} : { generator: generator.identity }),
      pack,
      glossary: glossary?.sha256,
    });
    try {
      const { queryLanguages, queriesPerLanguage } = opened.manifest.identity;
      const reader = opened.reader as CandidateReader;
      const candidates = new Candidates({
        reader,
        totals: await totalsOf(opened.store!, reader),
        encoder,
        factors: generator?.distribution?.factors ?? null,
        defaults: searchDefaults(encoder, generator),
        queryLanguages,
        queriesPerLanguage,
        lexicalRow,
      });
      return new RemoteIndex(dir, opened, candidates, recipe);
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
  ): Promise<SearchView> {
    const [{ lang, filters = [] }] = asked;
    const blank = this.#searched(this.#candidates.blank);
    const languages = await this.languages(question, lang, this.#recipe);
    const [expanded] = await expandQuestions(
      [{ text: question, languages: languages.languages }],
      asked[0],
    );
    const { topN } = blank.engine.defaults.hybrid;
    const requests = asked.map((options) => {
      const { expansion } = expanded;
      return deepened(
        { ...requestOf(question, languages, blank, options, null), expansion },
        topN,
        depth,
      );
    });
    const found = await this.#candidates.around(requests, filters.map(parseCondition), also);
    return {
      ...this.#searched(found),
      expanded,
      sureTo: Math.max(depth, ...requests.map(({ k }) => k)),
    };
  }

  async *aroundEach<Q extends Question>(
    questions: readonly Q[],
    options: SearchOptions,
  ): AsyncGenerator<{ readonly index: SearchView; readonly questions: readonly Q[] }> {
    const ask = (from: number): Promise<SearchView>[] =>
      questions
        .slice(from, from + TOGETHER)
        .map(({ text, lang }) => this.around(text, [{ ...options, lang: lang ?? options.lang }]));
    for (let from = 0; from < questions.length; from += TOGETHER) {
      const indexes = await Promise.all(ask(from));
      for (const [i, index] of indexes.entries()) yield { index, questions: [questions[from + i]] };
    }
  }

  languages(
    question: string,
    lang: SearchOptions['lang'],
    recipe: Recipe,
  ): Promise<QuestionLanguages> {
    return languagesOf(question, lang, recipe, this.#searched(this.#candidates.blank));
  }

  async passages(ids: readonly string[], filters: readonly string[]): Promise<SearchView> {
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

  #searched({ engine, snapshot, seqs }: CandidateEngine): SearchView {
    const { manifest, version } = this;
    return {
      engine,
      snapshot: new StoredRows(snapshot, seqs, this.#reader, this.#dir, manifest, version),
    };
  }
}

/** Candidates as a snapshot whose other columns are read when they are shown. */
class StoredRows implements SearchSnapshot {
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
    private readonly reader: CandidateReader,
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
