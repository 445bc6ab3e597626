/**
 * Tests for questions that are no independent samples: those of one article stand or fall together. Whole clusters are drawn or
 * flipped, never single questions. With one question a cluster they are the tests of paired.ts. Knows no measure.
 */
import { XqgError } from '../../errors/error.js';
import { seededRandom } from '../../generate/drawing.js';
import { flipSigns, type Interval, type PairedRandomization, percentile, type ResampleOptions } from './paired.js';

/** Differences of two systems on the same questions, summed by cluster. */
export interface Clusters {
  /** (clusters) Sum of the differences. */
  readonly sums: Float64Array;
  /** (clusters) Number of questions. */
  readonly sizes: Float64Array;
  /** Number of questions. */
  readonly n: number;
}

/**
 * @param differences a - b by question
 * @param groups the cluster of each question
 * @throws XqgError XQG_UNPAIRED unless both have the same length, 1 or more
 */
export function clustersOf(differences: readonly number[], groups: readonly string[]): Clusters {
  if (differences.length !== groups.length || differences.length === 0) {
    throw new XqgError('XQG_UNPAIRED', { first: differences.length, second: groups.length, least: 1 });
  }
  const places = new Map<string, number>();
  for (const group of groups) if (!places.has(group)) places.set(group, places.size);
  const sums = new Float64Array(places.size);
  const sizes = new Float64Array(places.size);
  groups.forEach((group, i) => {
    const place = places.get(group)!;
    sums[place] += differences[i];
    sizes[place]++;
  });
  return { sums, sizes, n: differences.length };
}

/** The mean difference over all questions. */
export function meanDifference({ sums, n }: Clusters): number {
  return sums.reduce((sum, value) => sum + value, 0) / n;
}

/** The percentile bootstrap interval of the mean difference over questions; clusters are drawn with replacement. */
export function clusterBootstrap(
  { sums, sizes }: Clusters,
  { samples = 10_000, seed = 1, confidence = 0.95 }: ResampleOptions & { readonly confidence?: number } = {},
): Interval {
  const random = seededRandom(String(seed));
  const clusters = sums.length;
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < clusters; i++) {
      const drawn = Math.floor(random() * clusters);
      sum += sums[drawn];
      size += sizes[drawn];
    }
    means[sample] = sum / size;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return { low: percentile(means, tail), high: percentile(means, 1 - tail) };
}

/** The paired randomization test with the cluster as the unit: all differences of a cluster change their sign together. */
export function clusterRandomization(clusters: Clusters, options: ResampleOptions = {}): PairedRandomization {
  return {
    n: clusters.n,
    meanDifference: meanDifference(clusters),
    ...flipSigns(clusters.sums, options),
  };
}
