/**
 * The evaluation's searcher over the search engine: systems become requests. The legs that several systems share are scored once
 * a query, over all passages; ranks equal those of `SearchEngine.rank`. Knows no data set and no measure.
 */
import type { Encoder } from '../encode/encoder.js';
import { type DistributionGenerator, type Generator, hasDistribution } from '../generate/generator.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import { SearchEngine } from '../search/engine.js';
import type { Scanner } from '../search/exact/scanner.js';
import { lexicalModeOf, type SearchRequest } from '../search/request.js';
import { rankOfIds } from '../search/top-k.js';
import { fuseLegs, legList } from './leg-list.js';
import type { Judgments, RelevantRanks } from './metrics.js';
import { PassageIndex } from './passage-index.js';
import { QueryLegs } from './query-legs.js';
import { RememberingEncoder } from './remembering-encoder.js';
import { byteOrder, rankRows, relevantRows } from './row-ranks.js';
import type { AskedQuery, OpenSearcher, Searcher } from './searcher.js';
import { DRAWN_QUERIES, type System } from './systems.js';

export interface EngineParts {
  readonly encoder: Encoder;
  readonly generator: DistributionGenerator;
  readonly scanner: Scanner;
  readonly defaults?: SearchDefaults;
  /** Seed of drawn queries; default 0. */
  readonly seed?: number;
}

/**
 * Opens passages to search engines over `parts`: one whose sums and terms are the generator's expectation and, for the
 * systems that want them, one with drawn queries in the askers' languages.
 */
export function engineSearchers(parts: EngineParts): OpenSearcher {
  return async (passages, { systems, askerLanguages }) => {
    const { encoder, generator, seed = 0 } = parts;
    const common = { encoder, queries: DRAWN_QUERIES, seed };
    const askers = generator.languages.filter((lang) => askerLanguages.includes(lang));
    // A neural encoder takes long for queries in languages that nobody asks in.
    const all = 'encodeMixtures' in encoder || systems.some(({ augment }) => augment === 'all');
    const queryLanguages = all ? generator.languages : askers;
    const wanted = [{ ...common, generator: generator as Generator, queryLanguages }];
    if (systems.some(({ drawn }) => drawn)) {
      wanted.push({ ...common, generator: drawnOnly(generator), queryLanguages: askers });
    }
    return new EngineSearcher(await PassageIndex.build(passages, wanted), parts);
  };
}

/** Hides the distribution, so that queries are drawn. */
function drawnOnly(generator: Generator): Generator {
  const { identity, languages } = generator;
  return { identity, languages, draw: (...request) => generator.draw(...request) };
}

/** What a system asks of the engine. */
export function requestOf(system: System, { text, languages }: AskedQuery, depth: number): SearchRequest {
  return {
    question: text,
    languages,
    mode: system.mode,
    augment: system.augment !== 'off',
    translate: system.translate,
    languagePolicy: system.augment === 'all' ? 'all' : 'asker',
    k: depth,
  };
}

class EngineSearcher implements Searcher {
  readonly size: number;
  readonly passageLanguages: ReadonlySet<string>;
  readonly #indexes: readonly PassageIndex[];
  readonly #engines: readonly SearchEngine[];
  readonly #defaults: SearchDefaults;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #rank: Uint32Array;
  readonly #order: Uint32Array;
  readonly #fused: Float64Array;

  /** @param indexes with expectations and, if any system wants it, with drawn queries */
  constructor(indexes: readonly PassageIndex[], parts: EngineParts) {
    const encoder = new RememberingEncoder(parts.encoder);
    const { defaults = SEARCH_DEFAULTS, scanner } = parts;
    this.#engines = indexes.map((index) => {
      const { generator } = index.options;
      const factors = hasDistribution(generator) ? generator : null;
      const lexical = index.lexical(defaults.bm25);
      return new SearchEngine({ snapshot: index.snapshot, lexical, encoder, scanner, factors, defaults });
    });
    this.#indexes = indexes;
    this.#defaults = defaults;
    const { ids, langs } = this.#engines[0].snapshot;
    this.size = ids.length;
    this.passageLanguages = new Set(langs);
    this.#rowOf = new Map(ids.map((id, row) => [id, row]));
    this.#rank = rankOfIds(ids);
    this.#order = byteOrder(ids);
    this.#fused = new Float64Array(ids.length);
  }

  has(passageId: string): boolean {
    return this.#rowOf.has(passageId);
  }

  async rank(
    query: AskedQuery,
    judgments: Judgments,
    systems: readonly System[],
    depth: number,
  ): Promise<RelevantRanks[]> {
    const relevant = relevantRows(judgments, this.#rowOf);
    const legs = this.#engines.map((engine) => new QueryLegs(engine));
    const ranks: RelevantRanks[] = [];
    for (const system of systems) {
      const ofEngine = legs[system.drawn ? 1 : 0];
      if (ofEngine === undefined)
        throw new RangeError(`${system.name} was not among the systems that were opened`);
      const scores = await this.#scores(ofEngine, requestOf(system, query, depth));
      ranks.push(rankRows(relevant, scores, this.#order, depth));
    }
    return ranks;
  }

  async close(): Promise<void> {
    for (const index of this.#indexes) await index.close();
  }

  /** (n); NaN: no score. */
  async #scores(legs: QueryLegs, request: SearchRequest): Promise<ArrayLike<number>> {
    if (request.mode === 'dense') return (await legs.dense(request)) ?? this.#fused.fill(Number.NaN);
    if (request.mode === 'lexical')
      return legs.lexical(request).map((score) => (score > 0 ? score : Number.NaN));
    const { topN, normalization, denseWeight } = this.#defaults.hybrid;
    const shape = { topN: Math.min(Math.max(topN, request.k), this.size), normalization, rank: this.#rank };
    const [dense, lexical] = [await legs.dense(request), legs.lexical(request)];
    const matches = lexical.reduce((count, score) => count + (score > 0 ? 1 : 0), 0);
    // Length of the longer list: that of the dense leg, if it speaks, is always N.
    const depth = dense === null ? Math.min(matches, shape.topN) : shape.topN;
    fuseLegs(
      legs.kept(dense ?? 'none', () => legList(dense, null, depth, shape)),
      legs.kept(lexical, () => legList(lexical, 0, depth, shape)),
      denseWeight[lexicalModeOf(request)],
      this.#fused,
    );
    return this.#fused;
  }
}
