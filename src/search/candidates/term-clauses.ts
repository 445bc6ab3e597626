/**
 * Translates the terms of a question into weighted clauses for a store, which approximate the exact
 * score: the store saturates each stem on its own, while the exact score saturates their sum. The
 * clauses therefore only select candidates.
 */
import type { TermClause } from '../../store/candidate-store.js';
import { inverseDocumentFrequency } from '../lexical/bm25.js';
import { type DrawnField, type QuestionTerm, termAt } from '../lexical/explanation.js';
import type { LexicalMode, LexicalQuestion } from '../lexical/view.js';
import { type CountedStatistics, exceptOf, stemsOf } from './counted-statistics.js';

/** Approximate length norm of a passage of average length (see `bm25` in defaults.ts). */
const NORM = 0.6;

export interface WeightedTerm extends QuestionTerm {
  /** The term's weight in the question times that of the question's language. */
  readonly weight: number;
}

/** All terms of a question in its languages, with their weights. */
export function weightedTerms(
  questions: readonly LexicalQuestion[],
  mode: LexicalMode,
  statistics: CountedStatistics,
): WeightedTerm[] {
  return questions.flatMap(({ bag, view, weight }) => {
    const drawn = view
      .drawn(mode)
      .flatMap(({ lang, factor }): DrawnField[] =>
        statistics.hasDrawn(lang) ? [{ field: `drawn:${lang}`, factor }] : [],
      );
    return bag.terms.map((_, q) => ({
      ...termAt(bag, q, view, mode, drawn),
      weight: weight * bag.weights[q],
    }));
  });
}

/** @param statistics after `count` for these terms */
export function termClauses(
  terms: readonly WeightedTerm[],
  statistics: CountedStatistics,
  expectedDf: boolean,
): TermClause[] {
  const n = statistics.passages;
  const all = terms.flatMap((questionTerm) => {
    const { term, weight, ownLanguage, drawn } = questionTerm;
    const frequency = statistics.documentFrequency(questionTerm, expectedDf);
    if (frequency === 0) return [];
    const value = weight * inverseDocumentFrequency(n, frequency);
    const clauses: TermClause[] = [];
    const inOwn = {
      field: 'own' as const,
      term,
      ...(ownLanguage === null ? {} : { only: ownLanguage }),
    };
    const own =
      statistics.possible([{ ...inOwn, boost: 1 }]).length > 0 ? statistics.ownFrequency(term) : 0;
    if (own > 0) clauses.push({ ...inOwn, boost: value / inverseDocumentFrequency(n, own) });
    for (const each of stemsOf(questionTerm)) {
      const { stem, byLanguage } = each;
      const { passages, frequency: sum } = statistics.stem(stem, exceptOf(each).except);
      if (passages === 0) continue;
      const idf = inverseDocumentFrequency(n, statistics.stem(stem).passages);
      const mean = sum / passages;
      const factor = [...byLanguage.values()].reduce((total, share) => total + share, 0);
      const boost = (value / idf) * (saturated(factor * mean) / saturated(mean));
      clauses.push({ field: 'pivot', term: stem, boost, ...exceptOf(each) });
    }
    for (const { field, factor } of drawn) {
      const boost =
        (value / inverseDocumentFrequency(n, frequency)) * (saturated(factor) / saturated(1));
      clauses.push({ field: { drawn: field.slice('drawn:'.length) }, term, boost });
    }
    return clauses;
  });
  return statistics.possible(all);
}

const saturated = (frequency: number): number => frequency / (frequency + NORM);
