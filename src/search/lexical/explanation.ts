/** Explains the lexical score of a passage term by term, from single postings. */

import { halfValues } from '../../base/half.js';
import type { FieldName } from '../../indexing/lexical/segment.js';
import type { PlacedSegment } from './frequencies.js';
import type { QuestionTerms, StandIn, TermField } from './question.js';
import type { LexicalMode, LexicalView, PivotShare } from './view.js';

/** A field of drawn queries, and the factor of a term's frequency in it. */
export interface DrawnField {
  readonly field: FieldName;
  readonly factor: number;
}

/** A term of a question, and the fields that it is matched in. */
export interface QuestionTerm {
  readonly term: string;
  /** The passages' own words match only in passages of this language; null: in all passages. */
  readonly ownLanguage: string | null;
  readonly shares: readonly PivotShare[];
  readonly drawn: readonly DrawnField[];
}

/** How one question term contributes to the score of one passage. */
export interface TermExplanation {
  readonly term: string;
  /** The word of the question that the term stands for; absent where it is the question's own. */
  readonly standIn?: StandIn;
  /** Weight in the question. */
  readonly weight: number;
  /** Frequency in the passage's own words. */
  readonly tfOwn: number;
  /** Frequency in generated text: c SUM_e P(t | e) g(e, p), plus c times that in drawn queries. */
  readonly tfGenerated: number;
  /** Frequency by translation of the question's term. */
  readonly tfTranslated: number;
  readonly documentFrequency: number;
  readonly idf: number;
  /** What the term adds to the passage's score. */
  readonly contribution: number;
  /** The pivot stems that contribute to the frequencies, largest contribution first. */
  readonly via: readonly { stem: string; by: 'generated' | 'translated'; frequency: number }[];
}

/** The parts that make up the frequency of a term in one passage. */
export function frequencySources(
  placed: PlacedSegment,
  row: number,
  { term, ownLanguage, shares, drawn }: QuestionTerm,
): Pick<TermExplanation, 'tfOwn' | 'tfGenerated' | 'tfTranslated' | 'via'> {
  const { segment, firstRow } = placed;
  const language = segment.languages[segment.rowLanguages[row - firstRow]];
  const via = shares
    .filter(({ lang }) => lang !== language)
    .map(({ stem, by, factor }) => ({
      stem,
      by,
      frequency: factor * frequencyIn(placed, 'pivot', stem, row),
    }))
    .filter(({ frequency }) => frequency > 0)
    .sort((a, b) => b.frequency - a.frequency);
  const sum = (by: string): number =>
    via.reduce((total, share) => total + (share.by === by ? share.frequency : 0), 0);
  return {
    tfOwn:
      ownLanguage === null || ownLanguage === language ? frequencyIn(placed, 'own', term, row) : 0,
    tfGenerated: drawn.reduce(
      (total, { field, factor }) => total + factor * frequencyIn(placed, field, term, row),
      sum('generated'),
    ),
    tfTranslated: sum('translated'),
    via,
  };
}

/** The frequency of a term in one field of one passage, 0 if it is absent. */
function frequencyIn(placed: PlacedSegment, name: FieldName, term: string, row: number): number {
  const field = placed.segment.field(name);
  const t = field?.find(Buffer.from(term, 'utf8')) ?? -1;
  if (t < 0) return 0;
  const rows = field!.rows.subarray(field!.start(t), field!.postingEnds[t]);
  const at = rows.indexOf(row - placed.firstRow);
  return at < 0 ? 0 : halfValues[field!.frequencies[field!.start(t) + at]];
}

/** The q-th term of a question, with the fields that it is matched in. */
export function termAt(
  { terms, fields, lang }: QuestionTerms,
  q: number,
  view: LexicalView,
  mode: LexicalMode,
  drawn: readonly DrawnField[],
): QuestionTerm {
  const term = terms[q];
  const field: TermField = fields?.[q] ?? 'anywhere';
  const ownLanguage = field === 'same-language' ? (lang ?? null) : null;
  return field === 'own'
    ? { term, ownLanguage, shares: [], drawn: [] }
    : { term, ownLanguage, shares: view.shares(term, mode), drawn };
}
