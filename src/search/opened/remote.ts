/**
 * One version of an index whose store ranks by itself. In memory are only sums over its rows; every
 * question gets the rows that are candidates for it.
 */
import { XqgError } from '../../base/errors.js';
import { UseCounted } from '../../base/use-count.js';
import { statedIn } from '../../generate/generator.js';
import { totalsOf } from '../../indexing/lexical/corpus-totals.js';
import { lexicalRow } from '../../indexing/lexical/segments.js';
import type { Manifest } from '../../indexing/manifest.js';
import { type OpenedVersion, openVersion } from '../../indexing/open.js';
import type { Recipe } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import { latestManifest } from '../../indexing/stores.js';
import type { CandidateReader } from '../../store/candidate-store.js';
import type { Column, IndexedPassage } from '../../store/store.js';
import { type CandidateEngine, Candidates } from '../candidates/candidates.js';
import { searchDefaults } from '../defaults.js';
import { parseCondition } from '../filters.js';
import type { SearchRequest } from '../request.js';
import type { Searchable, SearchSnapshot, SearchView, ViewOptions } from './searchable.js';

/** Requests of a batch whose candidates are read at the same time. */
const REQUESTS_AT_ONCE = 4;

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
      const {
        queryLanguages,
        queriesPerLanguage,
        encodesQueries = true,
      } = opened.manifest.identity;
      const reader = opened.reader as CandidateReader;
      const candidates = new Candidates({
        reader,
        totals: await totalsOf(opened.store!, reader),
        encoder,
        factors: generator?.distribution?.factors ?? null,
        defaults: searchDefaults(
          encoder,
          generator ?? statedIn(opened.manifest.identity.generator),
        ),
        queryLanguages,
        encodesQueries,
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

  get corpus(): SearchView {
    return this.#viewOf(this.#candidates.blank, []);
  }

  async viewFor(
    requests: readonly SearchRequest[],
    { filters = [], ids = [] }: ViewOptions = {},
  ): Promise<SearchView> {
    const candidates = await this.#candidates.around(requests, filters.map(parseCondition), ids);
    return this.#viewOf(candidates, requests);
  }

  async *viewsFor(
    requests: readonly SearchRequest[],
    filters: readonly string[],
  ): AsyncGenerator<{ readonly view: SearchView; readonly requests: readonly SearchRequest[] }> {
    for (let first = 0; first < requests.length; first += REQUESTS_AT_ONCE) {
      const batch = requests.slice(first, first + REQUESTS_AT_ONCE);
      const views = await Promise.all(batch.map((request) => this.viewFor([request], { filters })));
      for (const [i, view] of views.entries()) yield { view, requests: [batch[i]] };
    }
  }

  async outdated(): Promise<boolean> {
    const store = this.#opened.store!;
    // Switches to the index that a purge put in place of the one that was opened.
    (await store.snapshot()).close();
    const { sealed } = await latestManifest(this.#dir, this.manifest, store);
    return sealed?.version !== this.manifest.sealed?.version;
  }

  allRows(purpose: string): never {
    const store = this.manifest.store!;
    throw new XqgError('XQG_STORE_WHOLE', { what: purpose, dir: this.#dir, store });
  }

  /** The store prepares itself. */
  async prepare(): Promise<void> {}

  protected async free(): Promise<void> {
    await this.#opened.close();
  }

  #viewOf(
    { engine, snapshot, seqs }: CandidateEngine,
    requests: readonly SearchRequest[],
  ): SearchView {
    const { manifest, version } = this;
    return {
      engine,
      snapshot: new StoredRows(snapshot, seqs, this.#reader, this.#dir, manifest, version),
      recipe: this.#recipe,
      ann: null,
      exactDepth: Math.max(0, ...requests.map(({ k }) => k)),
    };
  }
}

/** Candidates as a snapshot; columns that no leg needs are read when hits are shown. */
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
    const seqs = rows.map((row) => this.seqs[row]);
    const stored = await this.reader.rows({ seqs: [...new Set(seqs)] }, columns);
    const bySeq = new Map(stored.map(({ seq, row }) => [seq, row]));
    return seqs.map((seq) => bySeq.get(seq)!);
  }

  async *scan<C extends Column>(columns: readonly C[]): AsyncGenerator<Pick<IndexedPassage, C>[]> {
    yield await this.take([...this.ids.keys()], columns);
  }
}
