/**
 * Evaluates runs against qrels as trec_eval does.
 *
 * Passages are ordered by descending score, compared as float64, then by descending id in UTF-8
 * order. (trec_eval itself stores scores as float32, where 16777217 equals 16777216.) A relevance
 * above 0 means relevant; gains are linear. Means are over the queries of the qrels: a query that
 * the run lacks, or that has no relevant passage, counts 0.
 */
import { XqgError } from '../../base/errors.js';

/** The relevance of passages for one query, by passage id. */
export type Judgments = ReadonlyMap<string, number>;
/** Judgments by query id. */
export type Qrels = ReadonlyMap<string, Judgments>;
/** The scores of passages for one query, by passage id; passages without a score are absent. */
export type Scores = ReadonlyMap<string, number>;
/** Scores by query id. */
export type Run = ReadonlyMap<string, Scores>;

/** The ranks of the relevant passages of one query, from which all measures are computed. */
export interface RelevantRanks {
  /** Ranks (from 1, ascending) of the relevant passages that were retrieved. */
  readonly ranks: readonly number[];
  /** Relevance of those passages, `gains[i]` at `ranks[i]`. */
  readonly gains: readonly number[];
  /** Relevance of every relevant passage, retrieved or not, descending. */
  readonly ideal: readonly number[];
  /** Number of passages in the pool, or, for a run from a file, of those listed for the query. */
  readonly size: number;
}

/** A measure such as nDCG@10: a value per query, in [0, 1] except for rank-distance. */
export interface Measure {
  /**
   * `nDCG@10`, `MRR`, `R@100`, `P@1`, `mAP`, `accuracy@1`, `rank-distance` and so on, or the name
   * of another tool by which it was asked for, such as `ndcg_cut_10`.
   */
  readonly name: string;
  /** The name that xqg has for it; two measures with one are the same. */
  readonly canonical: string;
  of(query: RelevantRanks): number;
}

export interface MeasureValues {
  readonly measures: readonly string[];
  /** One value per measure, by query id, in the order of the qrels. */
  readonly perQuery: ReadonlyMap<string, readonly number[]>;
  /** Mean over the queries of the qrels, one per measure; 0 if there are none. */
  readonly means: readonly number[];
}

/** Name of the measure of language bias; lower is better. */
export const RANK_DISTANCE = 'rank-distance';

/** Measures by their name without the cut-off; `cut` is Infinity if there is none. */
const FORMULAS: Record<
  string,
  { cutOff: 'optional' | 'required' | 'none'; of(query: RelevantRanks, cut: number): number }
> = {
  nDCG: {
    cutOff: 'optional',
    of: ({ ranks, gains, ideal }, cut) => {
      let dcg = 0;
      let best = 0;
      for (let i = 0; i < ranks.length && ranks[i] <= cut; i++)
        dcg += gains[i] / Math.log2(ranks[i] + 1);
      for (let i = 0; i < ideal.length && i < cut; i++) best += ideal[i] / Math.log2(i + 2);
      return best > 0 ? dcg / best : 0;
    },
  },
  MRR: {
    cutOff: 'optional',
    of: ({ ranks }, cut) => (ranks.length > 0 && ranks[0] <= cut ? 1 / ranks[0] : 0),
  },
  mAP: {
    cutOff: 'optional',
    of: ({ ranks, ideal }, cut) => {
      let sum = 0;
      for (let i = 0; i < ranks.length && ranks[i] <= cut; i++) sum += (i + 1) / ranks[i];
      return ideal.length > 0 ? sum / ideal.length : 0;
    },
  },
  R: {
    cutOff: 'required',
    of: ({ ranks, ideal }, cut) =>
      ideal.length > 0 ? retrievedWithin(ranks, cut) / ideal.length : 0,
  },
  /** R-precision: the precision at as many passages as are relevant. */
  Rprec: {
    cutOff: 'none',
    of: ({ ranks, ideal }) =>
      ideal.length > 0 ? retrievedWithin(ranks, ideal.length) / ideal.length : 0,
  },
  P: { cutOff: 'required', of: ({ ranks }, cut) => retrievedWithin(ranks, cut) / cut },
  accuracy: {
    cutOff: 'required',
    of: ({ ranks }, cut) => (retrievedWithin(ranks, cut) > 0 ? 1 : 0),
  },
  /**
   * Language bias: the distance between the ranks of the parallel passages of a question in the
   * pool of all languages (Elmahdy, Lin and Ahmad, arXiv 2408.10536, section 4.3). A passage that
   * was not retrieved counts as the last one of the pool.
   */
  [RANK_DISTANCE]: {
    cutOff: 'none',
    of: ({ ranks, ideal, size }) => {
      if (ranks.length === 0 || ideal.length < 2) return 0;
      return (ranks.length < ideal.length ? size : ranks[ranks.length - 1]) - ranks[0];
    },
  },
};

function retrievedWithin(ranks: readonly number[], cut: number): number {
  let count = 0;
  while (count < ranks.length && ranks[count] <= cut) count++;
  return count;
}

/**
 * What trec_eval, pytrec_eval, ir_measures, ranx, BEIR and others call these measures, in lower
 * case. Not ranx's `hits`, which counts passages, and measures with exponential gain.
 */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ndcg_cut: 'nDCG',
  map_cut: 'mAP',
  ap: 'mAP',
  ap_cut: 'mAP',
  rr: 'MRR',
  recip_rank: 'MRR',
  recip_rank_cut: 'MRR',
  recall: 'R',
  precision: 'P',
  success: 'accuracy',
  acc: 'accuracy',
  hit_rate: 'accuracy',
  hitrate: 'accuracy',
  hit: 'accuracy',
  hr: 'accuracy',
  top_k_accuracy: 'accuracy',
  'r-precision': 'Rprec',
  r_precision: 'Rprec',
};

/** The measures that `parseMeasures` accepts, as text for messages. */
export const KNOWN_MEASURES = `${Object.entries(FORMULAS)
  .flatMap(([name, { cutOff }]) => [
    ...(cutOff === 'required' ? [] : [name]),
    ...(cutOff === 'none' ? [] : [`${name}@k`]),
  ])
  .join(
    ', ',
  )}, or as trec_eval, ir_measures and ranx write them: ndcg_cut_10, map, recip_rank, recall_100, P_10, success_1, RR@10, AP, Success@1, hit_rate@1`;

/**
 * Parses measures separated by spaces or commas, such as `nDCG@10 MRR@10 R@100 mAP`, ignoring case,
 * also as other tools write them. In `recall.10,100` a number is another cut-off.
 * @throws XqgError XQG_UNKNOWN_MEASURE when a measure is unknown or there is none
 */
export function parseMeasures(text: string): Measure[] {
  const names = namesIn(text);
  if (names.length === 0)
    throw new XqgError('XQG_UNKNOWN_MEASURE', { measure: text, known: KNOWN_MEASURES });
  return names.map(parseMeasure);
}

/** The names in a list, with a cut-off each. */
export function namesIn(text: string): string[] {
  const names: string[] = [];
  for (const each of text.split(/[\s,]+/).filter((name) => name !== '')) {
    const before = names.at(-1)?.replace(/\d+$/, '');
    const isCutOff = /^\d+$/.test(each) && before !== undefined && /[@._]$/.test(before);
    names.push(isCutOff ? before + each : each);
  }
  return names;
}

function parseMeasure(text: string): Measure {
  const [, word, digits] = /^([a-z][a-z_-]*?)(?:[@._]([1-9]\d{0,8}))?$/i.exec(text) ?? [];
  const lower = word?.toLowerCase() ?? '';
  const known = Object.keys(FORMULAS).find((each) => each.toLowerCase() === lower);
  const name = known ?? OTHER_NAMES[lower];
  const invalid = digits === undefined ? 'required' : 'none';
  if (name === undefined || FORMULAS[name].cutOff === invalid) {
    throw new XqgError('XQG_UNKNOWN_MEASURE', { measure: text, known: KNOWN_MEASURES });
  }
  const cut = digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
  const canonical = digits === undefined ? name : `${name}@${cut}`;
  const isOwn = text.toLowerCase() === canonical.toLowerCase();
  return {
    name: isOwn ? canonical : text,
    canonical,
    of: (query) => FORMULAS[name].of(query, cut),
  };
}

/**
 * The ranks of the relevant passages of one query, found without sorting all passages, in O(scores
 * x log relevant).
 */
export function rankRelevant(judgments: Judgments, scores: Scores | undefined): RelevantRanks {
  const ideal: number[] = [];
  const retrieved: { id: string; score: number; gain: number }[] = [];
  for (const [id, gain] of judgments) {
    if (gain <= 0) continue;
    ideal.push(gain);
    const score = scores?.get(id);
    if (score !== undefined) retrieved.push({ id, score, gain });
  }
  ideal.sort((a, b) => b - a);
  retrieved.sort((a, b) => b.score - a.score || comparePassageIds(b.id, a.id));
  // ahead[i]: number of passages between the relevant passages retrieved[i - 1] and retrieved[i],
  // including the former.
  const ahead = new Int32Array(retrieved.length + 1);
  if (retrieved.length > 0) {
    for (const [id, score] of scores!) {
      let low = 0;
      let high = retrieved.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const other = retrieved[middle];
        const before =
          score > other.score || (score === other.score && comparePassageIds(id, other.id) > 0);
        if (before) high = middle;
        else low = middle + 1;
      }
      ahead[low]++;
    }
  }
  const ranks: number[] = [];
  let rank = 1;
  for (let i = 0; i < retrieved.length; i++) {
    rank += ahead[i];
    ranks.push(rank);
  }
  const gains = retrieved.map(({ gain }) => gain);
  return { ranks, gains, ideal, size: scores?.size ?? 0 };
}

/** The values of all queries of the qrels and their means; other queries of the run are ignored. */
export function measureRun(qrels: Qrels, run: Run, measures: readonly Measure[]): MeasureValues {
  const perQuery = new Map<string, readonly number[]>();
  for (const [queryId, judgments] of qrels) {
    const ranked = rankRelevant(judgments, run.get(queryId));
    perQuery.set(
      queryId,
      measures.map((measure) => measure.of(ranked)),
    );
  }
  return summarize(perQuery, measures);
}

/** Adds the means to the values of all queries of the qrels. */
function summarize(
  perQuery: ReadonlyMap<string, readonly number[]>,
  measures: readonly Measure[],
): MeasureValues {
  const names = measures.map((measure) => measure.name);
  return { measures: names, perQuery, means: meanOf(perQuery, measures.length) };
}

function meanOf(perQuery: ReadonlyMap<string, readonly number[]>, width: number): number[] {
  const sums = new Array<number>(width).fill(0);
  for (const values of perQuery.values())
    values.forEach((value, i) => {
      sums[i] += value;
    });
  return sums.map((sum) => (perQuery.size > 0 ? sum / perQuery.size : 0));
}

/**
 * Negative if `a` precedes `b` in the order of UTF-8 bytes, 0 if they are equal. JavaScript
 * compares UTF-16 code units, where surrogates (U+10000 and above) precede U+E000 to U+FFFF.
 */
export function comparePassageIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
