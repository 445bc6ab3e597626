/**
 * Removing what a vector says about its language: the mean vector of the language is subtracted
 * (LIR, arXiv 2109.04727) and the length restored. Means come from training text or from indexed
 * passages, never from questions.
 */

/** (dim) by language; languages without a mean keep their vectors. */
export type LanguageMeans = ReadonlyMap<string, Float32Array>;

/**
 * The mean vector of each language.
 * @param vectors (n x dim), row-major
 * @param langs of each row
 */
export function meansOf(
  vectors: Float32Array,
  langs: readonly string[],
  dim: number,
): LanguageMeans {
  const sums = new Map<string, { sum: Float64Array; count: number }>();
  langs.forEach((lang, row) => {
    const entry = sums.get(lang) ?? { sum: new Float64Array(dim), count: 0 };
    sums.set(lang, entry);
    for (let d = 0; d < dim; d++) entry.sum[d] += vectors[row * dim + d];
    entry.count++;
  });
  return new Map(
    [...sums].map(([lang, { sum, count }]) => [
      lang,
      Float32Array.from(sum, (value) => value / count),
    ]),
  );
}

/**
 * Subtracts the means in place. Rows get their former length again; zero rows and rows of languages
 * without a mean stay.
 * @param vectors (n x dim), row-major, changed
 * @param langOf the language of a row
 */
export function removeMeans(
  vectors: Float32Array,
  langOf: (row: number) => string,
  dim: number,
  means: LanguageMeans,
): void {
  for (let row = 0, at = 0; at < vectors.length; row++, at += dim) {
    const mean = means.get(langOf(row));
    if (mean === undefined) continue;
    const vector = vectors.subarray(at, at + dim);
    const before = lengthOf(vector);
    if (before === 0) continue;
    for (let d = 0; d < dim; d++) vector[d] -= mean[d];
    const after = lengthOf(vector);
    if (after === 0) continue;
    for (let d = 0; d < dim; d++) vector[d] *= before / after;
  }
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
