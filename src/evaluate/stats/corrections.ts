/** Corrections of p-values for many comparisons at once, e.g. one per language. Knows no test. */

/** Holm's step-down adjusted p-values, in the order of the input; reject where one is at most the level. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, step) => {
    running = Math.max(running, Math.min(1, pValues[index] * (pValues.length - step)));
    adjusted[index] = running;
  });
  return adjusted;
}

/** Bonferroni's adjusted p-values, in the order of the input. */
export function bonferroni(pValues: readonly number[]): number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
