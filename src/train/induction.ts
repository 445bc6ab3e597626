/**
 * Dictionary entries from a teacher that knows both languages: the English words whose vectors lie
 * nearest to a foreign word's. Some words are near to everything; a pair's margin takes from its
 * similarity what both words have with their nearest neighbors anyway (CSLS, Conneau et al. 2018).
 */
import { meanOfNearest, nearest } from './nearest.js';

export interface InductionOptions {
  /** Neighbors that tell how near a word lies to everything. */
  readonly neighbors: number;
  /** Nearest words of which the best by margin are kept. */
  readonly candidates: number;
  readonly most: number;
  /** Pairs with less margin go. */
  readonly leastMargin: number;
  /** A word whose best pair has this margin gets the whole weight, one with less its share. */
  readonly sureMargin: number;
  /** The pairs of a word share its weight by exp(margin / this). */
  readonly temperature: number;
  /** Weight of a word's entries together, as the weight of one entry of a dictionary. */
  readonly weight: number;
}

export interface InducedPair {
  /** Row numbers. */
  readonly foreign: number;
  readonly pivot: number;
  readonly weight: number;
}

/**
 * @param foreign (m x dim), row-major
 * @param pivot (n x dim), row-major
 * @param allowed whether a pivot word may be in a pair
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
  const found = await nearest(left, right, dim, options.candidates);
  const crowdLeft = meanOfNearest(found, options.neighbors);
  const crowdRight = meanOfNearest(
    await nearest(right, left, dim, options.neighbors),
    options.neighbors,
  );
  const pairs: InducedPair[] = [];
  for (let f = 0; f < crowdLeft.length; f++) {
    const kept: { pivot: number; margin: number }[] = [];
    for (let at = f * found.k; at < (f + 1) * found.k; at++) {
      const row = found.rows[at];
      const margin = 2 * found.values[at] - crowdLeft[f] - crowdRight[row];
      if (margin > options.leastMargin && allowed(row)) kept.push({ pivot: row, margin });
    }
    kept.sort((a, b) => b.margin - a.margin || a.pivot - b.pivot);
    kept.length = Math.min(kept.length, options.most);
    const shares = kept.map(({ margin }) =>
      Math.exp((margin - kept[0].margin) / options.temperature),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    kept.forEach((pair, i) => {
      const sureness = Math.min(1, kept[0].margin / options.sureMargin);
      pairs.push({
        foreign: f,
        pivot: pair.pivot,
        weight: (options.weight * sureness * shares[i]) / total,
      });
    });
  }
  return pairs;
}

/**
 * Rows less their mean, at unit length: what the words of one language share says nothing about any
 * of them.
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
