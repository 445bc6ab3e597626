/** Questions of a search with their expansions, timed. Knows no index. */
import { DEFAULT_WEIGHTS, expansionsOf, type QuestionOfLanguages } from '../expand/apply.js';
import type { Expansion } from '../search/expansion.js';
import type { SearchOptions, UsedExpansion } from './search-types.js';

/** A question's expansion; both null where nothing was asked for. */
export interface ExpandedQuestion {
  readonly expansion: Expansion | null;
  /** For people. */
  readonly used: UsedExpansion | null;
}

/** Nothing is written for a question without `expand`, or with one that was written before. In the order of the questions. */
export async function expandQuestions(
  questions: readonly QuestionOfLanguages[],
  { expand, signal }: Pick<SearchOptions, 'expand' | 'signal'>,
): Promise<ExpandedQuestion[]> {
  if (expand === undefined) return questions.map(() => ({ expansion: null, used: null }));
  if ('used' in expand) return questions.map(() => expand);
  const started = performance.now();
  const expansions = await expansionsOf(questions, expand, signal);
  const milliseconds = performance.now() - started;
  const { by, how = 'append', weight = DEFAULT_WEIGHTS[how] } = expand;
  return expansions.map((expansion) => ({
    expansion,
    used: {
      text: expansion.text,
      lang: expansion.languages[0].lang,
      how,
      weight,
      by: by.identity.name,
      milliseconds,
    },
  }));
}
