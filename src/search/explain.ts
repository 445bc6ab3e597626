/** Why a passage is found by a question, for people: its scores, its rank and its text. */
import { cancellationPoint } from '../base/abort.js';
import { passageSentences } from '../corpus/sentences.js';
import { readQuestion } from './answer.js';
import { generatedQueries, type PassageQueries, rowOf } from './contents.js';
import {
  type DenseExplanation,
  type Explanation,
  explainScores,
  type GeneratedQuery,
} from './explain-scores.js';
import { filterMask } from './filters.js';
import type { Searchable } from './opened/searchable.js';
import type { SearchOptions } from './options.js';
import type { SearchResult } from './result.js';

/** Why a passage is found by a question, with the generated queries nearest to it. */
export interface ExplainedPassage
  extends Pick<
      SearchResult,
      | 'question'
      | 'languages'
      | 'language'
      | 'withoutTables'
      | 'mode'
      | 'augmentation'
      | 'expansion'
      | 'warnings'
    >,
    Pick<Explanation, 'id' | 'lexical' | 'nearest'> {
  readonly title: string;
  readonly lang: string;
  readonly text: string;
  /**
   * Rank among all passages that pass the filters, from 1; null where the passage is not ranked at
   * all.
   */
  readonly rank: number | null;
  /** Score in that ranking. */
  readonly score: number | null;
  /** Null if the question has no vector. */
  readonly dense: ExplainedDense | null;
}

interface ExplainedDense extends Omit<DenseExplanation, 'sentence'> {
  /**
   * Where the best sentence lies in the text, in UTF-16 code units, and its part of the score; null
   * where sentences do not count, and for a passage of one, which counts as that.
   */
  readonly sentence: {
    readonly start: number;
    readonly end: number;
    readonly share: number;
  } | null;
}

/** Where not all rows are at hand, the passage's rank is looked for among so many. */
const DEPTH = 100;

/** @throws XqgError XQG_PASSAGE_UNKNOWN, also for a passage that does not pass the filters */
export async function explainPassage(
  index: Searchable,
  question: string,
  passageId: string,
  options: SearchOptions,
): Promise<ExplainedPassage> {
  const { filters = [], signal } = options;
  const { languages, expanded, requests } = await readQuestion(index, question, [options], DEPTH);
  const view = await index.viewFor(requests, { filters, ids: [passageId] });
  const { snapshot, engine } = view;
  const row = await rowOf(snapshot, passageId, options);
  const request = { ...requests[0], mask: await filterMask(snapshot, filters, signal) };
  const queries =
    view.recipe.generator === null || !request.augment
      ? []
      : queryList(await generatedQueries(view, passageId, options));
  await cancellationPoint(signal);
  const { dense, lexical, nearest, augmentation } = await explainScores(
    engine,
    request,
    row,
    queries,
  );
  // The lists that a hybrid is made of stay those of a usual search, so that its scores do too.
  const { topN } = engine.defaults.hybrid;
  const hits = await engine.rank({ ...request, topN, k: snapshot.ids.length }, signal);
  const place = hits.findIndex((hit) => hit.row === row);
  const isRanked = place >= 0 && (request.mode === 'hybrid' || place < view.exactDepth);
  const [{ title, lang, text }] = await snapshot.take([row], ['title', 'lang', 'text']);
  return {
    question,
    languages: languages.languages,
    language: languages.known,
    withoutTables: languages.withoutTables,
    mode: request.mode,
    augmentation,
    expansion: expanded.used,
    warnings: languages.warnings,
    id: snapshot.ids[row],
    title,
    lang,
    text,
    rank: isRanked ? place + 1 : null,
    score: isRanked ? hits[place].score : null,
    dense: dense && { ...dense, sentence: placed(dense.sentence, text, lang) },
    lexical,
    nearest,
  };
}

function placed(
  sentence: DenseExplanation['sentence'],
  text: string,
  lang: string,
): ExplainedDense['sentence'] {
  if (sentence === null) return null;
  const { start, end } = passageSentences(text, lang)[sentence.number];
  return { start, end, share: sentence.share };
}

function queryList({ queries }: PassageQueries): GeneratedQuery[] {
  return Object.entries(queries).flatMap(([lang, texts]) => texts.map((text) => ({ lang, text })));
}
