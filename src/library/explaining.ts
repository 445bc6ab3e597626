/** Why a passage is found by a question, with the generated queries nearest to it. */
import { type Explanation, explain } from '../search/explain.js';
import { stillWanted } from '../search/wanted.js';
import { expandQuestions } from './expanding.js';
import { filterMask } from './filter-mask.js';
import type { Makers } from './makers.js';
import { generatedQueries, rowOf } from './passage-queries.js';
import type { SearchAnswer, SearchOptions } from './search-types.js';
import type { SearchedIndex } from './searched-index.js';
import { languagesOf, requestOf } from './searching.js';

export interface ExplainedPassage
  extends Pick<
      SearchAnswer,
      'question' | 'languages' | 'language' | 'mode' | 'augmentation' | 'expansion' | 'warnings'
    >,
    Pick<Explanation, 'id' | 'dense' | 'lexical' | 'nearest'> {
  readonly title: string;
  readonly lang: string;
  readonly text: string;
  /** Place in the ranking of all passages that pass the filters; null where the passage is not ranked at all. */
  readonly rank: number | null;
  /** Score in that ranking. */
  readonly score: number | null;
}

/** @throws XqgError XQG_PASSAGE_UNKNOWN, also for a passage that does not pass the filters */
export async function explainPassage(
  opened: SearchedIndex,
  makers: Makers,
  question: string,
  passageId: string,
  options: SearchOptions,
): Promise<ExplainedPassage> {
  const { snapshot, engine } = opened;
  const filters = options.filters ?? [];
  const row = await rowOf(snapshot, passageId, filters);
  const { languages, known, warnings } = await languagesOf(question, options.lang, makers, opened);
  const { expansion, used } =
    opened.expanded ?? (await expandQuestions([{ text: question, languages }], options))[0];
  const asked = { languages, known, warnings };
  const mask = await filterMask(snapshot, filters);
  const request = { ...requestOf(question, asked, opened, options, mask), expansion };
  const generated =
    makers.generator === null || !request.augment
      ? {}
      : (await generatedQueries(opened, makers, passageId, filters)).queries;
  const queries = Object.entries(generated).flatMap(([lang, texts]) => texts.map((text) => ({ lang, text })));
  await stillWanted(options.signal);
  const { dense, lexical, nearest, augmentation } = await explain(engine, request, row, queries);
  // The lists that a hybrid is made of stay those of a usual search, so that its scores do too.
  const { topN } = engine.defaults.hybrid;
  const hits = await engine.rank({ ...request, topN, k: snapshot.ids.length }, options.signal);
  const found = hits.findIndex((hit) => hit.row === row);
  // Of a leg alone, only the first places are sure where not all rows are at hand.
  const place = request.mode !== 'hybrid' && found >= (opened.sureTo ?? Infinity) ? -1 : found;
  const [{ title, lang, text }] = await snapshot.take([row], ['title', 'lang', 'text']);
  return {
    question,
    languages,
    language: known,
    mode: request.mode,
    augmentation,
    expansion: used,
    warnings,
    id: passageId,
    title,
    lang,
    text,
    rank: place < 0 ? null : place + 1,
    score: place < 0 ? null : hits[place].score,
    dense,
    lexical,
    nearest,
  };
}
