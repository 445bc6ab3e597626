/**
 * Why a passage has its lexical score, term by term. Reads single postings; knows no ranking.
 */

import { halfValues } from '../../base/half.js';
import type { FieldName } from '../../indexing/lexical/segment.js';
import type { PlacedSegment } from './frequencies.js';
import type { QuestionTerms, TermField } from './question.js';
import type { LexicalMode, LexicalView, PivotShare } from './view.js';

/** A field of drawn queries that counts, with what one of its terms adds to the frequency. */
export interface DrawnField {
  readonly field: FieldName;
  readonly factor: number;
}

/** A question term and where it may be found. */
export interface AskedTerm {
  readonly term: string;
  /** Own words count only in passages of this language; null: in all. */
  readonly ownLanguage: string | null;
  readonly shares: readonly PivotShare[];
  readonly drawn: readonly DrawnField[];
}

/** How one question term contributes to the score of one passage. */
export interface TermExplanation {
  readonly term: string;
  /** Weight in the question. */
  readonly weight: number;
  readonly tfOwn: number;
  /** c SUM_e P(t | e) g(e, p), and c times the drawn queries' frequency. */
  readonly tfGenerated: number;
  /** By translation of the question's term. */
  readonly tfTranslated: number;
  readonly documentFrequency: number;
  readonly idf: number;
  /** The share of the passage's score. */
  readonly contribution: number;
  /** The pivot stems behind it with what each adds to the frequency, most first. */
  readonly via: readonly { stem: string; by: 'generated' | 'translated'; frequency: number }[];
}

/** What the frequency of a term in one passage is made of. */
export function frequencySources(
  placed: PlacedSegment,
  row: number,
  { term, ownLanguage, shares, drawn }: AskedTerm,
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

/** The q-th term of a question. */
export function askedTerm(
  { terms, fields, lang }: QuestionTerms,
  q: number,
  view: LexicalView,
  mode: LexicalMode,
  drawn: readonly DrawnField[],
): AskedTerm {
  const term = terms[q];
  const field: TermField = fields?.[q] ?? 'anywhere';
  const ownLanguage = field === 'asked' ? (lang ?? null) : null;
  return field === 'own'
    ? { term, ownLanguage, shares: [], drawn: [] }
    : { term, ownLanguage, shares: view.shares(term, mode), drawn };
}
