/** Where the terms of a question may be found. Knows no posting. */
import type { QuestionTerms, TermField } from '../question.js';
import type { AskedTerm, DrawnField } from './explanation.js';
import type { LexicalMode, LexicalView } from './view.js';

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
