/** Questions of a search with their expansions, timed. Knows no index. */
import { DEFAULT_WEIGHTS, expansionsOf, type QuestionOfLanguages } from '../expand/apply.js';
import type { Expansion } from '../search/expansion.js';
import type { SearchOptions, UsedExpansion } from './search-types.js';

export interface ExpandedQuestion {
  readonly expansion: Expansion | null;
  /** For people; null where nothing was asked for. */
  readonly used: UsedExpansion | null;
}

/** Nothing is written for a question without `expand`. In the order of the questions. */
export async function expandQuestions(
  questions: readonly QuestionOfLanguages[],
  { expand }: Pick<SearchOptions, 'expand'>,
): Promise<ExpandedQuestion[]> {
  if (expand === undefined) return questions.map(() => ({ expansion: null, used: null }));
  const started = performance.now();
  const expansions = await expansionsOf(questions, expand);
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
