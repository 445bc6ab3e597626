/**
 * The sentences of the last questions' passages. What a question's terms weigh changes with the languages of the generated queries, and
 * which of them a sentence has does not: so a ranking that is asked for again with others reads no text again. Knows no ranking.
 */
import type { SearchRequest } from '../search/request.js';
import {
  bestSentence,
  type MatchedSentence,
  type SnippetSource,
  sentenceMatcher,
  sentenceWeights,
} from '../search/snippet.js';
import type { SearchedIndex } from './searched-index.js';

/** Questions that are remembered for one version, passages of each, and sentences of a passage: longer ones are read again. */
const REMEMBERED = 64;
const PASSAGES = 64;
const SENTENCES = 64;

const questions = new WeakMap<SearchedIndex, Map<string, Map<number, readonly MatchedSentence[]>>>();

/** A function from a row and its passage to the best sentence; '' for a passage without text. */
export function rememberedSnippets(
  opened: SearchedIndex,
  request: SearchRequest,
): (row: number, passage: SnippetSource) => string {
  const known = questions.get(opened) ?? new Map<string, Map<number, readonly MatchedSentence[]>>();
  questions.set(opened, known);
  const { question, languages, expansion } = request;
  const key = JSON.stringify([question, languages, expansion]);
  const byRow = known.get(key) ?? new Map<number, readonly MatchedSentence[]>();
  known.delete(key);
  known.set(key, byRow);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  let matched: ReturnType<typeof sentenceMatcher> | null = null;
  let weights: Float64Array | null = null;
  return (row, passage) => {
    let sentences = byRow.get(row);
    if (sentences === undefined) {
      matched ??= sentenceMatcher(opened.engine, request);
      sentences = matched(passage);
      if (byRow.size >= PASSAGES) byRow.delete(byRow.keys().next().value!);
      if (sentences.length <= SENTENCES) byRow.set(row, sentences);
    }
    weights ??= sentenceWeights(opened.engine, request);
    return bestSentence(passage.text, sentences, weights)?.text ?? '';
  };
}
