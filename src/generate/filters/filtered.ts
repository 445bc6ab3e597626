/**
 * A generator whose queries are scored and, below a threshold, left out. Scores are cached by
 * passage, language and query, so that other thresholds cost nothing. Counts what passes in each
 * language.
 */
import { XqgError } from '../../base/errors.js';
import { Answers } from '../../models/remote/answer-cache.js';
import {
  type DrawArguments,
  type Generator,
  type GeneratorIdentity,
  type GeneratorInput,
  GeneratorWrapper,
  type QueryFilter,
  type QueryYield,
} from '../generator.js';
import type { QueryScorer } from './scorers.js';

/** Least scores by scorer, in [0, 1]. */
export type Thresholds = Readonly<Record<string, number>>;

interface Counts {
  drawn: number;
  kept: number;
  readonly below: Record<string, number>;
}

export class FilteredGenerator extends GeneratorWrapper implements QueryFilter {
  override readonly identity: GeneratorIdentity;
  override readonly drawsFewer = true;
  /** Queries are left out of what is drawn, not of a distribution. */
  override readonly distribution = undefined;
  override readonly filter: QueryFilter = this;
  readonly #scorers: readonly QueryScorer[];
  readonly #thresholds: Thresholds;
  readonly #scores: Answers;
  readonly #yields = new Map<string, Counts>();

  /**
   * @param scores cache of them; closed with this generator
   * @throws XqgError XQG_UNKNOWN_SCORER for a threshold without a scorer
   */
  constructor(
    generator: Generator,
    scorers: readonly QueryScorer[],
    thresholds: Thresholds,
    scores: Answers,
  ) {
    super(generator);
    for (const scorer of Object.keys(thresholds)) {
      if (scorers.some(({ name }) => name === scorer)) continue;
      throw new XqgError('XQG_UNKNOWN_SCORER', {
        scorer,
        known: scorers.map(({ name }) => name).join(', '),
      });
    }
    this.#scorers = scorers;
    this.#thresholds = thresholds;
    this.#scores = scores;
    const kept = Object.entries(thresholds).sort(([a], [b]) => (a < b ? -1 : 1));
    const keep = kept.map(([name, least]) => `${name}>=${least}`).join(' ');
    const over = scorers.find(
      (scorer) => scorer.name in thresholds && scorer.over !== undefined,
    )?.over;
    const { name, weights, settings } = generator.identity;
    this.identity = {
      name,
      weights,
      settings: { ...settings, keep, ...(over === undefined ? {} : { over }) },
    };
  }

  get unfiltered(): Generator {
    return this.inner;
  }

  get yields(): ReadonlyMap<string, QueryYield> {
    return this.#yields;
  }

  override async draw(...request: DrawArguments): Promise<string[][]> {
    const [passages, lang] = request;
    const drawn = await super.draw(...request);
    const kept: string[][] = [];
    for (const [p, queries] of drawn.entries())
      kept.push(await this.#keep(passages[p], lang, queries));
    return kept;
  }

  override async close(): Promise<void> {
    await this.#scores.close();
    await super.close();
  }

  async #keep(
    passage: GeneratorInput,
    lang: string,
    queries: readonly string[],
  ): Promise<string[]> {
    if (queries.length === 0) return [];
    const below = new Map<number, string[]>();
    for (const scorer of this.#scorers) {
      const least = this.#thresholds[scorer.name] ?? 0;
      (await this.#scoresOf(scorer, passage, lang, queries)).forEach((score, q) => {
        if (score < least) below.set(q, [...(below.get(q) ?? []), scorer.name]);
      });
    }
    const counts = this.#yields.get(lang) ?? { drawn: 0, kept: 0, below: {} };
    this.#yields.set(lang, counts);
    counts.drawn += queries.length;
    counts.kept += queries.length - below.size;
    for (const names of below.values()) {
      for (const name of names) counts.below[name] = (counts.below[name] ?? 0) + 1;
    }
    return queries.filter((_, q) => !below.has(q));
  }

  async #scoresOf(
    scorer: QueryScorer,
    passage: GeneratorInput,
    lang: string,
    queries: readonly string[],
  ): Promise<readonly number[]> {
    const { name, version, over = '' } = scorer;
    const key = Answers.key([
      name,
      `${version} ${over}`.trim(),
      passage.id,
      passage.title,
      passage.text,
      lang,
      queries,
    ]);
    const known = await this.#scores.get<number[]>(key);
    if (known !== undefined) return known;
    const scores = await scorer.score(passage, lang, queries);
    await this.#scores.put(key, scores);
    return scores;
  }
}

/**
 * Reads "language>=0.5,novelty>=0.2".
 * @throws XqgError XQG_FILTER_THRESHOLD
 */
export function parseThresholds(text: string): Thresholds {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, name, least] = /^\s*([\w-]+)\s*>=\s*(\d+(?:\.\d+)?|\.\d+)\s*$/.exec(part) ?? [];
      if (name === undefined || Number(least) > 1)
        throw new XqgError('XQG_FILTER_THRESHOLD', { part });
      return [name, Number(least)];
    }),
  );
}
