/**
 * One variant's ranks for questions in one language about one pool, and the values of measures on
 * them. Ranks are stored; any measure is computed from them.
 */
import type { TestCollection } from '../data/collection.js';
import { type Measure, RANK_DISTANCE, type RelevantRanks } from '../measures/metrics.js';
import { parseExperimentMeasures } from '../measures/names.js';
import { tokenLimitOf } from '../measures/xor/answer-recall.js';
import type { MadeBy, ResultRow, Setting } from '../report/results.js';
import type { ExperimentSpec } from './spec.js';
import type { TunedSystem } from './tuning.js';
import type { Variant } from './variant.js';

/** What is measured: questions, the passages that they are ranked over, and what ranks them. */
export interface Subject {
  readonly dataset: string;
  readonly setting: Setting;
  readonly queryLang: string;
  readonly passageLang: string;
  /** Names from the experiment file. */
  readonly encoder: string;
  readonly generator: string;
}

/**
 * True for the data set and setting of the primary hypothesis; a half of a data set has its name
 * before a slash.
 */
export function isPrimary(
  { dataset, setting }: Subject,
  primary: ExperimentSpec['primary'],
): boolean {
  return dataset.split('/')[0] === primary.data && setting === primary.setting;
}

export class Measurement {
  readonly #test: TestCollection;
  readonly #ranks: Int32Array;
  readonly #size: number;
  readonly #known = new Map<string, Float64Array>();

  /**
   * @param ranks of `packRanks`
   * @param size passages of the pool
   * @throws RangeError if there are more or fewer ranks than relevant passages
   */
  constructor(
    readonly subject: Subject,
    readonly variant: Variant,
    test: TestCollection,
    ranks: Int32Array,
    size: number,
  ) {
    this.#test = test;
    this.#ranks = ranks;
    this.#size = size;
    const relevant = test.queries.reduce((sum, { id }) => sum + gainsOf(test, id).length, 0);
    if (ranks.length !== 2 * relevant) throw new RangeError('ranks do not fit the judgments');
  }

  /** Ids of the questions, in the order of all values. */
  get questions(): readonly string[] {
    return this.#test.queries.map(({ id }) => id);
  }

  /** Languages of the questions, each once. */
  get questionLanguages(): readonly string[] {
    return [...new Set(this.#test.queries.map(({ lang }) => lang))];
  }

  /** Whether the system was told the language of a question, of some at least. */
  get language(): 'given' | 'detected' {
    const ofData = this.#test.queries.some(({ langGiven }) => langGiven) ? 'given' : 'detected';
    return this.variant.questions?.language ?? ofData;
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

  /**
   * The mean over questions for which something was retrieved, as XOR-Retrieve's script counts; 0
   * where there are none.
   */
  meanOfAnswered(measure: Measure): { readonly value: number; readonly queries: number } {
    const values = [...this.relevantRanks()]
      .filter(({ ranks }) => ranks.length > 0)
      .map(measure.of);
    const sum = values.reduce((all, value) => all + value, 0);
    return { value: values.length === 0 ? 0 : sum / values.length, queries: values.length };
  }

  *relevantRanks(): Generator<RelevantRanks> {
    let at = 0;
    for (const { id } of this.#test.queries) {
      const ideal = gainsOf(this.#test, id).sort((a, b) => b - a);
      const ranks: number[] = [];
      const gains: number[] = [];
      for (let i = 0; i < ideal.length; i++, at += 2) {
        if (this.#ranks[at] === 0) continue;
        ranks.push(this.#ranks[at]);
        gains.push(this.#ranks[at + 1]);
      }
      yield { ranks, gains, ideal, size: this.#size };
    }
  }
}

/**
 * Ranks and gains in pairs, one pair for each relevant passage of each question; 0 and 0: not
 * retrieved.
 */
export function packRanks(ranks: readonly RelevantRanks[]): Int32Array {
  return Int32Array.from(
    ranks.flatMap(({ ranks: found, gains, ideal }) =>
      ideal.flatMap((_, i) => [found[i] ?? 0, gains[i] ?? 0]),
    ),
  );
}

/** Relevance of the relevant passages of a question. */
function gainsOf({ qrels }: TestCollection, id: string): number[] {
  return [...qrels.get(id)!.values()].filter((gain) => gain > 0);
}

/**
 * One figure, as in `xqg evaluate`, and which encoder and which point of which condition it belongs
 * to.
 */
export interface ExperimentRow extends ResultRow {
  readonly encoder: string;
  /** Key of a condition; `system`: none. */
  readonly condition: string;
  readonly point: string | number;
}

export interface TuningRecord {
  readonly encoder: string;
  readonly generator: string;
  /** Name of the tuning data. */
  readonly on: string;
  readonly setting: string;
  readonly metric: string;
  readonly systems: readonly TunedSystem[];
}

interface Machine {
  readonly cores: number;
  /** GB, 10^9 bytes. */
  readonly memory: number;
  /** E.g. linux x64. */
  readonly platform: string;
}

/** Seconds by stage of this run; what came from the store took none. */
type Timings = Readonly<Record<string, number>>;

export interface ExperimentResults {
  readonly spec: ExperimentSpec;
  readonly measurements: readonly Measurement[];
  readonly tuning: readonly TuningRecord[];
  /** What a reader should know. */
  readonly notes: readonly string[];
  readonly madeBy: MadeBy;
  readonly machine: Machine;
  readonly timings: Timings;
}

/** The setting whose questions have answers instead of relevant passages. */
export const ANSWER_SETTING = 'xor';

/** True if a measure can be taken in a setting. */
export function fits({ canonical }: Pick<Measure, 'canonical'>, setting: string): boolean {
  if ((tokenLimitOf(canonical) !== null) !== (setting === ANSWER_SETTING)) return false;
  return canonical !== RANK_DISTANCE || setting === 'multi';
}

/** The measures of a file that fit a setting. */
export function measuresIn(
  setting: string,
  { measures }: Pick<ExperimentSpec, 'measures'>,
): Measure[] {
  return parseExperimentMeasures(measures).filter((measure) => fits(measure, setting));
}

/**
 * What tables and figures show in a setting: the primary metric, or the first measure that fits
 * where it does not.
 */
export function mainMeasure(
  setting: string,
  { measures, primary }: Pick<ExperimentSpec, 'measures' | 'primary'>,
): Measure {
  const [{ canonical }] = parseExperimentMeasures(primary.metric);
  const fitting = measuresIn(setting, { measures });
  return fitting.find((each) => each.canonical === canonical) ?? fitting[0];
}

/**
 * The same measure over questions for which something was retrieved, as XOR-Retrieve's script
 * counts.
 */
export function officialName({ name }: Pick<Measure, 'name'>): string {
  return `${name} (official)`;
}

/** The largest limit in tokens; 0 where no measure counts tokens. */
export function mostTokens({ measures }: Pick<ExperimentSpec, 'measures'>): number {
  return Math.max(
    0,
    ...parseExperimentMeasures(measures).map(({ name }) => tokenLimitOf(name) ?? 0),
  );
}
