/**
 * The best sentences of the last questions' passages. They do not depend on alpha, so that a ranking that is asked for again
 * with another one does not look for them again. Knows no ranking.
 */
import type { SearchRequest } from '../search/request.js';
import { type SnippetSource, snippetFinder } from '../search/snippet.js';
import type { SearchedIndex } from './searched-index.js';

/** Questions that are remembered for one version. */
const REMEMBERED = 64;

const questions = new WeakMap<SearchedIndex, Map<string, Map<number, string>>>();

/** A function from a row and its passage to the sentence; '' for a passage without text. */
export function rememberedSnippets(
  opened: SearchedIndex,
  request: SearchRequest,
): (row: number, passage: SnippetSource) => string {
  const known = questions.get(opened) ?? new Map<string, Map<number, string>>();
  questions.set(opened, known);
  const { question, languages, augment, translate, profile, languagePolicy } = request;
  const key = JSON.stringify([question, languages, augment, translate, profile, languagePolicy]);
  const byRow = known.get(key) ?? new Map<number, string>();
  known.delete(key);
  known.set(key, byRow);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  let finder: ReturnType<typeof snippetFinder> | null = null;
  return (row, passage) => {
    let snippet = byRow.get(row);
    if (snippet === undefined) {
      finder ??= snippetFinder(opened.engine, request);
      snippet = finder(passage)?.text ?? '';
      byRow.set(row, snippet);
    }
    return snippet;
  };
}
