/**
 * Student's t distribution, by the regularized incomplete beta function. Implemented here because
 * the npm libraries compute 1 - cdf, which loses small p-values.
 */

/** P(|T| >= |t|) with `df` degrees of freedom; accurate even if it is tiny. */
export function twoSidedP(t: number, df: number): number {
  if (!Number.isFinite(t)) return 0;
  const square = t * t;
  return incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square));
}

/** P(T <= t). */
export function studentCdf(t: number, df: number): number {
  const tail = twoSidedP(t, df) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** The t with P(T <= t) = p, for 0 < p < 1; relative precision about 1e-14. */
export function studentQuantile(p: number, df: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, df);
  const tail = 2 * (1 - p);
  let high = 1;
  while (twoSidedP(high, df) > tail) high *= 2;
  let low = 0;
  while (high - low > 1e-15 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (twoSidedP(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b) for a, b > 0; `y` is 1 - x, passed separately to avoid cancellation at both ends. */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The continued fraction converges fast only on one side; on the other side, use I_x(a, b) = 1 -
  // I_y(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, y, x);
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
  const logY = y < 0.5 ? Math.log(y) : Math.log1p(-x);
  return (Math.exp(a * logX + b * logY - logBeta(a, b)) * betaFraction(a, b, x)) / a;
}

/** The continued fraction of I_x(a, b), by Lentz's method (DLMF 8.17.22). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return result;
}

/** ln B(a, b), avoiding the cancellation in lnGamma(a) - lnGamma(a + b) for a large argument. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const ratio =
    -(large - 0.5) * Math.log1p(small / large) -
    small * Math.log(small + large) +
    small +
    stirlingRest(large) -
    stirlingRest(small + large);
  return logGamma(small) + ratio;
}

const STIRLING_FROM = 15;

/** ln Gamma(x), x > 0. */
function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted++;
  }
  return (
    (shifted - 0.5) * Math.log(shifted) -
    shifted +
    0.5 * Math.log(2 * Math.PI) +
    stirlingRest(shifted) -
    Math.log(product)
  );
}

/**
 * The remainder of Stirling's series, with Bernoulli terms up to x^-11 (DLMF 5.11.1). The error is
 * below 1e-17 for x >= 15.
 */
function stirlingRest(x: number): number {
  const z = 1 / (x * x);
  return (
    (1 / 12 -
      z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - (z * 691) / 360360))))) /
    x
  );
}
