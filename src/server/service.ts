/**
 * What can be asked of a server's indexes, with the access of whoever asks: the filters of a key
 * hold in every answer, and what does not pass them does not exist. HTTP and MCP are two ways to
 * come here; knows neither.
 */
import { basename, isAbsolute, relative } from 'node:path';
import { LRUCache } from 'lru-cache';
import { describeFailure, XqgError } from '../base/errors.js';
import { version } from '../base/version.js';
import type { ComparedAnswer } from '../search/compare.js';
import type { SearchOptions } from '../search/options.js';
import type { XqgIndex } from '../xqg-index.js';
import { type Access, filtersOf, mayUse, requireRight } from './access.js';
import type { Expansions, Widened } from './expansions.js';
import type { Gate } from './gate.js';
import type { ExplainBody, SearchBody } from './requests.js';
import type {
  CoverageResponse,
  ExplainResponse,
  IndexesResponse,
  IndexResponse,
  PassageResponse,
  PassagesResponse,
  SearchResponse,
} from './responses.js';
import type { ServedIndex } from './served-index.js';

/** Counted contents and measured coverages that are kept. */
const KEPT = 64;

export class Service {
  readonly #kept = new LRUCache<string, Promise<unknown>>({ max: KEPT });

  constructor(
    readonly indexes: ReadonlyMap<string, ServedIndex>,
    readonly gate: Gate,
    /** null: questions are searched as they are. */
    readonly expansions: Expansions | null = null,
  ) {}

  /** @throws XqgError XQG_INDEX_UNKNOWN, also for one that the access is not for */
  index(access: Access, name: string): ServedIndex {
    const index = mayUse(access, name) ? this.indexes.get(name) : undefined;
    if (index === undefined) throw new XqgError('XQG_INDEX_UNKNOWN', { index: name });
    return index;
  }

  /** What there is. Opens what is not open yet, without waiting for long. */
  async list(access: Access): Promise<IndexesResponse> {
    const visible = [...this.indexes.values()].filter(({ name }) => mayUse(access, name));
    const indexes = await Promise.all(
      visible.map(async (served) => {
        const counted = await this.#brief(access, served).catch(() => null);
        const { name, condition, failure } = served;
        return {
          name,
          condition,
          error: failure === null ? null : describeFailure(failure).error,
          documents: counted?.documents ?? null,
          passages: counted?.passages ?? null,
          queryLanguages: counted?.queryLanguages ?? [],
        };
      }),
    );
    const expander = access.rights.includes('search') ? (this.expansions?.by ?? null) : null;
    return { indexes, rights: [...access.rights], expander, version: version() };
  }

  async describe(access: Access, name: string): Promise<IndexResponse> {
    requireRight(access, 'search');
    const served = this.index(access, name);
    return served.use(async (index) => {
      const { filters } = access;
      const [contents, manifest] = await Promise.all([
        this.#contents(served, index, filters),
        index.manifest(),
      ]);
      const { encoder, generator, pack, queryLanguages, queriesPerLanguage, icu } =
        manifest.identity;
      const sources = new Map<string, number>();
      for (const [source, passages] of Object.entries(contents.sources)) {
        const shown = isAbsolute(source) ? basename(source) : source;
        sources.set(shown, (sources.get(shown) ?? 0) + passages);
      }
      return {
        ...contents,
        sources: Object.fromEntries(sources),
        name,
        condition: served.condition,
        error: null,
        queryLanguages,
        madeBy: {
          encoder: encoder.name,
          dimensions: encoder.dim,
          generator: generator?.name ?? null,
          queriesPerLanguage,
          pack: pack === null ? null : `${pack.name} ${pack.version}`,
          version: manifest.tool.version,
          node: manifest.tool.node,
          icu,
          created: manifest.created,
          updated: manifest.updated,
        },
        state: manifest.state.status,
      };
    });
  }

  async search(
    access: Access,
    name: string,
    body: SearchBody,
    gone: AbortSignal,
  ): Promise<SearchResponse> {
    requireRight(access, 'search');
    const served = this.index(access, name);
    const { question, augment, filters, expand: wanted, ...asked } = body;
    const since = performance.now();
    const { expand, notices } = await this.#widened(served, body, gone);
    const work = async (index: XqgIndex, signal: AbortSignal): Promise<SearchResponse> => {
      const started = performance.now();
      const options: SearchOptions = {
        ...asked,
        expand,
        filters: filtersOf(access, filters),
        signal,
      };
      const tookMs = (): number => performance.now() - started;
      if (augment === 'both') {
        const { with: on, without: off, compared } = await index.compare(question, options);
        const [withXqg, without] = [on, off].map((answer) => shownAnswer(answer, notices));
        return { with: withXqg, without, compared, tookMs: tookMs() };
      }
      // With `on`, an index that has no generated queries is searched without them.
      const answer = await index.search(
        question,
        augment === 'off' ? { ...options, augment: false } : options,
      );
      const hits = answer.hits.map((hit) => ({ ...hit, otherRank: null }));
      const shown = shownAnswer({ ...answer, hits }, notices);
      const augmented = answer.augmentation !== null;
      return {
        with: augmented ? shown : null,
        without: augmented ? null : shown,
        compared: null,
        tookMs: tookMs(),
      };
    };
    return this.gate.pass(gone, (signal) => served.use((index) => work(index, signal)), since);
  }

  async explain(
    access: Access,
    name: string,
    body: ExplainBody,
    gone: AbortSignal,
  ): Promise<ExplainResponse> {
    requireRight(access, 'search');
    const served = this.index(access, name);
    const { question, id, augment, filters, expand: wanted, ...asked } = body;
    const since = performance.now();
    const { expand, notices } = await this.#widened(served, body, gone);
    const options: SearchOptions = {
      ...asked,
      expand,
      filters: filtersOf(access, filters),
      ...(augment === 'off' ? { augment: false } : {}),
    };
    const found = await this.gate.pass(
      gone,
      (signal) => served.use((index) => index.explain(question, id, { ...options, signal })),
      since,
    );
    const explained = { ...found, warnings: [...found.warnings, ...notices] };
    if (access.filters.length === 0) return explained;
    const { lexical } = explained;
    const languages = lexical.languages.map(({ terms, ...language }) => ({
      ...language,
      // They count all passages, hidden ones too.
      terms: terms.map((term) => ({ ...term, documentFrequency: null, idf: null })),
    }));
    return { ...explained, lexical: { ...lexical, languages } };
  }

  async passages(
    access: Access,
    name: string,
    { offset, limit, filters }: { offset: number; limit: number; filters: readonly string[] },
  ): Promise<PassagesResponse> {
    requireRight(access, 'search');
    return this.index(access, name).use(async (index) => {
      const { total, passages } = await index.passages({
        offset,
        limit,
        filters: filtersOf(access, filters),
      });
      return {
        total,
        passages: passages.map((passage) => ({ ...passage, path: shownPath(passage) })),
      };
    });
  }

  async passage(access: Access, name: string, id: string): Promise<PassageResponse> {
    requireRight(access, 'search');
    const { filters } = access;
    return this.index(access, name).use(async (index) => {
      const passage = await index.passage(id, { filters });
      const generated = await index.queries(id, { filters }).catch((error: unknown) => {
        if (error instanceof XqgError && error.code === 'XQG_NO_GENERATED_QUERIES') return null;
        throw error;
      });
      return {
        ...passage,
        path: shownPath(passage),
        generator: generated?.generator ?? null,
        queries: generated?.queries ?? {},
      };
    });
  }

  async coverage(access: Access, name: string, sample: number): Promise<CoverageResponse> {
    requireRight(access, 'search');
    const served = this.index(access, name);
    const { filters } = access;
    return served.use(async (index) => {
      const key = JSON.stringify(['coverage', name, await index.version(), sample, filters]);
      // Kept for others too, so it does not end with whoever asked first.
      const { signal } = new AbortController();
      return this.#keep(key, () =>
        this.gate.pass(signal, (late) => index.coverage({ sample, filters, signal: late })),
      );
    });
  }

  /**
   * Before a search takes its place: others do not wait for the model. At most half of an answer's
   * time is the model's.
   * @throws XqgError XQG_NO_EXPANDER
   */
  async #widened(
    served: ServedIndex,
    { question, lang, expand }: Pick<SearchBody, 'question' | 'lang' | 'expand'>,
    gone: AbortSignal,
  ): Promise<Widened> {
    if (!expand) return { expand: undefined, notices: [] };
    const { expansions, gate } = this;
    if (expansions === null) throw new XqgError('XQG_NO_EXPANDER');
    return served.use((index) => expansions.widen(index, question, lang, gate.timeoutMs / 2, gone));
  }

  async #brief(access: Access, served: ServedIndex) {
    return served.use(async (index) => {
      const { identity, store, counts } = await index.manifest();
      const { filters, rights } = access;
      // Rows elsewhere are not counted for a list: what they were sealed with is told to those who
      // may see all.
      const sealed = filters.length === 0 ? counts : null;
      const contents = async () =>
        store === undefined ? this.#contents(served, index, filters) : sealed;
      const counted = rights.includes('search') ? await contents() : null;
      return {
        documents: counted?.documents ?? null,
        passages: counted?.passages ?? null,
        queryLanguages: identity.queryLanguages,
      };
    });
  }

  async #contents(served: ServedIndex, index: XqgIndex, filters: readonly string[]) {
    const key = JSON.stringify(['contents', served.name, await index.version(), filters]);
    return this.#keep(key, () => index.contents({ filters }));
  }

  /** What was computed for a version holds for that version. */
  #keep<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const computed = compute();
    this.#kept.set(key, computed);
    computed.catch(() => this.#kept.delete(key));
    return computed;
  }
}

function shownAnswer<A extends ComparedAnswer>(answer: A, notices: readonly string[]): A {
  return {
    ...answer,
    warnings: [...answer.warnings, ...notices],
    hits: answer.hits.map((hit) => ({ ...hit, path: shownPath(hit) })),
  };
}

/** The path below what was indexed: the server's folders are nobody's business. */
function shownPath({ path, source }: { readonly path: string; readonly source: string }): string {
  if (!isAbsolute(path)) return path;
  const below = relative(source, path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? basename(path) : below;
}
