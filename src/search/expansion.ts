/**
 * What a question gets besides its own words: a text that a model wrote from it, appended to the
 * question or mixed into its vector.
 */
import type { Encoder, QueryText } from '../encode/encoder.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { SearchRequest } from './request.js';

export type ExpandableQuestion = Pick<
  SearchRequest,
  'question' | 'questionId' | 'questionLang' | 'languages' | 'expansion'
>;

/** (questions x dim), row-major: the vector of each with its expansion. */
export async function questionVectors(
  encoder: Encoder,
  questions: readonly ExpandableQuestion[],
): Promise<Float32Array> {
  const vectors = await encoder.encodeQueries(questions.map(questionText));
  const mixed = questions.flatMap(({ expansion }, at) =>
    expansion != null && expansion.dense !== 'appended' && expansion.dense > 0
      ? [{ at, text: expansion.text, languages: expansion.languages, share: expansion.dense }]
      : [],
  );
  if (mixed.length === 0) return vectors;
  const { dim, unitLength } = encoder.identity;
  const others = await encoder.encodeQueries(
    mixed.map(({ text, languages }) => ({ text, languages })),
  );
  const out = vectors.slice();
  mixed.forEach(({ at, share }, m) => {
    const row = out.subarray(at * dim, (at + 1) * dim);
    for (let d = 0; d < dim; d++) row[d] = (1 - share) * row[d] + share * others[m * dim + d];
    scale(row, unitLength ? toUnit(row) : 1);
  });
  return out;
}

/**
 * (dim) What the question's own words give to its vector with an expansion; the text gives the
 * rest. Of a text that is mixed in that is its part of the sum; of one that is appended, the vector
 * of the question alone, so that the rest is what the text changed.
 */
export async function ownVector(
  encoder: Encoder,
  question: ExpandableQuestion,
): Promise<Float32Array> {
  const alone = await questionVectors(encoder, [{ ...question, expansion: null }]);
  const { expansion } = question;
  if (expansion == null || expansion.dense === 'appended') return alone;
  const { text, languages, dense: share } = expansion;
  const { unitLength } = encoder.identity;
  const other = await encoder.encodeQueries([{ text, languages }]);
  const mixed = alone.map((value, d) => (1 - share) * value + share * other[d]);
  const own = alone.slice();
  scale(own, (1 - share) * (unitLength ? toUnit(mixed) : 1));
  return own;
}

/**
 * An appended text makes another question: what was encoded elsewhere under the question's id is
 * not its vector.
 */
function questionText({
  question,
  questionId,
  questionLang,
  languages,
  expansion,
}: ExpandableQuestion): QueryText {
  if (expansion?.dense !== 'appended')
    return { id: questionId, lang: questionLang, text: question, languages };
  return {
    text: `${question} ${expansion.text}`,
    languages: bothOf(languages, expansion.languages),
  };
}

/** Each language once; the weights of both lists count half. */
function bothOf(a: readonly LanguageWeight[], b: readonly LanguageWeight[]): LanguageWeight[] {
  const weights = new Map<string, number>();
  for (const { lang, weight } of [...a, ...b])
    weights.set(lang, (weights.get(lang) ?? 0) + weight / 2);
  return [...weights].map(([lang, weight]) => ({ lang, weight }));
}

/** What makes a vector one of unit length; 0 for a zero vector. */
function toUnit(row: Float32Array): number {
  let square = 0;
  for (const value of row) square += value * value;
  return square === 0 ? 0 : 1 / Math.sqrt(square);
}

function scale(row: Float32Array, factor: number): void {
  for (let d = 0; d < row.length; d++) row[d] *= factor;
}
