/**
 * The evaluation's searcher over the search engine: passages become rows as in an index, systems become requests. Knows
 * no data set and no measure.
 */
import type { Passage } from '../corpus/passage.js';
import type { BagEncoder } from '../encode/encoder.js';
import { XqgError } from '../errors/error.js';
import { type DistributionGenerator, type Generator, hasDistribution } from '../generate/generator.js';
import { type ComputedRow, computeRows } from '../indexing/compute.js';
import { lexicalRow } from '../indexing/segments.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import { SearchEngine } from '../search/engine.js';
import type { Scanner } from '../search/exact/scanner.js';
import { LexicalIndex } from '../search/lexical/index.js';
import { LexicalSegment } from '../search/lexical/segment.js';
import { SegmentBuilder } from '../search/lexical/segment-builder.js';
import type { EvaluationPassage } from './datasets/collection.js';
import type { Scores } from './metrics.js';
import { RememberingEncoder } from './remembering-encoder.js';
import type { AskedQuery, OpenSearcher, Searcher } from './searcher.js';
import { DRAWN_QUERIES, type System } from './systems.js';
import { WorkingSnapshot } from './working-snapshot.js';

export interface EngineParts {
  readonly encoder: BagEncoder;
  readonly generator: DistributionGenerator;
  readonly scanner: Scanner;
  readonly defaults?: SearchDefaults;
  /** Seed of drawn queries; default 0. */
  readonly seed?: number;
}

/** Passages that are encoded together. */
const BATCH = 256;

/**
 * Opens passages to search engines over `parts`: one whose sums and terms are the generator's expectation and, for the systems that
 * want them, one with drawn queries in the askers' languages.
 */
export function engineSearchers(parts: EngineParts): OpenSearcher {
  return async (passages, { systems, askerLanguages }) => {
    const encoder = new RememberingEncoder(parts.encoder);
    const builders: EngineBuilder[] = [];
    try {
      const { generator } = parts;
      builders.push(await EngineBuilder.create(parts, generator, generator.languages));
      if (systems.some(({ drawn }) => drawn)) {
        const languages = generator.languages.filter((lang) => askerLanguages.includes(lang));
        builders.push(await EngineBuilder.create(parts, drawnOnly(generator), languages));
      }
      let batch: Passage[] = [];
      const flush = async () => {
        for (const builder of builders) await builder.add(batch);
        batch = [];
      };
      for await (const passage of passages) {
        batch.push(wholePassage(passage));
        if (batch.length === BATCH) await flush();
      }
      await flush();
      const [expected, drawn = null] = builders.map((builder) => builder.finish(encoder));
      return new EngineSearcher(expected, drawn, builders);
    } catch (error) {
      for (const builder of builders) await builder.close();
      throw error;
    }
  };
}

/** Hides the distribution, so that queries are drawn. */
function drawnOnly(generator: Generator): Generator {
  const { identity, languages } = generator;
  return { identity, languages, draw: (...request) => generator.draw(...request) };
}

function wholePassage({ id, title, text, lang }: EvaluationPassage): Passage {
  return {
    id,
    documentId: id,
    source: '',
    path: '',
    title,
    headings: [],
    text,
    lang,
    langConfidence: 1,
    metadata: {},
    ordinal: 0,
  };
}

/** Collects the rows of one engine. */
class EngineBuilder {
  readonly #segments: LexicalSegment[] = [];
  #segment = new SegmentBuilder();

  private constructor(
    readonly parts: EngineParts,
    readonly generator: Generator,
    readonly snapshot: WorkingSnapshot,
  ) {}

  static async create(parts: EngineParts, generator: Generator, languages: readonly string[]) {
    const { dim } = parts.encoder.identity;
    return new EngineBuilder(parts, generator, await WorkingSnapshot.create(dim, languages, DRAWN_QUERIES));
  }

  async add(passages: readonly Passage[]): Promise<void> {
    const { queryLanguages, queriesPerLanguage } = this.snapshot;
    const { encoder, seed = 0 } = this.parts;
    const makers = { encoder, generator: this.generator, queryLanguages, queriesPerLanguage, seed };
    const rows: ComputedRow[] = [];
    for (const row of await computeRows(passages, makers)) {
      if (row instanceof XqgError) throw row;
      rows.push(row);
    }
    await this.snapshot.add(rows);
    for (const row of rows) {
      this.#segment.add(lexicalRow(row));
      if (this.#segment.full) this.#seal();
    }
  }

  finish(encoder: RememberingEncoder): SearchEngine {
    this.#seal();
    const { defaults = SEARCH_DEFAULTS, scanner } = this.parts;
    return new SearchEngine({
      snapshot: this.snapshot,
      lexical: new LexicalIndex(this.#segments, defaults.bm25),
      encoder,
      scanner,
      factors: hasDistribution(this.generator) ? this.generator : null,
      defaults,
    });
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }

  #seal(): void {
    if (this.#segment.rows === 0) return;
    this.#segments.push(LexicalSegment.open(this.#segment.finish(), 'a segment of the evaluation'));
    this.#segment = new SegmentBuilder();
  }
}

class EngineSearcher implements Searcher {
  readonly size: number;
  readonly passageLanguages: ReadonlySet<string>;
  readonly #ids: ReadonlySet<string>;

  constructor(
    private readonly expected: SearchEngine,
    private readonly drawn: SearchEngine | null,
    private readonly builders: readonly EngineBuilder[],
  ) {
    const { ids, langs } = expected.snapshot;
    this.size = ids.length;
    this.passageLanguages = new Set(langs);
    this.#ids = new Set(ids);
  }

  has(passageId: string): boolean {
    return this.#ids.has(passageId);
  }

  async search(system: System, queries: readonly AskedQuery[], depth: number): Promise<Scores[]> {
    const engine = system.drawn ? this.drawn : this.expected;
    if (engine === null) throw new RangeError(`${system.name} was not among the systems that were opened`);
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
    for (const builder of this.builders) await builder.close();
  }
}
