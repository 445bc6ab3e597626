/**
 * The paired randomization test and the bootstrap interval for questions that are not independent
 * samples, such as those about one article, or the translations of a question. Whole clusters of
 * questions are resampled, in all languages at once. With one language and one question per
 * cluster, these are the ordinary paired tests.
 */

import { XqgError } from '../../base/errors.js';
import { meanOf } from '../../base/numbers.js';
import { seededRandom } from '../../base/random.js';
import type { Interval } from './paired.js';

export interface Randomization {
  /** Number of questions over all languages. */
  readonly n: number;
  readonly meanDifference: number;
  /**
   * Two-sided p-value: the share of sign patterns whose mean difference is at least as far from 0
   * as the observed one.
   */
  readonly p: number;
  /**
   * True if all sign patterns were counted. Otherwise p was estimated as (1 + extreme patterns) /
   * (1 + samples).
   */
  readonly exact: boolean;
}

export interface ResampleOptions {
  /** Number of random sign patterns or bootstrap samples; 10,000 by default. */
  readonly samples?: number;
  /** 1 by default. */
  readonly seed?: number;
}

/** Sums that differ by less than this are equal: the same differences, added in another order. */
const SUM_TOLERANCE = 1e-12;

/** The differences of two systems in one language. */
export interface PairedColumn {
  /** a - b for each question. */
  readonly differences: readonly number[];
  /** The cluster of each question. */
  readonly groups: readonly string[];
}

/** Differences summed by language and cluster. */
export interface Clusters {
  /** [language] (clusters) */
  readonly sums: readonly Float64Array[];
  /** [language] (clusters) numbers of questions */
  readonly sizes: readonly Float64Array[];
  /** [language] numbers of questions */
  readonly totals: readonly number[];
}

/**
 * @param columns one per language; clusters with the same name are one cluster
 * @throws XqgError XQG_UNPAIRED when a language has no questions or lists of different lengths
 */
export function clustersOf(columns: readonly PairedColumn[]): Clusters {
  const indexes = new Map<string, number>();
  for (const { differences, groups } of columns) {
    if (differences.length !== groups.length || differences.length === 0) {
      throw new XqgError('XQG_UNPAIRED', {
        first: differences.length,
        second: groups.length,
        least: 1,
      });
    }
    for (const group of groups) if (!indexes.has(group)) indexes.set(group, indexes.size);
  }
  const sums = columns.map(() => new Float64Array(indexes.size));
  const sizes = columns.map(() => new Float64Array(indexes.size));
  columns.forEach(({ differences, groups }, c) => {
    groups.forEach((group, i) => {
      const cluster = indexes.get(group)!;
      sums[c][cluster] += differences[i];
      sizes[c][cluster]++;
    });
  });
  return { sums, sizes, totals: columns.map(({ groups }) => groups.length) };
}

/** The unweighted mean over languages of the mean difference over questions. */
export function meanDifference({ sums, totals }: Clusters): number {
  return meanOf(sums.map((ofLanguage, c) => sumOf(ofLanguage) / totals[c]));
}

/**
 * The percentile bootstrap interval of `meanDifference`. Clusters are drawn with replacement, the
 * same ones for all languages.
 */
export function clusterBootstrap(
  { sums, sizes }: Clusters,
  {
    samples = 10_000,
    seed = 1,
    confidence = 0.95,
  }: ResampleOptions & { readonly confidence?: number } = {},
): Interval {
  const clusters = sums[0].length;
  const draws = drawsOf(clusters, samples, seed);
  const totals = new Float64Array(samples);
  const present = new Float64Array(samples);
  for (let c = 0; c < sums.length; c++) {
    const [ofLanguage, sizesOf] = [sums[c], sizes[c]];
    for (let sample = 0, at = 0; sample < samples; sample++) {
      let sum = 0;
      let size = 0;
      for (const end = at + clusters; at < end; at++) {
        sum += ofLanguage[draws[at]];
        size += sizesOf[draws[at]];
      }
      // A language without a question in the drawn clusters is left out of this sample's mean.
      if (size === 0) continue;
      totals[sample] += sum / size;
      present[sample]++;
    }
  }
  const means = totals
    .map((total, sample) => (present[sample] > 0 ? total / present[sample] : 0))
    .sort();
  const tail = (1 - confidence) / 2;
  return { low: percentile(means, tail), high: percentile(means, 1 - tail) };
}

let lastDraws: { key: string; draws: Uint32Array } | null = null;

/**
 * (samples x clusters) The clusters that each sample draws. Cached, because many comparisons are
 * over the same clusters.
 */
function drawsOf(clusters: number, samples: number, seed: number): Uint32Array {
  const key = `${clusters} ${samples} ${seed}`;
  if (lastDraws?.key !== key) {
    const random = seededRandom(String(seed));
    const draws = Uint32Array.from({ length: samples * clusters }, () =>
      Math.floor(random() * clusters),
    );
    lastDraws = { key, draws };
  }
  return lastDraws.draws;
}

/**
 * Fisher's paired randomization test with clusters as units: all differences of a cluster change
 * their sign together. Exact if there are at most `samples` sign patterns of the clusters whose sum
 * is not 0; otherwise sampled.
 */
export function clusterRandomization(
  clusters: Clusters,
  options: ResampleOptions = {},
): Randomization {
  const { sums, totals } = clusters;
  const shares = Float64Array.from(sums[0], (_, i) =>
    meanOf(sums.map((ofLanguage, c) => ofLanguage[i] / totals[c])),
  );
  return {
    n: totals.reduce((sum, total) => sum + total, 0),
    meanDifference: meanDifference(clusters),
    ...flipSigns(shares, options),
  };
}

/** The randomization test on sums of differences, each of which changes its sign as a whole. */
function flipSigns(
  sums: Float64Array,
  { samples = 10_000, seed = 1 }: ResampleOptions = {},
): Pick<Randomization, 'p' | 'exact'> {
  const nonZero = sums.filter((sum) => sum !== 0);
  const observed = Math.abs(sumOf(nonZero)) - SUM_TOLERANCE;
  const patterns = 2 ** nonZero.length;
  let extreme = 0;
  if (patterns <= samples) {
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0;
      for (let i = 0; i < nonZero.length; i++)
        sum += (pattern >>> i) & 1 ? -nonZero[i] : nonZero[i];
      if (Math.abs(sum) >= observed) extreme++;
    }
    return { p: extreme / patterns, exact: true };
  }
  const random = seededRandom(String(seed));
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < nonZero.length; i++) sum += random() < 0.5 ? -nonZero[i] : nonZero[i];
    if (Math.abs(sum) >= observed) extreme++;
  }
  return { p: (extreme + 1) / (samples + 1), exact: false };
}

/** The p-quantile of ascending values, with linear interpolation. */
function percentile(ascending: Float64Array, p: number): number {
  const position = p * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
