/**
 * Feedback from a first pass: the question's vector moves toward the best passage, so that the
 * passage's translations rise with it. Rocchio's formula on vectors with one passage (Li, Mourad,
 * Zhuang, Koopman, Zuccon, "Pseudo Relevance Feedback with Deep Language Models and Dense
 * Retrievers", TOIS 2023).
 */
import type { SearchDefaults } from './defaults.js';
import type { SearchRequest } from './request.js';

/** The vector that ranks the passages for a question in the dense leg. */
export interface RankingVector {
  /** (dim), of the question with its expansion. */
  readonly question: Float32Array;
  /** (dim), after the first pass. */
  readonly vector: Float32Array;
  /** The passage that it moved toward; null: there was no first pass. */
  readonly toward: Toward | null;
}

export interface Toward {
  readonly row: number;
  readonly weight: number;
  /** The share of `question` in `vector`; the passage gives the rest. */
  readonly questionShare: number;
}

/**
 * Weight of the best passage in a question, >= 0; 0: no first pass. Unless the request sets it, it
 * is above 0 only where the dense leg ranks alone and passages are in several languages: elsewhere
 * no translation can rise, and a hybrid gains nothing by it.
 */
export function feedbackWeight(
  { mode, feedback }: Pick<SearchRequest, 'mode' | 'feedback'>,
  defaults: Pick<SearchDefaults, 'feedback'>,
  passageLanguages: readonly string[],
): number {
  if (mode === 'lexical') return 0;
  return feedback ?? (mode === 'dense' && passageLanguages.length > 1 ? defaults.feedback : 0);
}

/**
 * q/|q| + weight p/|p|, in the length of q; q itself where p is zero.
 * @param question (dim), not zero
 * @param passage (dim)
 * @returns also the factor of q in it
 */
export function moveToward(
  question: Float32Array,
  passage: Float32Array,
  weight: number,
): { readonly vector: Float32Array; readonly questionShare: number } {
  const [length, other] = [lengthOf(question), lengthOf(passage)];
  if (other === 0) return { vector: question, questionShare: 1 };
  const sum = Float64Array.from(
    question,
    (value, d) => value / length + (weight * passage[d]) / other,
  );
  const questionShare = 1 / (lengthOf(sum) || 1);
  return {
    vector: Float32Array.from(sum, (value) => length * questionShare * value),
    questionShare,
  };
}

function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d] * vector[d];
  return Math.sqrt(squares);
}
