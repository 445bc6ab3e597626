/**
 * Everything that a server does with its indexes for a client with some access, over HTTP or MCP:
 * the filters of a key hold in every response, and what does not pass them does not exist.
 */
import { basename, isAbsolute, relative } from 'node:path';
import { describeFailure, XqgError } from '../base/errors.js';
import { SharedCache } from '../base/shared-cache.js';
import { version } from '../base/version.js';
import type { ComparedResult } from '../search/compare.js';
import type { IndexContents } from '../search/contents.js';
import type { Coverage } from '../search/coverage.js';
import { isWarningOf } from '../search/filters.js';
import { augmentOption, type SearchOptions } from '../search/options.js';
import type { XqgIndex } from '../xqg-index.js';
import { type Access, filtersOf, mayUse, requireRight } from './access.js';
import type { Expansions, ServerExpansion } from './expansions.js';
import type { Gate } from './gate.js';
import type { Caller } from './guards.js';
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

/** Counted contents and measured coverages that are cached. */
const CACHED = 64;

export class Service {
  readonly #contents = new SharedCache<IndexContents>(CACHED);
  readonly #coverages = new SharedCache<Coverage>(CACHED);

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

  /** The indexes that the access is for. Opens those that are not open yet. */
  async list(caller: Caller): Promise<IndexesResponse> {
    const { access } = caller;
    const visible = [...this.indexes.values()].filter(({ name }) => mayUse(access, name));
    const indexes = await Promise.all(
      visible.map(async (served) => {
        const counted = await this.#summary(caller, served).catch(() => null);
        const { name, condition, failure } = served;
        return {
          name,
          condition,
          error: failure === null ? null : describeFailure(failure).error,
          documents: counted?.documents ?? null,
          passages: counted?.passages ?? null,
          queryLanguages: counted?.queryLanguages ?? [],
          encodesQueries: counted?.encodesQueries ?? false,
        };
      }),
    );
    const expander = access.rights.includes('search') ? (this.expansions?.by ?? null) : null;
    return { indexes, rights: [...access.rights], expander, version: version() };
  }

  async describe(caller: Caller, name: string): Promise<IndexResponse> {
    const { access } = caller;
    requireRight(access, 'search');
    const served = this.index(access, name);
    return served.use(async (index) => {
      const [contents, manifest] = await Promise.all([
        this.#contentsOf(caller, served, index),
        index.manifest(),
      ]);
      const { encoder, generator, pack, queryLanguages, queriesPerLanguage, sentences, icu } =
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
        encodesQueries: manifest.identity.encodesQueries !== false,
        madeBy: {
          encoder: encoder.name,
          dimensions: encoder.dim,
          generator: generator?.name ?? null,
          queriesPerLanguage,
          sentences: sentences === true,
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

  /**
   * @throws XqgError XQG_KEY_RIGHT, XQG_INDEX_UNKNOWN, those of the gate, of the expansion and of
   * a search
   */
  async search(caller: Caller, name: string, body: SearchBody): Promise<SearchResponse> {
    const { access } = caller;
    const { question, augment, expand: _, ...options } = body;
    return this.#ranked(caller, name, body, async (index, given, notices) => {
      const started = performance.now();
      const tookMs = (): number => performance.now() - started;
      if (augment === 'both') {
        const both = await index.compare(question, { ...options, ...given });
        const [withXqg, without] = [both.with, both.without].map((each) =>
          shown(each, access, notices),
        );
        return { with: withXqg, without, compared: both.compared, tookMs: tookMs() };
      }
      const result = await index.search(question, {
        ...options,
        ...augmentOption(augment),
        ...given,
      });
      const hits = result.hits.map((hit) => ({ ...hit, otherRank: null }));
      const ranking = shown({ ...result, hits }, access, notices);
      const isAugmented = result.augmentation !== null;
      return {
        with: isAugmented ? ranking : null,
        without: isAugmented ? null : ranking,
        compared: null,
        tookMs: tookMs(),
      };
    });
  }

  /** @throws XqgError as `search`, and XQG_PASSAGE_UNKNOWN */
  async explain(caller: Caller, name: string, body: ExplainBody): Promise<ExplainResponse> {
    const { access } = caller;
    const { question, id, augment, expand: _, ...options } = body;
    return this.#ranked(caller, name, body, async (index, given, notices) => {
      const explained = await index.explain(question, id, {
        ...options,
        ...augmentOption(augment),
        ...given,
      });
      const warnings = [...explained.warnings, ...notices];
      if (access.filters.length === 0) return { ...explained, warnings };
      const languages = explained.lexical.languages.map(({ terms, ...language }) => ({
        ...language,
        // They count all passages, hidden ones too.
        terms: terms.map((term) => ({ ...term, documentFrequency: null, idf: null })),
      }));
      return { ...explained, warnings, lexical: { ...explained.lexical, languages } };
    });
  }

  /** @throws XqgError as `search` */
  async passages(
    caller: Caller,
    name: string,
    { filters, ...page }: { offset: number; limit: number; filters: readonly string[] },
  ): Promise<PassagesResponse> {
    const { access } = caller;
    const all = filtersOf(access, filters);
    const { total, passages } = await this.#read(caller, name, (index, signal) =>
      index.passages({ ...page, filters: all, signal }),
    );
    return {
      total,
      passages: passages.map((passage) => ({ ...passage, path: shownPath(passage) })),
    };
  }

  /** @throws XqgError as `search`, and XQG_PASSAGE_UNKNOWN */
  async passage(caller: Caller, name: string, id: string): Promise<PassageResponse> {
    const { filters } = caller.access;
    return this.#read(caller, name, async (index, signal) => {
      const passage = await index.passage(id, { filters, signal });
      const generated = await index.queries(id, { filters, signal }).catch((error: unknown) => {
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

  /** Ends when no client waits for it any longer. */
  async coverage(caller: Caller, name: string, sample: number): Promise<CoverageResponse> {
    const { access, client, signal } = caller;
    requireRight(access, 'search');
    const { filters } = access;
    return this.index(access, name).use(async (index) => {
      const key = JSON.stringify([name, await index.version(), sample, filters]);
      const measure = (last: AbortSignal) =>
        this.gate.run(
          { client, signal: last },
          (stop) => index.coverage({ sample, filters, signal: stop }),
          { lane: 'long' },
        );
      return this.#coverages.get(key, measure, signal);
    });
  }

  /** Works in turn with the newest version of an index. */
  async #read<T>(
    caller: Caller,
    name: string,
    work: (index: XqgIndex, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    requireRight(caller.access, 'search');
    const served = this.index(caller.access, name);
    return this.gate.run(caller, (signal) => served.use((index) => work(index, signal)));
  }

  /**
   * Works in turn with the newest version of an index. The model expands the question before that,
   * so that others do not wait for it; at most half of the time of a response is the model's.
   * @param work gets what holds for this access, and notices for the response
   * @throws XqgError XQG_KEY_RIGHT, XQG_INDEX_UNKNOWN, XQG_NO_EXPANDER, XQG_SERVER_BUSY,
   * XQG_REQUEST_TOO_SLOW
   */
  async #ranked<T>(
    caller: Caller,
    name: string,
    { question, lang, filters, expand: isExpanded }: Omit<ExplainBody, 'id' | 'augment'>,
    work: (
      index: XqgIndex,
      given: Pick<SearchOptions, 'expand' | 'filters' | 'signal'>,
      notices: readonly string[],
    ) => Promise<T>,
  ): Promise<T> {
    const { access, signal: clientSignal } = caller;
    requireRight(access, 'search');
    const served = this.index(access, name);
    const since = performance.now();
    const { expansions, gate } = this;
    let expansion: ServerExpansion = { expand: undefined, notices: [] };
    if (isExpanded) {
      if (expansions === null) throw new XqgError('XQG_NO_EXPANDER');
      expansion = await served.use((index) =>
        expansions.expand(index, question, lang, gate.timeoutMs / 2, clientSignal),
      );
    }
    const { expand, notices } = expansion;
    const given = { expand, filters: filtersOf(access, filters) };
    return gate.run(
      caller,
      (signal) => served.use((index) => work(index, { ...given, signal }, notices)),
      { since },
    );
  }

  async #summary(caller: Caller, served: ServedIndex) {
    return served.use(async (index) => {
      const { identity, store, counts } = await index.manifest();
      const { filters, rights } = caller.access;
      // Rows elsewhere are not counted for a list: the counts of the manifest are for those who may
      // see all.
      const sealed = filters.length === 0 ? counts : null;
      const contents = async () =>
        store === undefined ? this.#contentsOf(caller, served, index) : sealed;
      const counted = rights.includes('search') ? await contents() : null;
      return {
        documents: counted?.documents ?? null,
        passages: counted?.passages ?? null,
        queryLanguages: identity.queryLanguages,
        encodesQueries: identity.encodesQueries !== false,
      };
    });
  }

  /** Counted in turn, once for a version, for all who wait for it. */
  async #contentsOf({ access, client, signal }: Caller, served: ServedIndex, index: XqgIndex) {
    const { filters } = access;
    const key = JSON.stringify([served.name, await index.version(), filters]);
    const count = (last: AbortSignal) =>
      this.gate.run({ client, signal: last }, (stop) => index.contents({ filters, signal: stop }));
    return this.#contents.get(key, count, signal);
  }
}

/** A result without paths of the server. */
function shown<R extends ComparedResult>(
  result: R,
  { filters }: Access,
  notices: readonly string[],
): R {
  // The filters of a key are nobody's to read.
  const warnings = result.warnings.filter(
    (warning) => !filters.some((filter) => isWarningOf(filter, warning)),
  );
  return {
    ...result,
    warnings: [...warnings, ...notices],
    hits: result.hits.map((hit) => ({ ...hit, path: shownPath(hit) })),
  };
}

/** The path below what was indexed: no folder of the server is shown. */
function shownPath({ path, source }: { readonly path: string; readonly source: string }): string {
  if (!isAbsolute(path)) return path;
  const below = relative(source, path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? basename(path) : below;
}
