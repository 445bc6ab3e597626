/**
 * The terms of a question as a store is asked for them: a sum of weighted terms, each near to what
 * the exact score gives it. The store's function saturates every stem on its own, where the exact
 * one saturates their sum; so these rank candidates only.
 */
import type { TermClause } from '../../store/candidate-store.js';
import { inverseDocumentFrequency } from '../lexical/bm25.js';
import { type AskedTerm, askedTerm, type DrawnField } from '../lexical/explanation.js';
import type { LexicalMode, LexicalQuestion } from '../lexical/view.js';
import { type CountedStatistics, exceptOf, stemsOf } from './counted-statistics.js';

/** The norm of a passage of average length, roughly: see `bm25` of defaults.ts. */
const NORM = 0.6;

export interface WeightedTerm extends AskedTerm {
  /** Of the term in the question, times that of the question's language. */
  readonly weight: number;
}

/** Everything that a question asks for. */
export function askedTerms(
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
      ...askedTerm(bag, q, view, mode, drawn),
      weight: weight * bag.weights[q],
    }));
  });
}

/** @param statistics that have counted the terms */
export function termClauses(
  terms: readonly WeightedTerm[],
  statistics: CountedStatistics,
  expectedDf: boolean,
): TermClause[] {
  const n = statistics.passages;
  const all = terms.flatMap((asked) => {
    const { term, weight, ownLanguage, drawn } = asked;
    const frequency = statistics.documentFrequency(asked, expectedDf);
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
    for (const each of stemsOf(asked)) {
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
