/**
 * The evaluation's searcher over the search engine: systems become requests. The legs that several
 * systems share are scored once a query, over all passages; ranks equal those of
 * `SearchEngine.rank`.
 */

import { CachedEncoder } from '../../encode/cached-encoder.js';
import type { Encoder } from '../../encode/encoder.js';
import {
  type DistributionGenerator,
  type Generator,
  hasDistribution,
} from '../../generate/generator.js';
import { closeRecipe, openRecipe, type RecipeSpec } from '../../indexing/recipe.js';
import { SEARCH_DEFAULTS, type SearchDefaults, searchDefaults } from '../../search/defaults.js';
import { openScanner } from '../../search/dense/open-scanner.js';
import type { Scanner } from '../../search/dense/scanner.js';
import { SearchEngine } from '../../search/engine.js';
import { lexicalModeOf, type SearchRequest } from '../../search/request.js';
import { rankOfIds } from '../../search/top-k.js';
import type { Qrels, RelevantRanks } from '../measures/metrics.js';
import { DRAWN_QUERIES, type System } from '../systems.js';
import { fuseLegs, legList } from './leg-list.js';
import { PassageIndex } from './passage-index.js';
import { QueryLegs } from './query-legs.js';
import { byteOrder, rankRows, rankScannedRows, relevantRows } from './row-ranks.js';
import { scannedScores } from './scanned-scores.js';
import type { AskedQuery, OpenOptions, OpenSearcher, Searcher } from './searcher.js';

/**
 * Scores that one batch of questions may take (32 MB of float32), and questions of a batch at most.
 */
const SCANNED_SCORES = 2 ** 23;
const MOST_QUESTIONS = 256;

export interface EngineParts<G extends Generator = Generator> {
  readonly encoder: Encoder;
  readonly generator: G;
  readonly scanner: Scanner;
  readonly defaults?: SearchDefaults;
  /** Seed of drawn queries; default 0. */
  readonly seed?: number;
}

/**
 * Opens passages to search engines over `parts`: one whose sums and terms are the generator's
 * expectation and, for the systems that want them, one with drawn queries in the askers' languages.
 */
export function engineSearchers(parts: EngineParts): OpenSearcher {
  return async (passages, opening) => {
    const { systems, askerLanguages } = opening;
    const { encoder, generator, seed = 0 } = parts;
    const common = { encoder, queries: DRAWN_QUERIES, seed };
    const wanted = [{ ...common, generator, queryLanguages: neededLanguages(generator, opening) }];
    if (systems.some(({ drawn }) => drawn)) {
      const queryLanguages = generator.languages.filter((lang) => askerLanguages.includes(lang));
      wanted.push({ ...common, generator: drawnOnly(generator), queryLanguages });
    }
    return new EngineSearcher(await PassageIndex.build(passages, wanted), parts);
  };
}

/**
 * The languages whose generated queries some system reads; sums in others would be computed for
 * nothing.
 */
function neededLanguages(
  generator: Generator,
  { systems, askerLanguages, detected }: OpenOptions,
): readonly string[] {
  const augmented = systems.filter(({ augment, drawn }) => augment !== 'off' && !drawn);
  if (augmented.some(({ augment }) => augment === 'all')) return generator.languages;
  // The lexical leg takes expected terms from the pivot stems, whatever the language.
  const read = augmented.some(({ mode }) => mode !== 'lexical') || !hasDistribution(generator);
  if (augmented.length === 0 || !read) return [];
  return detected
    ? generator.languages
    : generator.languages.filter((lang) => askerLanguages.includes(lang));
}

/** Hides the distribution, so that queries are drawn. */
function drawnOnly(generator: Generator): Generator {
  const { identity, languages, drawsFewer } = generator;
  return { identity, languages, drawsFewer, draw: (...request) => generator.draw(...request) };
}

/** What a system asks of the engine. */
export function requestOf(
  system: System,
  { id, text, lang, languages }: AskedQuery,
  depth: number,
): SearchRequest {
  return {
    question: text,
    questionId: id,
    questionLang: lang,
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
  readonly #encoder: CachedEncoder;
  readonly #scanner: Scanner;
  readonly #defaults: SearchDefaults;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #rank: Uint32Array;
  readonly #order: Uint32Array;
  readonly #fused: Float64Array;

  /** @param indexes with expectations and, if any system wants it, with drawn queries */
  constructor(indexes: readonly PassageIndex[], parts: EngineParts) {
    const encoder = new CachedEncoder(parts.encoder);
    this.#encoder = encoder;
    const { defaults = SEARCH_DEFAULTS, scanner } = parts;
    this.#engines = indexes.map((index) => {
      const { generator } = index.options;
      const factors = generator.distribution?.factors ?? null;
      const lexical = index.lexical(defaults.bm25);
      return new SearchEngine({
        snapshot: index.snapshot,
        lexical,
        encoder,
        scanner,
        factors,
        defaults,
      });
    });
    this.#indexes = indexes;
    this.#scanner = scanner;
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
    queries: readonly AskedQuery[],
    qrels: Qrels,
    systems: readonly System[],
    depth: number,
  ): Promise<RelevantRanks[][]> {
    // A hybrid needs the exact scores of all passages, which then serve the dense systems too.
    const scans = systems.every(({ mode }) => mode !== 'hybrid');
    const relevant = queries.map(({ id }) => relevantRows(qrels.get(id)!, this.#rowOf));
    const ranks = queries.map((): RelevantRanks[] => new Array(systems.length));
    for (const [s, system] of systems.entries()) {
      if (!scans || system.mode !== 'dense') continue;
      const engine = this.#engineOf(system);
      const size = Math.min(MOST_QUESTIONS, Math.max(1, Math.floor(SCANNED_SCORES / this.size)));
      for (let first = 0; first < queries.length; first += size) {
        const batch = queries
          .slice(first, first + size)
          .map((query) => requestOf(system, query, depth));
        const ofBatch = await scannedScores(engine, this.#scanner, batch);
        ofBatch.forEach((scores, i) => {
          ranks[first + i][s] = rankScannedRows(relevant[first + i], scores, this.#order, depth);
        });
      }
    }
    for (const [q, query] of queries.entries()) {
      if (q % MOST_QUESTIONS === 0 && systems.some(({ mode }) => mode === 'hybrid'))
        await this.#encoder.encodeQueries(queries.slice(q, q + MOST_QUESTIONS));
      const legs = new Map(this.#engines.map((engine) => [engine, new QueryLegs(engine)]));
      for (const [s, system] of systems.entries()) {
        if (scans && system.mode === 'dense') continue;
        const scores = await this.#scores(
          legs.get(this.#engineOf(system))!,
          requestOf(system, query, depth),
        );
        ranks[q][s] = rankRows(relevant[q], scores, this.#order, depth);
      }
    }
    return ranks;
  }

  async close(): Promise<void> {
    for (const index of this.#indexes) await index.close();
  }

  #engineOf({ name, drawn }: System): SearchEngine {
    const engine = this.#engines[drawn ? 1 : 0];
    if (engine === undefined)
      throw new RangeError(`${name} was not among the systems that were opened`);
    return engine;
  }

  /** (n); NaN: no score. */
  async #scores(legs: QueryLegs, request: SearchRequest): Promise<ArrayLike<number>> {
    if (request.mode === 'dense')
      return (await legs.dense(request)) ?? this.#fused.fill(Number.NaN);
    if (request.mode === 'lexical')
      return legs.lexical(request).map((score) => (score > 0 ? score : Number.NaN));
    const { topN, normalization, denseWeight } = this.#defaults.hybrid;
    const shape = {
      topN: Math.min(Math.max(topN, request.k), this.size),
      normalization,
      rank: this.#rank,
    };
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

/** What an evaluation ranks with, opened from a recipe of which queries are generated. */
export interface OpenedParts {
  readonly parts: EngineParts<DistributionGenerator>;
  /** For `madeBy`. */
  readonly identities: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * @param spec of a pack's generator
 * @throws XqgError those of `openRecipe`
 */
export async function openParts(
  spec: RecipeSpec,
  given: { readonly defaults?: SearchDefaults } = {},
): Promise<OpenedParts> {
  const recipe = await openRecipe(spec);
  const { encoder, generator, pack } = recipe;
  if (generator === null || !hasDistribution(generator)) {
    await closeRecipe(recipe);
    throw new RangeError('an evaluation needs a generator with a distribution');
  }
  const { defaults = searchDefaults(encoder, generator) } = given;
  const { scanner } = await openScanner();
  return {
    parts: { encoder, generator, scanner, defaults },
    identities: {
      pack,
      encoder: encoder.identity,
      generator: generator.identity,
      scanner: scanner.name,
      search: defaults,
    },
    close: async () => {
      await closeRecipe(recipe);
      await scanner.close();
    },
  };
}
