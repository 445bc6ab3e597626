/**
 * Tests for questions that are no independent samples: those of one article stand or fall together,
 * and so do the translations of a question. Whole clusters are drawn or flipped, in all languages
 * at once, never single questions. With one language and one question a cluster they are the tests
 * of paired.ts.
 */

import { XqgError } from '../../base/errors.js';
import { meanOf } from '../../base/numbers.js';
import { seededRandom } from '../../base/random.js';
import {
  flipSigns,
  type Interval,
  type PairedRandomization,
  percentile,
  type ResampleOptions,
} from './paired.js';

/** The same two systems in one language. */
export interface PairedColumn {
  /** a - b by question. */
  readonly differences: readonly number[];
  /** The cluster of each question. */
  readonly groups: readonly string[];
}

/** Differences summed by language and cluster. */
export interface Clusters {
  /** [language] (clusters) */
  readonly sums: readonly Float64Array[];
  /** [language] (clusters) Number of questions. */
  readonly sizes: readonly Float64Array[];
  /** [language] Number of questions. */
  readonly totals: readonly number[];
}

/**
 * @param columns one a language; clusters of the same name are one
 * @throws XqgError XQG_UNPAIRED for a language without questions or with unlike lists
 */
export function clustersOf(columns: readonly PairedColumn[]): Clusters {
  const places = new Map<string, number>();
  for (const { differences, groups } of columns) {
    if (differences.length !== groups.length || differences.length === 0) {
      throw new XqgError('XQG_UNPAIRED', {
        first: differences.length,
        second: groups.length,
        least: 1,
      });
    }
    for (const group of groups) if (!places.has(group)) places.set(group, places.size);
  }
  const sums = columns.map(() => new Float64Array(places.size));
  const sizes = columns.map(() => new Float64Array(places.size));
  columns.forEach(({ differences, groups }, c) => {
    groups.forEach((group, i) => {
      const place = places.get(group)!;
      sums[c][place] += differences[i];
      sizes[c][place]++;
    });
  });
  return { sums, sizes, totals: columns.map(({ groups }) => groups.length) };
}

/** The unweighted mean over languages of the mean difference over questions. */
export function meanDifference({ sums, totals }: Clusters): number {
  return meanOf(sums.map((ofLanguage, c) => sumOf(ofLanguage) / totals[c]));
}

/**
 * The percentile bootstrap interval of `meanDifference`; clusters are drawn with replacement, for
 * all languages together.
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
      // A language that has no question in any drawn cluster says nothing in this sample.
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
 * (samples x clusters): which clusters each sample draws. Kept, since many comparisons are over the
 * same clusters.
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
 * The paired randomization test with the cluster as the unit: all its differences change their sign
 * together.
 */
export function clusterRandomization(
  clusters: Clusters,
  options: ResampleOptions = {},
): PairedRandomization {
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

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
