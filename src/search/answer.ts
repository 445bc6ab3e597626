/**
 * Questions to answers over an opened version: languages, filters, ranking, and what people see of
 * a hit.
 */

import { cancellationPoint } from '../base/abort.js';
import { DEFAULT_WEIGHTS, expansionsOf, type QuestionOfLanguages } from '../expand/apply.js';
import type { Recipe } from '../indexing/recipe.js';
import { annUse, annWarnings, usesAnn } from './ann-use.js';
import { filterMask } from './filters.js';
import type { SearchView } from './opened/searchable.js';
import type {
  ExpandedQuestion,
  Hit,
  Question,
  QuestionHits,
  SearchOptions,
  SearchResult,
} from './options.js';
import { languagesOf, type QuestionLanguages } from './question-language.js';
import { rankRemembering } from './ranking-cache.js';
import type { SearchHit, SearchRequest } from './request.js';
import { rememberedSnippets } from './snippet.js';

const DEFAULT_K = 10;
/**
 * Passages that are ranked for one document, so that k documents are found where some have many
 * passages.
 */
const PASSAGES_PER_DOCUMENT = 10;

/** The hits of one document, or one hit alone. */
interface HitGroup {
  readonly documentId: string | null;
  readonly best: SearchHit;
  readonly others: readonly SearchHit[];
}

export async function answerQuestion(
  opened: SearchView,
  recipe: Recipe,
  question: string,
  options: SearchOptions,
): Promise<SearchResult> {
  const [{ answer }] = await answersTo(opened, recipe, question, [options]);
  return answer;
}

/** An answer with the ids of its whole ranking, which may be longer than what is shown of it. */
export interface RankedAnswer {
  readonly answer: SearchResult;
  readonly order: readonly string[];
}

/**
 * Answers one question once for each of several options; languages, filters, expansion and signal
 * are those of the first.
 * @param depth rank so many; the answers hold the first k. The lists that a hybrid is made of stay
 * those of k.
 */
export async function answersTo(
  opened: SearchView,
  recipe: Recipe,
  question: string,
  asked: readonly SearchOptions[],
  depth = 0,
): Promise<RankedAnswer[]> {
  const [{ lang, filters = [], signal }] = asked;
  const languages = await languagesOf(question, lang, recipe, opened);
  const mask = await filterMask(opened.snapshot, filters);
  const { expansion, used } =
    opened.expanded ?? (await expandQuestions([{ text: question, ...languages }], asked[0]))[0];
  const requests = asked.map((options) => ({
    ...requestOf(question, languages, opened, options, mask),
    expansion,
  }));
  const { topN } = opened.engine.defaults.hybrid;
  const deep = requests.map((request) => deepened(request, topN, depth));
  const ranked = await rankRemembering(opened, deep, filters, signal);
  await cancellationPoint(signal);
  // One sentence for a passage, in whichever ranking it is shown.
  const snippetOf = rememberedSnippets(opened, requests[0]);
  return Promise.all(
    asked.map(async (options, i) => {
      const request = requests[i];
      const groups = await grouped(opened, ranked[i], {
        ...options,
        k: Math.max(depth, options.k ?? DEFAULT_K),
      });
      const answer = {
        question,
        languages: languages.languages,
        language: languages.known,
        mode: request.mode,
        augmentation: request.augment ? opened.engine.augmentation(request) : null,
        feedback: opened.engine.feedback(request),
        expansion: used,
        ann: annUse(opened, request),
        warnings: [...languages.warnings, ...annWarnings(opened, options)],
        hits: await foundPassages(opened, snippetOf, groups.slice(0, options.k ?? DEFAULT_K)),
      };
      return { answer, order: groups.map(({ best }) => best.id) };
    }),
  );
}

/**
 * Ranks down to `depth`; the lists that a hybrid is made of stay those of k. @param topN their
 * usual length
 */
export function deepened(request: SearchRequest, topN: number, depth: number): SearchRequest {
  return depth > request.k ? { topN: Math.max(topN, request.k), ...request, k: depth } : request;
}

/** In the order of the questions. */
export async function rankQuestions<Q extends Question>(
  opened: SearchView,
  recipe: Recipe,
  questions: readonly Q[],
  options: SearchOptions,
): Promise<QuestionHits<Q>[]> {
  const mask = await filterMask(opened.snapshot, options.filters ?? []);
  const languages = await Promise.all(
    questions.map(({ text, lang }) => languagesOf(text, lang ?? options.lang, recipe, opened)),
  );
  const expanded =
    opened.expanded === undefined
      ? await expandQuestions(
          questions.map(({ text }, i) => ({ text, languages: languages[i].languages })),
          options,
        )
      : [opened.expanded];
  const requests = questions.map(({ text }, i) => ({
    ...requestOf(text, languages[i], opened, options, mask),
    expansion: expanded[i].expansion,
  }));
  const ranked = await opened.engine.rankBatch(requests, options.signal);
  return Promise.all(
    questions.map(async (question, i) => ({
      question,
      languages: requests[i].languages,
      hits: (await grouped(opened, ranked[i], options)).map(({ documentId, best }) => ({
        id: documentId ?? best.id,
        score: best.score,
        dense: best.dense,
        lexical: best.lexical,
      })),
    })),
  );
}

export function requestOf(
  question: string,
  { languages }: QuestionLanguages,
  opened: SearchView,
  options: SearchOptions,
  mask: Uint8Array | null,
): SearchRequest {
  const { snapshot, engine } = opened;
  const {
    mode = 'hybrid',
    augment,
    translate,
    profile,
    alpha,
    languagePolicy,
    feedback,
    k = DEFAULT_K,
  } = options;
  const request = {
    question,
    languages,
    mode,
    augment: augment ?? snapshot.queryLanguages.length > 0,
    translate,
    profile,
    alpha,
    languagePolicy,
    feedback,
    exact: !usesAnn(opened, options),
    mask,
    k,
  };
  if (options.groupBy === undefined) return request;
  // More hits, out of the lists that k passages would come from: the ranking is the same.
  return {
    ...request,
    topN: Math.max(engine.defaults.hybrid.topN, k),
    k: k * PASSAGES_PER_DOCUMENT,
  };
}

async function grouped(
  { snapshot }: SearchView,
  hits: readonly SearchHit[],
  { groupBy, k = DEFAULT_K }: SearchOptions,
): Promise<HitGroup[]> {
  if (groupBy === undefined) return hits.map((best) => ({ documentId: null, best, others: [] }));
  const rows = hits.map(({ row }) => row);
  const documents = await snapshot.take(rows, ['documentId']);
  const documentOf = new Map(rows.map((row, i) => [row, documents[i].documentId]));
  return groupByDocument(hits, ({ row }) => documentOf.get(row)!)
    .slice(0, k)
    .map(({ documentId, hits: [best, ...others] }) => ({ documentId, best, others }));
}

async function foundPassages(
  { snapshot }: SearchView,
  snippetOf: ReturnType<typeof rememberedSnippets>,
  groups: readonly HitGroup[],
): Promise<Hit[]> {
  const passages = await snapshot.take(
    groups.map(({ best }) => best.row),
    [
      'documentId',
      'title',
      'path',
      'source',
      'headings',
      'lang',
      'langConfidence',
      'text',
      'metadata',
    ],
  );
  return groups.map(({ best: { row, id, score, dense, lexical }, others }, i) => ({
    rank: i + 1,
    id,
    score,
    dense,
    lexical,
    ...passages[i],
    snippet: snippetOf(row, passages[i]),
    others: others.map((hit) => hit.id),
  }));
}

/**
 * Nothing is written for a question without `expand`, or with one that was written before. In the
 * order of the questions.
 */
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

/** Hits of one document together, for people. */
export interface DocumentGroup<H> {
  readonly documentId: string;
  /** Best first; the first one gives the group its place. */
  readonly hits: readonly H[];
}

/**
 * Groups in the order of their best hits.
 *
 * @param hits best first
 * @param documentOf the document of a hit
 */
export function groupByDocument<H>(
  hits: readonly H[],
  documentOf: (hit: H) => string,
): DocumentGroup<H>[] {
  const groups = new Map<string, H[]>();
  for (const hit of hits) {
    const documentId = documentOf(hit);
    const group = groups.get(documentId);
    if (group === undefined) groups.set(documentId, [hit]);
    else group.push(hit);
  }
  return [...groups].map(([documentId, members]) => ({ documentId, hits: members }));
}
