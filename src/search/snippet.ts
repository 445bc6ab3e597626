/**
 * The sentence of a passage that answers a question best: by its vector where it has one, else, and
 * within it, by shared terms, romanized n-grams and, across languages, the generator's table. Only
 * for people: it does not change the ranking.
 */
import { LRUCache } from 'lru-cache';
import { passageSentences, sentencesOf, type TextRange } from '../corpus/sentences.js';
import type { TermFactors } from '../generate/generator.js';
import { passageBag } from '../languages/bags.js';
import type { TermBag } from '../languages/terms.js';
import type { SearchEngine } from './engine.js';
import { lexicalModeOf, type SearchRequest } from './request.js';

/** A sentence; offsets are UTF-16 units of the passage's text. */
export interface Snippet extends TextPiece {
  /** Sum of the matched terms' weights; 0: nothing matched, and this is the first sentence. */
  readonly score: number;
}

/** The passage's text in its language. */
export interface SnippetSource {
  readonly text: string;
  readonly lang: string;
}

/** A term of the question with everything that a sentence may match it by. */
interface QuestionTerm {
  readonly term: string;
  /** The question's language. */
  readonly lang: string;
  /**
   * Pivot stems that translate it, with P(e | term), and those that generate it, with P(term | e).
   */
  readonly stems: readonly TermBag[];
}

/**
 * Where a sentence lies in its passage, and how surely it has each of the question's terms that it
 * has at all.
 */
interface MatchedSentence extends Omit<TextPiece, 'text'> {
  /** Places among the question's terms, ascending. */
  readonly terms: readonly number[];
  /** In (0, 1], aligned with `terms`. */
  readonly presences: readonly number[];
}

const LONGEST = 320;

/**
 * Questions whose sentences are cached for one version, passages of each, and sentences of a
 * passage: longer ones are read again.
 */
const CACHED_QUESTIONS = 64;
const CACHED_PASSAGES = 64;
const CACHED_SENTENCES = 64;

type SentencesByRow = LRUCache<number, readonly MatchedSentence[]>;

const matchedSentences = new WeakMap<SearchEngine, LRUCache<string, SentencesByRow>>();

/**
 * Finds the best sentence of each of a question's hits; the question is analyzed once. Sentences
 * are cached, whatever their terms weigh: that changes with alpha.
 *
 * @returns a function from a row and its passage to the best sentence, or to the best within a part
 * of the passage; null for a passage without text
 */
export function snippetFinder(
  engine: SearchEngine,
  request: SearchRequest,
): (row: number, passage: SnippetSource, within?: TextRange | null) => Snippet | null {
  const byRow = cachedSentences(engine, request);
  let matcher: ReturnType<typeof sentenceMatcher> | null = null;
  let weights: Float64Array | null = null;
  return (row, passage, within = null) => {
    let sentences = byRow.get(row);
    if (sentences === undefined) {
      matcher ??= sentenceMatcher(engine, request);
      sentences = matcher(passage);
      if (sentences.length <= CACHED_SENTENCES) byRow.set(row, sentences);
    }
    weights ??= sentenceWeights(engine, request);
    const candidates =
      within === null
        ? sentences
        : sentences.filter(({ start, end }) => start >= within.start && end <= within.end);
    return bestSentence(passage.text, candidates, weights);
  };
}

/**
 * Finds where the sentence lies by which the dense leg finds a passage; null where it does not
 * rank, sentences do not count, or the passage is of one.
 */
export function foundSentences(
  engine: SearchEngine,
  request: SearchRequest,
): (row: number, passage: SnippetSource) => Promise<TextRange | null> {
  if (request.mode === 'lexical' || engine.denseTerms(request).sentenceWeight === 0)
    return async () => null;
  let vector: Promise<Float32Array> | null = null;
  return async (row, { text, lang }) => {
    vector ??= engine.rankingVector(request).then((ranking) => ranking.vector);
    const ranks = await vector;
    if (ranks.every((value) => value === 0)) return null;
    const best = await engine.bestSentence(request, ranks, row);
    if (best === null || best.number === null) return null;
    return passageSentences(text, lang)[best.number] ?? null;
  };
}

function cachedSentences(
  engine: SearchEngine,
  { question, languages, expansion }: SearchRequest,
): SentencesByRow {
  const cache = matchedSentences.get(engine) ?? new LRUCache({ max: CACHED_QUESTIONS });
  matchedSentences.set(engine, cache);
  const key = JSON.stringify([question, languages, expansion]);
  const byRow = cache.get(key) ?? new LRUCache({ max: CACHED_PASSAGES });
  cache.set(key, byRow);
  return byRow;
}

/**
 * A function from a passage to its sentences as the question sees them, whatever its terms weigh.
 */
function sentenceMatcher(
  engine: SearchEngine,
  request: SearchRequest,
): (passage: SnippetSource) => MatchedSentence[] {
  const { factors } = engine;
  const terms = questionTerms(engine, request);
  return (passage) =>
    shortSentences(passage.text, passage.lang, LONGEST).map(({ text, start, end }) => {
      return { start, end, ...match(text, passage.lang, terms, factors) };
    });
}

/**
 * What each of the question's terms counts in a sentence: it follows from how many passages have
 * the term.
 */
function sentenceWeights(engine: SearchEngine, request: SearchRequest): Float64Array {
  const mode = lexicalModeOf(request);
  const weights = engine
    .lexicalQuestions(request)
    .map(({ bag, view, weight }) =>
      engine.lexical.termWeights(bag, view, mode).map((termWeight) => weight * termWeight),
    );
  return Float64Array.from(weights.flatMap((each) => [...each]));
}

/**
 * @param text that the sentences lie in
 * @param weights of `sentenceWeights`
 * @returns null without sentences
 */
function bestSentence(
  text: string,
  sentences: readonly MatchedSentence[],
  weights: Float64Array,
): Snippet | null {
  let best: Omit<Snippet, 'text'> | null = null;
  for (const { start, end, terms, presences } of sentences) {
    let score = 0;
    for (let i = 0; i < terms.length; i++) score += weights[terms[i]] * presences[i];
    if (best === null || score > best.score) best = { start, end, score };
  }
  return best === null ? null : { ...best, text: text.slice(best.start, best.end) };
}

function questionTerms(engine: SearchEngine, request: SearchRequest): QuestionTerm[] {
  const { factors } = engine;
  return engine.lexicalQuestions(request).flatMap(({ lang, bag }) =>
    bag.terms.map((term) => ({
      term,
      lang,
      stems:
        factors === null ? [] : [factors.translate(term, lang), factors.generatedFrom(term, lang)],
    })),
  );
}

function match(
  sentence: string,
  lang: string,
  question: readonly QuestionTerm[],
  factors: TermFactors | null,
): Pick<MatchedSentence, 'terms' | 'presences'> {
  const bag = passageBag({ title: '', text: sentence, lang });
  const own = new Set(bag.terms);
  const stems = factors === null ? new Map<string, number>() : stemsOf(bag, lang, factors);
  const terms: number[] = [];
  const presences: number[] = [];
  question.forEach((term, place) => {
    const present = presence(term, lang, own, stems);
    if (present === 0) return;
    terms.push(place);
    presences.push(present);
  });
  return { terms, presences };
}

/**
 * 1 for the term itself; else the larger of what its translation and what generation give, at most
 * 1.
 */
function presence(
  { term, lang, stems: bags }: QuestionTerm,
  passageLang: string,
  own: ReadonlySet<string>,
  stems: ReadonlyMap<string, number>,
): number {
  if (own.has(term)) return 1;
  if (lang === passageLang) return 0;
  return bags.reduce((largest, bag) => Math.max(largest, Math.min(1, matched(bag, stems))), 0);
}

function matched({ terms, weights }: TermBag, stems: ReadonlyMap<string, number>): number {
  return terms.reduce((sum, stem, i) => sum + weights[i] * (stems.get(stem) ?? 0), 0);
}

/** Pivot stems of a sentence, each with how surely the sentence has it. */
function stemsOf(bag: TermBag, lang: string, factors: TermFactors): Map<string, number> {
  const stems = new Map<string, number>();
  for (const term of bag.terms) {
    const { terms, weights } = factors.translate(term, lang);
    terms.forEach((stem, i) => {
      stems.set(stem, Math.min(1, (stems.get(stem) ?? 0) + weights[i]));
    });
  }
  return stems;
}

/** A piece of a text; offsets are UTF-16 units of that text. */
export interface TextPiece extends TextRange {
  readonly text: string;
}

/** Where a long sentence may be cut. */
const BREAK = /[\s,;:،؛、，；：।]+/gu;

/**
 * The sentences of a text in order, without the space around them.
 *
 * @param longest longer ones are cut at spaces or punctuation, or where there is none, after so
 * many characters
 */
export function shortSentences(text: string, lang: string, longest: number): TextPiece[] {
  return sentencesOf(text, lang).flatMap((sentence) =>
    cut(text.slice(sentence.start, sentence.end), longest).flatMap(([start, end]) =>
      trimmed(text, sentence.start + start, sentence.start + end),
    ),
  );
}

/** Ranges of at most `longest` units, as long as the breaks allow. */
function cut(sentence: string, longest: number): [number, number][] {
  if (sentence.trim().length <= longest) return [[0, sentence.length]];
  const ranges: [number, number][] = [];
  let start = 0;
  let lastBreak = 0;
  const breaks = [...sentence.matchAll(BREAK)].map((match) => match.index + match[0].length);
  for (const end of [...breaks, sentence.length]) {
    while (end - start > longest) {
      const at = lastBreak > start ? lastBreak : wholeCharacter(sentence, start + longest);
      ranges.push([start, at]);
      start = at;
    }
    lastBreak = end;
  }
  if (start < sentence.length) ranges.push([start, sentence.length]);
  return ranges;
}

/** `at`, or before it if it lies within a surrogate pair or before a combining mark. */
function wholeCharacter(text: string, at: number): number {
  let place = at;
  while (place > at - 20 && /^[\p{M}\u{dc00}-\u{dfff}]/u.test(text.slice(place, place + 1)))
    place--;
  return place;
}

function trimmed(text: string, start: number, end: number): TextPiece[] {
  const piece = text.slice(start, end);
  const body = piece.trim();
  if (body === '') return [];
  const from = start + piece.indexOf(body);
  return [{ text: body, start: from, end: from + body.length }];
}
