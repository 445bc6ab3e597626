/**
 * The same formula after the dot products: since fusion is linear, the score of a fused vector follows from the question's
 * products with the passage and with the language sums. So alpha can be swept without building a matrix. Knows numbers only.
 */

/** The products of one passage with itself and its weighted query sum S = SUM_l share_l S_l / alpha. */
export interface FusionNorms {
  /** |P|^2 */
  readonly passage: number;
  /** P . S */
  readonly mixed: number;
  /** |S|^2 */
  readonly sum: number;
}

/**
 * q . fused = (1 - alpha) q.P + alpha q.S, divided by the fused vector's length where `norms` are given.
 *
 * @param passageScore q . P
 * @param sumScore q . S, S being the weighted sum over languages (already divided by the number of queries for a mean)
 * @param alpha in [0, 1]
 * @param norms of that passage: the score is that of the renormalized vector; absent: of the plain one
 * @returns 0 for a fused vector of length 0
 */
export function lateFusionScore(
  passageScore: number,
  sumScore: number,
  alpha: number,
  norms?: FusionNorms,
): number {
  const score = (1 - alpha) * passageScore + alpha * sumScore;
  if (norms === undefined) return score;
  const length = fusedLength(norms, alpha);
  return length > 0 ? score / length : 0;
}

/** |(1 - alpha) P + alpha S|; rounding below zero counts as 0. */
export function fusedLength(norms: FusionNorms, alpha: number): number {
  const beta = 1 - alpha;
  const square = beta * beta * norms.passage + 2 * alpha * beta * norms.mixed + alpha * alpha * norms.sum;
  return Math.sqrt(Math.max(square, 0));
}
