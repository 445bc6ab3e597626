/**
 * The formula of augmentation (Zhuang, Shou and Zuccon, SIGIR 2023): fuses passage vectors with the
 * sums of their generated queries' vectors.
 *
 * Vectors are float32. Every row is summed in float64, in a fixed order of languages, and rounded
 * once, so that the result for a row does not depend on its batch, shard or position.
 */
import { XqgError } from '../base/errors.js';
import { sumRows } from '../vectors/float-rows.js';
import { requireAlpha, requireWeight } from './profiles.js';

/** For every passage, the sum of the vectors of its generated queries in one language. */
export interface LanguageSum {
  readonly lang: string;
  /** (n x dim), row-major; a zero row where a passage has no queries in this language. */
  readonly sums: Float32Array;
  /** w_l >= 0 */
  readonly weight: number;
  /** n_l > 0: number of queries in a passage's sum. */
  readonly queries: number;
}

export interface FuseOptions {
  readonly variant: 'sum' | 'mean';
  /** In [0, 1]. */
  readonly alpha: number;
  readonly renormalize: boolean;
  /** Length of a row. */
  readonly dim: number;
}

/**
 * Fuses every passage with its queries. With alpha 0 the result equals `passages` bit for bit,
 * whatever the other options are, so that the baseline is the encoder's output. A zero vector stays
 * zero.
 *
 * @param passages (n x dim), row-major
 * @param languages with sums of the same shape; those of weight 0 are ignored
 * @param out (n x dim) output, a new array by default; may be `passages` or the sums of a language
 * @returns `out`
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE when alpha or a weight is out of range
 * @throws XqgError XQG_DIMENSION_MISMATCH when the shapes differ
 */
export function fuse(
  passages: Float32Array,
  languages: readonly LanguageSum[],
  options: FuseOptions,
  out: Float32Array = new Float32Array(passages.length),
): Float32Array {
  const { dim, renormalize } = options;
  checkShapes(passages, languages, options, out);
  if (options.alpha === 0) {
    if (out !== passages) out.set(passages);
    return out;
  }
  const { passageWeight, shares } = shareOf(languages, options);
  const used = languages
    .map(({ lang, sums }, i) => ({ lang, numbers: sums, weight: shares[i] }))
    .filter(({ weight }) => weight > 0)
    // A fixed order of addition makes the result independent of the caller's order.
    .sort((a, b) => (a.lang < b.lang ? -1 : 1));
  sumRows(
    [{ numbers: passages, weight: passageWeight }, ...used],
    { dim, unitLength: renormalize },
    out,
  );
  return out;
}

/**
 * Adds weight * sums to `into`. Adding up the languages one by one takes the memory of one of them:
 * the weighted sum acts as one `LanguageSum` of weight 1 and SUM_l w_l n_l queries. Languages must
 * be added in a fixed order.
 *
 * @param into (n x dim), modified in place
 * @param sums (n x dim)
 * @param weight >= 0
 */
export function addWeighted(into: Float32Array, sums: Float32Array, weight: number): void {
  for (let i = 0; i < into.length; i++) into[i] += weight * sums[i];
}

/**
 * The coefficients of a fused vector before renormalization: `passageWeight` P + SUM_l `shares[l]`
 * S_l. In the mean variant the shares are divided by SUM_l w_l n_l, or are 0 if that is 0.
 */
export function shareOf(
  languages: readonly Pick<LanguageSum, 'weight' | 'queries'>[],
  options: Pick<FuseOptions, 'variant' | 'alpha'>,
): { passageWeight: number; shares: number[] } {
  const { alpha, variant } = options;
  const queries = languages.reduce((sum, { weight, queries }) => sum + weight * queries, 0);
  const divisor = variant === 'sum' || queries === 0 ? 1 : queries;
  return {
    passageWeight: 1 - alpha,
    shares: languages.map(({ weight }) => (alpha * weight) / divisor),
  };
}

function checkShapes(
  passages: Float32Array,
  languages: readonly LanguageSum[],
  { alpha, dim }: FuseOptions,
  out: Float32Array,
): void {
  requireAlpha(alpha);
  const mismatch = (what: string, found: number, expected: number): XqgError =>
    new XqgError('XQG_DIMENSION_MISMATCH', { what, found, expected, shape: `rows of ${dim}` });
  if (passages.length % dim !== 0) {
    throw mismatch('the passage matrix', passages.length, Math.ceil(passages.length / dim) * dim);
  }
  if (out.length !== passages.length)
    throw mismatch('the fused matrix', out.length, passages.length);
  for (const { lang, sums, weight } of languages) {
    requireWeight(lang, weight);
    if (sums.length !== passages.length)
      throw mismatch(`the sum of ${lang}`, sums.length, passages.length);
  }
}
