/**
 * A pool of any size: its passages are read once and go to files in a temporary folder as an index
 * computes them, so that no text of them stays in memory. It has the generated queries of an index,
 * and for systems of drawn queries those; nothing of single queries can be varied.
 */
import { type Generator, hasDistribution } from '../../generate/generator.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Bm25Parameters } from '../../search/lexical/bm25.js';
import type { LexicalIndex } from '../../search/lexical/index.js';
import type { EvaluationPassage } from '../data/collection.js';
import { EXPECTED_QUERIES } from './block.js';
import type { LanguageMeans } from './language-means.js';
import { PassageIndex, type PassageIndexOptions } from './passage-index.js';
import type { RankablePool, SumSource } from './pool.js';

/** A source of queries with the languages that some variant reads of it. */
export interface StreamedSource {
  readonly source: SumSource;
  readonly languages: readonly string[];
}

export interface StreamedPoolOptions
  extends Omit<PassageIndexOptions, 'queries' | 'queryLanguages'> {
  /** Of the variants that will be ranked; one entry a source. */
  readonly sources: readonly StreamedSource[];
}

export class StreamedPool implements RankablePool {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly dim: number;
  readonly #indexes: ReadonlyMap<string, PassageIndex>;

  private constructor(indexes: ReadonlyMap<string, PassageIndex>) {
    this.#indexes = indexes;
    const [{ snapshot }] = indexes.values();
    this.ids = snapshot.ids;
    this.langs = snapshot.langs;
    this.dim = snapshot.dim;
  }

  static async build(
    passages: AsyncIterable<EvaluationPassage>,
    { sources, generator, ...options }: StreamedPoolOptions,
  ): Promise<StreamedPool> {
    const indexes = await PassageIndex.build(
      passages,
      sources.map(({ source, languages }) => ({
        ...options,
        generator: source.terms === 'drawn' ? drawnOnly(generator) : generator,
        queryLanguages: languages,
        queries: source.queries === 'expected' ? EXPECTED_QUERIES : source.queries,
      })),
    );
    return new StreamedPool(
      new Map(sources.map(({ source }, i) => [sourceKey(source), indexes[i]])),
    );
  }

  async means(): Promise<LanguageMeans> {
    return new Map();
  }

  async snapshot(source: SumSource): Promise<Snapshot> {
    return this.#indexOf(source).snapshot;
  }

  async lexical(
    source: SumSource,
    _: readonly string[],
    bm25: Bm25Parameters,
  ): Promise<LexicalIndex> {
    return this.#indexOf(source).lexical(bm25);
  }

  /** Deletes the files. */
  async close(): Promise<void> {
    for (const index of this.#indexes.values()) await index.close();
  }

  #indexOf(source: SumSource): PassageIndex {
    const index = this.#indexes.get(sourceKey(source));
    if (index === undefined)
      throw new RangeError(`the pool was built without ${sourceKey(source)}`);
    return index;
  }
}

/** True if a pool can be streamed for variants with this source. */
export function canBeStreamed({ dropBelow, means, queries }: SumSource): boolean {
  return dropBelow === 0 && means === 'none' && queries !== 0;
}

/** The same for sources that one index serves. */
export function sourceKey({ queries, terms }: SumSource): string {
  return `${queries} ${terms}`;
}

/** Hides the distribution, so that queries are drawn. */
function drawnOnly(generator: Generator): Generator {
  if (!hasDistribution(generator)) return generator;
  const { identity, languages, drawsFewer } = generator;
  return { identity, languages, drawsFewer, draw: (...request) => generator.draw(...request) };
}
