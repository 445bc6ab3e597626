/** Checks passages before they are stored: the lengths of vectors, and that numbers are finite. */
import { XqgError } from '../base/errors.js';
import { quantizedBytes, rowsOfBytes } from './quantize.js';
import type { IndexedPassage, StoreShape, UpsertOptions } from './store.js';

/**
 * Checks the passages of an `upsert`: they fit the store, and no id occurs twice.
 * @param options.checked each of them has passed `checkPassage`
 * @throws XqgError XQG_DUPLICATE_PASSAGE, and those of `checkPassage`
 */
export function checkPassages(
  passages: readonly IndexedPassage[],
  shape: StoreShape,
  { checked = false }: Pick<UpsertOptions, 'checked'> = {},
): void {
  const seen = new Set<string>();
  for (const passage of passages) {
    if (!checked) checkPassage(passage, shape);
    if (seen.has(passage.id)) throw new XqgError('XQG_DUPLICATE_PASSAGE', { id: passage.id });
    seen.add(passage.id);
  }
}

/**
 * @throws XqgError XQG_VECTOR_LENGTH, XQG_VECTOR_NOT_FINITE, XQG_UNKNOWN_LANGUAGE for a sum of a
 * language that the store was not made for
 */
export function checkPassage(passage: IndexedPassage, shape: StoreShape): void {
  checkVector(passage.vector, shape.dim, `passage ${passage.id}`);
  for (const [lang, sum] of passage.sums) {
    const what = `sum of the ${lang} queries of passage ${passage.id}`;
    if (!shape.queryLanguages.includes(lang)) {
      throw new XqgError('XQG_UNKNOWN_LANGUAGE', {
        language: lang,
        where: what,
        known: shape.queryLanguages.join(' '),
      });
    }
    checkVector(sum, shape.dim, what);
  }
  checkSentences(passage, shape);
}

/** Their steps are finite by what they are. */
function checkSentences({ id, sentences }: IndexedPassage, shape: StoreShape): void {
  if (sentences === null) return;
  const what = `a sentence of passage ${id}`;
  const expected = shape.sentences === true ? shape.dim : 0;
  const size = quantizedBytes(shape.dim, 8);
  if (expected === 0 || sentences.length === 0 || sentences.length % size !== 0) {
    const found = (sentences.length % size || sentences.length) - quantizedBytes(0, 8);
    throw new XqgError('XQG_VECTOR_LENGTH', { what, found, expected });
  }
  const place = rowsOfBytes(sentences, shape.dim).scales.findIndex((s) => !Number.isFinite(s));
  if (place >= 0) throw new XqgError('XQG_VECTOR_NOT_FINITE', { what, place, value: 'its scale' });
}

/** @throws XqgError XQG_VECTOR_LENGTH, XQG_VECTOR_NOT_FINITE */
export function checkVector(vector: Float32Array, dim: number, what: string): void {
  if (vector.length !== dim) {
    throw new XqgError('XQG_VECTOR_LENGTH', { what, found: vector.length, expected: dim });
  }
  // Zero as long as every number is finite: a fast check, since a passage has thousands of them.
  let zero = 0;
  for (let i = 0; i < vector.length; i++) zero += vector[i] * 0;
  if (zero === 0) return;
  const place = vector.findIndex((value) => !Number.isFinite(value));
  throw new XqgError('XQG_VECTOR_NOT_FINITE', { what, place, value: String(vector[place]) });
}
