/**
 * The sentence of a passage that answers a question best, by shared terms, romanized n-grams and, across languages, the
 * generator's table. Only for people: it does not change the ranking.
 */
import type { TermFactors } from '../generate/generator.js';
import { passageBag } from '../languages/bags.js';
import type { TermBag } from '../languages/terms.js';
import type { SearchEngine } from './engine.js';
import { lexicalModeOf, type SearchRequest } from './request.js';
import { sentencesOf, type TextPiece } from './sentences.js';

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
interface WantedTerm {
  readonly term: string;
  readonly weight: number;
  /** The question's language. */
  readonly lang: string;
  /** Pivot stems that translate it, with P(e | term), and those that generate it, with P(term | e). */
  readonly stems: readonly TermBag[];
}

const LONGEST = 320;

/**
 * Finds the best sentence of each of a question's hits; the question is analyzed once.
 *
 * @returns a function from a passage to its best sentence; null for a passage without text
 */
export function snippetFinder(
  engine: SearchEngine,
  request: SearchRequest,
): (passage: SnippetSource) => Snippet | null {
  const { factors } = engine;
  const wanted = wantedTerms(engine, request);
  return (passage) => {
    const pieces = sentencesOf(passage.text, passage.lang, LONGEST);
    let best: Snippet | null = null;
    for (const piece of pieces) {
      const score = scoreOf(piece.text, passage.lang, wanted, factors);
      if (best === null || score > best.score) best = { ...piece, score };
    }
    return best;
  };
}

function wantedTerms(engine: SearchEngine, request: SearchRequest): WantedTerm[] {
  const { factors, lexical } = engine;
  const mode = lexicalModeOf(request);
  return engine.lexicalQuestions(request).flatMap(({ lang, bag, view, weight }) => {
    const weights = lexical.termWeights(bag, view, mode);
    return bag.terms.map((term, i) => ({
      term,
      lang,
      weight: weight * weights[i],
      stems: factors === null ? [] : [factors.translate(term, lang), factors.generatedFrom(term, lang)],
    }));
  });
}

/** SUM over the question's terms of weight * how surely the sentence has the term, in [0, 1]. */
function scoreOf(
  sentence: string,
  lang: string,
  wanted: readonly WantedTerm[],
  factors: TermFactors | null,
): number {
  const bag = passageBag({ title: '', text: sentence, lang });
  const own = new Set(bag.terms);
  const stems = factors === null ? new Map<string, number>() : stemsOf(bag, lang, factors);
  let score = 0;
  for (const term of wanted) score += term.weight * presence(term, lang, own, stems);
  return score;
}

/** 1 for the term itself; else the larger of what its translation and what generation give, at most 1. */
function presence(
  { term, lang, stems: bags }: WantedTerm,
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
