/**
 * One variant's ranks for questions in one language about one pool, and the values of measures on them. Ranks are what is kept;
 * any measure is computed from them. Knows no vector and no engine.
 */
import type { TestCollection } from '../evaluate/datasets/collection.js';
import type { Measure, RelevantRanks } from '../evaluate/metrics.js';
import type { Setting } from '../evaluate/results.js';
import type { ExperimentSpec } from './spec.js';
import type { Variant } from './variants.js';

/** Who was asked what. */
export interface MeasuredPlace {
  readonly dataset: string;
  readonly setting: Setting;
  readonly queryLang: string;
  readonly passageLang: string;
  /** Names from the experiment file. */
  readonly encoder: string;
  readonly generator: string;
}

/** True for the data set and setting of the primary hypothesis; a half of a data set has its name before a slash. */
export function isPrimary({ dataset, setting }: MeasuredPlace, primary: ExperimentSpec['primary']): boolean {
  return dataset.split('/')[0] === primary.data && setting === primary.setting;
}

export class Measurement {
  readonly #test: TestCollection;
  readonly #ranks: Int32Array;
  readonly #known = new Map<string, Float64Array>();

  /**
   * @param ranks by question, then by its relevant passages in the order of the judgments; 0: not retrieved
   * @throws RangeError if there are more or fewer ranks than relevant passages
   */
  constructor(
    readonly place: MeasuredPlace,
    readonly variant: Variant,
    test: TestCollection,
    ranks: Int32Array,
  ) {
    this.#test = test;
    this.#ranks = ranks;
    if (ranks.length !== relevantCount(test)) throw new RangeError('ranks do not fit the judgments');
  }

  /** Ids of the questions, in the order of all values. */
  get questions(): readonly string[] {
    return this.#test.queries.map(({ id }) => id);
  }

  /** What each question shares with others. */
  get groups(): readonly string[] {
    return this.#test.queries.map(({ group }) => group);
  }

  /** The value of every question. */
  values(measure: Measure): Float64Array {
    let values = this.#known.get(measure.name);
    if (values === undefined) {
      values = Float64Array.from(this.relevantRanks(), (ranks) => measure.of(ranks));
      this.#known.set(measure.name, values);
    }
    return values;
  }

  mean(measure: Measure): number {
    const values = this.values(measure);
    return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  *relevantRanks(): Generator<RelevantRanks> {
    let at = 0;
    for (const { id } of this.#test.queries) {
      const gains = gainsOf(this.#test, id);
      const found = gains
        .map((gain, i) => ({ gain, rank: this.#ranks[at + i] }))
        .filter(({ rank }) => rank > 0)
        .sort((a, b) => a.rank - b.rank);
      at += gains.length;
      yield {
        ranks: found.map(({ rank }) => rank),
        gains: found.map(({ gain }) => gain),
        ideal: gains.sort((a, b) => b - a),
      };
    }
  }
}

/** Relevance of the relevant passages of a question, in the order of the judgments. */
function gainsOf({ qrels }: TestCollection, id: string): number[] {
  return [...qrels.get(id)!.values()].filter((gain) => gain > 0);
}

export function relevantCount(test: TestCollection): number {
  return test.queries.reduce((sum, { id }) => sum + gainsOf(test, id).length, 0);
}
