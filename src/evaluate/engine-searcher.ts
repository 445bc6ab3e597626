/**
 * The evaluation's searcher over the search engine: systems become requests. Knows no data set and no measure.
 */
import type { BagEncoder } from '../encode/encoder.js';
import { type DistributionGenerator, type Generator, hasDistribution } from '../generate/generator.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import { SearchEngine } from '../search/engine.js';
import type { Scanner } from '../search/exact/scanner.js';
import type { Scores } from './metrics.js';
import { PassageIndex } from './passage-index.js';
import { RememberingEncoder } from './remembering-encoder.js';
import type { AskedQuery, OpenSearcher, Searcher } from './searcher.js';
import { DRAWN_QUERIES, type System } from './systems.js';

export interface EngineParts {
  readonly encoder: BagEncoder;
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
    const wanted = [{ ...common, generator: generator as Generator, queryLanguages: generator.languages }];
    if (systems.some(({ drawn }) => drawn)) {
      const queryLanguages = generator.languages.filter((lang) => askerLanguages.includes(lang));
      wanted.push({ ...common, generator: drawnOnly(generator), queryLanguages });
    }
    return new EngineSearcher(await PassageIndex.build(passages, wanted), parts);
  };
}

/** Hides the distribution, so that queries are drawn. */
function drawnOnly(generator: Generator): Generator {
  const { identity, languages } = generator;
  return { identity, languages, draw: (...request) => generator.draw(...request) };
}

class EngineSearcher implements Searcher {
  readonly size: number;
  readonly passageLanguages: ReadonlySet<string>;
  readonly #indexes: readonly PassageIndex[];
  readonly #expected: SearchEngine;
  readonly #drawn: SearchEngine | undefined;
  readonly #ids: ReadonlySet<string>;

  /** @param indexes with expectations and, if any system wants it, with drawn queries */
  constructor(indexes: readonly PassageIndex[], parts: EngineParts) {
    const encoder = new RememberingEncoder(parts.encoder);
    const { defaults = SEARCH_DEFAULTS, scanner } = parts;
    [this.#expected, this.#drawn] = indexes.map(
      ({ snapshot, options: { generator } }, i) =>
        new SearchEngine({
          snapshot,
          lexical: indexes[i].lexical(defaults.bm25),
          encoder,
          scanner,
          factors: hasDistribution(generator) ? generator : null,
          defaults,
        }),
    );
    this.#indexes = indexes;
    const { ids, langs } = this.#expected.snapshot;
    this.size = ids.length;
    this.passageLanguages = new Set(langs);
    this.#ids = new Set(ids);
  }

  has(passageId: string): boolean {
    return this.#ids.has(passageId);
  }

  async search(system: System, queries: readonly AskedQuery[], depth: number): Promise<Scores[]> {
    const engine = system.drawn ? this.#drawn : this.#expected;
    if (engine === undefined)
      throw new RangeError(`${system.name} was not among the systems that were opened`);
    const answers = await engine.rankBatch(
      queries.map(({ text, languages }) => ({
        question: text,
        languages,
        mode: system.mode,
        augment: system.augment !== 'off',
        translate: system.translate,
        languagePolicy: system.augment === 'all' ? 'all' : 'asker',
        k: depth,
      })),
    );
    return answers.map((hits) => new Map(hits.map(({ id, score }) => [id, score])));
  }

  async close(): Promise<void> {
    for (const index of this.#indexes) await index.close();
  }
}
