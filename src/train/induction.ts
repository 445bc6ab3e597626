/**
 * Bilingual lexicon induction: pairs a foreign word with the English words whose vectors, by a
 * teacher that covers both languages, are nearest. Because some words (hubs) are near to
 * everything, a pair's margin is its similarity less the mean similarity of both words to their
 * nearest neighbors (CSLS, Conneau et al. 2018).
 */
import { meanOfNearest, nearest } from './nearest.js';

export interface InductionOptions {
  /** Number of nearest neighbors whose mean similarity is subtracted. */
  readonly neighbors: number;
  /** Number of nearest words that are candidates for a pair. */
  readonly candidates: number;
  /** Maximum number of pairs for a foreign word: the candidates with the largest margins. */
  readonly most: number;
  /** Pairs need a margin above this. */
  readonly leastMargin: number;
  /** From this margin of its best pair on, a word gets the full weight; below, a share of it. */
  readonly sureMargin: number;
  /** A word's weight is divided among its pairs in proportion to exp(margin / temperature). */
  readonly temperature: number;
  /** Full weight of a word's pairs together, in units of one dictionary entry. */
  readonly weight: number;
}

export interface InducedPair {
  /** Rows of the two matrices. */
  readonly foreign: number;
  readonly pivot: number;
  readonly weight: number;
}

/**
 * @param foreign (m x dim), row-major
 * @param pivot (n x dim), row-major
 * @param allowed whether the pivot word of a row may be in a pair
 */
export async function induce(
  foreign: Float32Array,
  pivot: Float32Array,
  dim: number,
  allowed: (pivot: number) => boolean,
  options: InductionOptions,
): Promise<InducedPair[]> {
  const left = centered(foreign, dim);
  const right = centered(pivot, dim);
  const candidates = await nearest(left, right, dim, options.candidates);
  const hubnessLeft = meanOfNearest(candidates, options.neighbors);
  const hubnessRight = meanOfNearest(
    await nearest(right, left, dim, options.neighbors),
    options.neighbors,
  );
  const pairs: InducedPair[] = [];
  for (let f = 0; f < hubnessLeft.length; f++) {
    const best: { pivot: number; margin: number }[] = [];
    for (let at = f * candidates.k; at < (f + 1) * candidates.k; at++) {
      const row = candidates.rows[at];
      const margin = 2 * candidates.values[at] - hubnessLeft[f] - hubnessRight[row];
      if (margin > options.leastMargin && allowed(row)) best.push({ pivot: row, margin });
    }
    best.sort((a, b) => b.margin - a.margin || a.pivot - b.pivot);
    best.length = Math.min(best.length, options.most);
    const shares = best.map(({ margin }) =>
      Math.exp((margin - best[0].margin) / options.temperature),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    best.forEach((pair, i) => {
      const confidence = Math.min(1, best[0].margin / options.sureMargin);
      pairs.push({
        foreign: f,
        pivot: pair.pivot,
        weight: (options.weight * confidence * shares[i]) / total,
      });
    });
  }
  return pairs;
}

/**
 * The rows minus their mean, at unit length. The mean encodes the language, not the meaning of any
 * word.
 */
function centered(rows: Float32Array, dim: number): Float32Array {
  const n = rows.length / dim;
  const mean = new Float64Array(dim);
  for (let i = 0; i < rows.length; i++) mean[i % dim] += rows[i] / n;
  const out = new Float32Array(rows.length);
  for (let from = 0; from < rows.length; from += dim) {
    let squares = 0;
    for (let d = 0; d < dim; d++) {
      out[from + d] = rows[from + d] - mean[d];
      squares += out[from + d] ** 2;
    }
    const length = Math.sqrt(squares) || 1;
    for (let d = 0; d < dim; d++) out[from + d] /= length;
  }
  return out;
}
