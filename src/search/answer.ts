/**
 * From a question to its hits: its languages and its expansion, the request that the engine ranks,
 * and what people see of each hit.
 */

import { LRUCache } from 'lru-cache';
import { cancellationPoint } from '../base/abort.js';
import { type ExpandedQuestion, expandQuestions } from '../expand/apply.js';
import type { SearchEngine } from './engine.js';
import { filterMask, filterWarnings, parseFilters } from './filters.js';
import { annUse, annWarnings, searchesAnn } from './opened/ann.js';
import type { Searchable, SearchView } from './opened/searchable.js';
import { checkNumbers, type SearchOptions } from './options.js';
import { languagesOf, type QuestionLanguages } from './question-language.js';
import type { SearchHit, SearchRequest } from './request.js';
import type { Hit, Question, QuestionHits, SearchResult } from './result.js';
import { foundSentences, type Snippet, type SnippetSource, snippetFinder } from './snippet.js';

const DEFAULT_K = 10;
/**
 * Passages that are ranked for one document, so that k documents are found where some have many
 * passages.
 */
const PASSAGES_PER_DOCUMENT = 10;
/** Questions of a run that are ranked together: one scan serves them all. */
const QUESTIONS_AT_ONCE = 32;

/** The passages that answer a question. */
export async function answerQuestion(
  index: Searchable,
  question: string,
  options: SearchOptions,
): Promise<SearchResult> {
  const [{ result }] = await answerVariants(index, question, [options]);
  return result;
}

/** A result with the ids of its whole ranking, which may be longer than what is shown of it. */
export interface RankedResult {
  readonly result: SearchResult;
  readonly order: readonly string[];
}

/**
 * Answers one question once for each of several options; its language, filters, expansion and
 * signal are those of the first.
 * @param depth ranks at least so many; the results hold the first k
 */
export async function answerVariants(
  index: Searchable,
  question: string,
  variants: readonly SearchOptions[],
  depth = 0,
): Promise<RankedResult[]> {
  const [{ filters = [], signal }] = variants;
  const { languages, expanded, requests } = await readQuestion(index, question, variants, depth);
  const view = await index.viewFor(requests, { filters });
  const mask = await filterMask(view.snapshot, filters, signal);
  const notes = await filterWarnings(view.snapshot, filters, signal);
  const masked = requests.map((request) => ({ ...request, mask }));
  const rankings = await rankCached(view.engine, masked, filters, signal);
  await cancellationPoint(signal);
  // One sentence for a passage, in whichever ranking it is shown.
  const snippetOf = snippetsOf(view, masked[0]);
  return Promise.all(
    variants.map(async (options, i) => {
      const request = masked[i];
      const { k = DEFAULT_K } = options;
      const groups = await grouped(view, rankings[i], options, Math.max(k, depth));
      const result = {
        question,
        languages: languages.languages,
        language: languages.known,
        withoutTables: languages.withoutTables,
        mode: request.mode,
        augmentation: request.augment ? view.engine.augmentation(request) : null,
        feedback: view.engine.feedback(request),
        expansion: expanded.used,
        ann: annUse(view, request),
        warnings: [
          ...languages.warnings,
          ...notes,
          ...correctionWarnings(view, request),
          ...annWarnings(view, options),
        ],
        hits: await shownHits(view, snippetOf, groups.slice(0, k)),
      };
      return { result, order: groups.map(({ best }) => best.id) };
    }),
  );
}

/** Says which words were also read as others, where words count. */
function correctionWarnings({ engine }: SearchView, request: SearchRequest): string[] {
  if (request.mode === 'dense') return [];
  return engine.corrections(request).map(({ word, read }) => {
    const quoted = read.map((other) => `"${other}"`).join(' or ');
    return `"${word}" is in no table of words: also searched as ${quoted}.`;
  });
}

/**
 * A question as the engine reads it, once for each of several options.
 * @param depth ranks at least so many
 */
export async function readQuestion(
  { corpus }: Searchable,
  question: string,
  variants: readonly SearchOptions[],
  depth: number,
): Promise<{
  readonly languages: QuestionLanguages;
  readonly expanded: ExpandedQuestion;
  readonly requests: readonly SearchRequest[];
}> {
  const [{ lang, filters = [], expand, signal }] = variants;
  // No text is written for a question whose options cannot be used.
  for (const options of variants) checkNumbers(options);
  parseFilters(filters);
  const languages = await languagesOf(question, lang, corpus);
  const [expanded] = await expandQuestions([{ text: question, ...languages }], expand, signal);
  const requests = variants.map((options) => ({
    ...requestOf(corpus, question, languages, options, depth),
    expansion: expanded.expansion,
  }));
  return { languages, expanded, requests };
}

/**
 * Ids and scores for many questions, in their order. Questions are read as they are needed.
 */
export async function* rankQuestions<Q extends Question>(
  index: Searchable,
  questions: AsyncIterable<Q> | Iterable<Q>,
  options: SearchOptions,
): AsyncGenerator<QuestionHits<Q>> {
  let batch: Q[] = [];
  for await (const question of questions) {
    batch.push(question);
    if (batch.length < QUESTIONS_AT_ONCE) continue;
    yield* rankBatch(index, batch, options);
    batch = [];
  }
  if (batch.length > 0) yield* rankBatch(index, batch, options);
}

async function* rankBatch<Q extends Question>(
  index: Searchable,
  questions: readonly Q[],
  options: SearchOptions,
): AsyncGenerator<QuestionHits<Q>> {
  const { filters = [], expand, signal, k = DEFAULT_K } = options;
  const { corpus } = index;
  checkNumbers(options);
  parseFilters(filters);
  const languages = await Promise.all(
    questions.map(({ text, lang }) => languagesOf(text, lang ?? options.lang, corpus)),
  );
  const texts = questions.map(({ text }, i) => ({ text, languages: languages[i].languages }));
  const expanded = await expandQuestions(texts, expand, signal);
  const requests = questions.map(({ text }, i) => ({
    ...requestOf(corpus, text, languages[i], options, 0),
    expansion: expanded[i].expansion,
  }));
  let first = 0;
  for await (const { view, requests: together } of index.viewsFor(requests, filters)) {
    const mask = await filterMask(view.snapshot, filters, signal);
    const masked = together.map((request) => ({ ...request, mask }));
    const rankings = await view.engine.rankBatch(masked, signal);
    const groups = await Promise.all(rankings.map((hits) => grouped(view, hits, options, k)));
    for (const [i, hits] of groups.entries()) {
      yield {
        question: questions[first + i],
        languages: together[i].languages,
        hits: hits.map(({ documentId, best: { id, score, dense, lexical } }) => ({
          id: documentId ?? id,
          score,
          dense,
          lexical,
        })),
      };
    }
    first += together.length;
  }
}

const LETTER = /\p{L}/u;
/** Weight of the dense leg for a question of numbers alone, which have no meaning to encode. */
const NUMBER_DENSE_WEIGHT = 0.25;

/** The lists that a hybrid is made of stay those of k, whatever the depth. */
function requestOf(
  corpus: SearchView,
  question: string,
  { languages, withoutTables }: QuestionLanguages,
  options: SearchOptions,
  depth: number,
): SearchRequest {
  const { lang, filters, groupBy, ann, expand, signal, ...scoring } = options;
  const { mode = 'hybrid', k = DEFAULT_K } = options;
  const { snapshot, engine, recipe } = corpus;
  const { augment = snapshot.queryLanguages.length > 0 } = options;
  const byMeaningAlone =
    recipe.encoder.tuning !== 'static' &&
    languages.every(({ lang }) => withoutTables.includes(lang));
  // Without tables the lexical leg sees shared words alone, whatever was generated.
  const { plain } = engine.defaults.hybrid.denseWeight;
  return {
    ...scoring,
    denseWeight:
      scoring.denseWeight ??
      (LETTER.test(question) ? (byMeaningAlone ? plain : undefined) : NUMBER_DENSE_WEIGHT),
    question,
    languages,
    mode,
    augment,
    translate: options.translate ?? (augment && engine.factors !== null),
    exact: !searchesAnn(corpus, options),
    k: Math.max(k, depth) * (groupBy === undefined ? 1 : PASSAGES_PER_DOCUMENT),
    topN: Math.max(engine.defaults.hybrid.topN, k),
  };
}

/** Baselines of one version that are cached, and hits of the longest of them. */
const CACHED_BASELINES = 16;
const LONGEST_CACHED = 1000;

const baselines = new WeakMap<SearchEngine, LRUCache<string, readonly SearchHit[]>>();

/**
 * As `rankBatch` of the engine. Baselines are cached: alpha and the languages of the generated
 * queries do not change them, so that they are not ranked again while those move beside them.
 * @param filters that the masks of the requests come from
 */
async function rankCached(
  engine: SearchEngine,
  requests: readonly SearchRequest[],
  filters: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(readonly SearchHit[])[]> {
  const cache = baselines.get(engine) ?? new LRUCache({ max: CACHED_BASELINES });
  baselines.set(engine, cache);
  const keys = requests.map((request) => baselineKey(request, filters));
  const cached = keys.map((key) => (key === null ? undefined : cache.get(key)));
  const missing = requests.filter((_, i) => cached[i] === undefined);
  const ranked = missing.length === 0 ? [] : await engine.rankBatch(missing, signal);
  return cached.map((hits, i) => {
    if (hits !== undefined) return hits;
    const fresh = ranked[missing.indexOf(requests[i])];
    const key = keys[i];
    if (key !== null && fresh.length <= LONGEST_CACHED) cache.set(key, fresh);
    return fresh;
  });
}

/** null for what is no baseline; query translation reads the languages that the policy names. */
function baselineKey(request: SearchRequest, filters: readonly string[]): string | null {
  const { augment, translate = false, alpha, profile, languagePolicy, mask, ...rest } = request;
  return augment || translate ? null : JSON.stringify([rest, filters]);
}

/** The hits of one document, or one hit alone. */
interface HitGroup {
  /** null where hits are not grouped. */
  readonly documentId: string | null;
  readonly best: SearchHit;
  readonly others: readonly SearchHit[];
}

async function grouped(
  { snapshot }: SearchView,
  hits: readonly SearchHit[],
  { groupBy }: SearchOptions,
  most: number,
): Promise<HitGroup[]> {
  if (groupBy === undefined) return hits.map((best) => ({ documentId: null, best, others: [] }));
  const rows = hits.map(({ row }) => row);
  const documents = await snapshot.take(rows, ['documentId']);
  const documentOf = new Map(rows.map((row, i) => [row, documents[i].documentId]));
  return groupByDocument(hits, ({ row }) => documentOf.get(row)!)
    .slice(0, most)
    .map(({ documentId, hits: [best, ...others] }) => ({ documentId, best, others }));
}

/** Hits of one document together, for people. */
export interface DocumentGroup<H> {
  readonly documentId: string;
  /** Best first; the first one gives the group its rank. */
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

/** What is shown of a passage. */
const SHOWN_COLUMNS = [
  'documentId',
  'title',
  'path',
  'source',
  'headings',
  'lang',
  'langConfidence',
  'text',
  'metadata',
] as const;

type SnippetOf = (row: number, passage: SnippetSource) => Promise<Snippet | null>;

/** By the sentences that the dense leg ranks by, where it does, else by words. */
function snippetsOf({ engine }: SearchView, request: SearchRequest): SnippetOf {
  const found = foundSentences(engine, request);
  const byWords = snippetFinder(engine, request);
  return async (row, passage) => byWords(row, passage, await found(row, passage));
}

async function shownHits(
  { snapshot }: SearchView,
  snippetOf: SnippetOf,
  groups: readonly HitGroup[],
): Promise<Hit[]> {
  const rows = groups.map(({ best }) => best.row);
  const passages = await snapshot.take(rows, SHOWN_COLUMNS);
  const hits: Hit[] = [];
  for (const [i, { best, others }] of groups.entries()) {
    const { row, id, score, dense, lexical } = best;
    const snippet = await snippetOf(row, passages[i]);
    hits.push({
      rank: i + 1,
      id,
      score,
      dense,
      lexical,
      ...passages[i],
      snippet: snippet?.text ?? '',
      sentence: snippet && { start: snippet.start, end: snippet.end },
      others: others.map((hit) => hit.id),
    });
  }
  return hits;
}
