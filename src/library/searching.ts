/** Questions to answers over an opened version: languages, filters, ranking, and what people see of a hit. */
import type { LanguageWeight } from '../languages/terms.js';
import type { SearchHit, SearchRequest } from '../search/request.js';
import type { Makers } from './makers.js';
import type { OpenedIndex } from './opened-index.js';
import { type QuestionLanguages, questionLanguages } from './question-languages.js';
import type { FoundPassage, SearchAnswer, SearchOptions } from './search-types.js';

export interface AskedQuestion {
  readonly text: string;
  /** Wins over the language of the options. */
  readonly lang?: string | readonly LanguageWeight[];
}

const DEFAULT_K = 10;

/** A question with the ids and scores of its hits, best first. */
export interface RankedQuestion<Q extends AskedQuestion = AskedQuestion> {
  readonly question: Q;
  readonly languages: readonly LanguageWeight[];
  readonly hits: readonly Pick<FoundPassage, 'id' | 'score' | 'dense' | 'lexical'>[];
}

export async function answerQuestion(
  opened: OpenedIndex,
  makers: Makers,
  question: string,
  options: SearchOptions,
): Promise<SearchAnswer> {
  const languages = await languagesOf(question, options.lang, makers, opened);
  const request = requestOf(question, languages, opened, options);
  const hits = await opened.engine.rank(request);
  return {
    question,
    languages: languages.languages,
    language: languages.known,
    mode: request.mode,
    augmentation: request.augment ? opened.engine.augmentation(request) : null,
    warnings: languages.warnings,
    hits: await foundPassages(opened, hits),
  };
}

/** In the order of the questions. */
export async function rankQuestions<Q extends AskedQuestion>(
  opened: OpenedIndex,
  makers: Makers,
  questions: readonly Q[],
  options: SearchOptions,
): Promise<RankedQuestion<Q>[]> {
  const requests = await Promise.all(
    questions.map(async ({ text, lang }) => {
      const languages = await languagesOf(text, lang ?? options.lang, makers, opened);
      return requestOf(text, languages, opened, options);
    }),
  );
  const ranked = await opened.engine.rankBatch(requests);
  return questions.map((question, i) => ({
    question,
    languages: requests[i].languages,
    hits: ranked[i].map(({ id, score, dense, lexical }) => ({ id, score, dense, lexical })),
  }));
}

export function languagesOf(
  text: string,
  lang: SearchOptions['lang'],
  { generator }: Makers,
  { snapshot }: OpenedIndex,
): Promise<QuestionLanguages> {
  // An index without queries still knows the words of its passages' languages.
  const knows = [...new Set([...(generator?.languages ?? []), ...snapshot.langs])];
  return questionLanguages(text, lang, knows);
}

export function requestOf(
  question: string,
  { languages }: QuestionLanguages,
  { snapshot }: OpenedIndex,
  { mode = 'hybrid', augment, translate, profile, alpha, languagePolicy, k = DEFAULT_K }: SearchOptions,
): SearchRequest {
  return {
    question,
    languages,
    mode,
    augment: augment ?? snapshot.queryLanguages.length > 0,
    translate,
    profile,
    alpha,
    languagePolicy,
    k,
  };
}

async function foundPassages({ snapshot }: OpenedIndex, hits: readonly SearchHit[]): Promise<FoundPassage[]> {
  const passages = await snapshot.take(
    hits.map(({ row }) => row),
    ['documentId', 'title', 'path', 'headings', 'lang', 'langConfidence', 'text', 'metadata'],
  );
  return hits.map(({ id, score, dense, lexical }, i) => ({
    rank: i + 1,
    id,
    score,
    dense,
    lexical,
    ...passages[i],
    snippet: passages[i].text,
  }));
}
