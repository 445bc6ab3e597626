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
import type { SearchRequest } from '../../search/request.js';
import type { Qrels, RelevantRanks } from '../measures/metrics.js';
import { DRAWN_QUERIES, type System } from '../systems.js';
import { PassageIndex } from './passage-index.js';
import { byteOrder, ranksOf, relevantRows } from './row-ranks.js';
import type { AskedQuery, OpenOptions, OpenSearcher, Searcher } from './searcher.js';

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
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #order: Uint32Array;

  /** @param indexes with expectations and, if any system wants it, with drawn queries */
  constructor(indexes: readonly PassageIndex[], parts: EngineParts) {
    const encoder = new CachedEncoder(parts.encoder);
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
    const { ids, langs } = this.#engines[0].snapshot;
    this.size = ids.length;
    this.passageLanguages = new Set(langs);
    this.#rowOf = new Map(ids.map((id, row) => [id, row]));
    this.#order = byteOrder(ids);
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
    const relevant = queries.map(({ id }) => relevantRows(qrels.get(id)!, this.#rowOf));
    const ranks = queries.map((): RelevantRanks[] => new Array(systems.length));
    for (const engine of new Set(systems.map((system) => this.#engineOf(system)))) {
      const places = [...systems.keys()].filter((s) => this.#engineOf(systems[s]) === engine);
      const requests = queries.flatMap((query) =>
        places.map((s) => requestOf(systems[s], query, depth)),
      );
      let next = 0;
      for await (const scores of engine.rankAll(requests)) {
        const [q, s] = [Math.floor(next / places.length), places[next % places.length]];
        ranks[q][s] = ranksOf(relevant[q], scores, this.#order, depth);
        next++;
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
