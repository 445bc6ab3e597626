/**
 * Why a passage has its lexical score, term by term. Reads single postings; knows no ranking.
 */
import type { PlacedSegment } from './frequencies.js';
import { halfValues } from './half.js';
import type { FieldName } from './segment.js';

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

/** The frequency of a term in one field of one passage, 0 if it is absent. */
export function frequencyIn(placed: PlacedSegment, name: FieldName, term: string, row: number): number {
  const field = placed.segment.field(name);
  const t = field?.find(Buffer.from(term, 'utf8')) ?? -1;
  if (t < 0) return 0;
  const rows = field!.rows.subarray(field!.start(t), field!.postingEnds[t]);
  const at = rows.indexOf(row - placed.firstRow);
  return at < 0 ? 0 : halfValues[field!.frequencies[field!.start(t) + at]];
}
