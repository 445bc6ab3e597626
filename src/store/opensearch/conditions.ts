/**
 * Conditions on rows in the server's query language: visible in a version, passing a filter,
 * having terms.
 */
import type { FactCondition, TermClause } from '../candidate-store.js';
import { fact, isDateText, isNumberText, orderedNumber } from './facts.js';
import { drawnField } from './mapping.js';
import { storedTerm } from './rows.js';

type Query = Readonly<Record<string, unknown>>;

/** The server's limit of clauses is 1,024. */
const MOST_CLAUSES = 900;

/** Rows of a version. */
export function visibleIn(version: number): Query {
  return {
    bool: {
      filter: [{ range: { born: { lte: version } } }],
      must_not: [{ range: { died: { lte: version } } }],
    },
  };
}

/** All of these conditions; null if there are none. */
export function allOf(conditions: readonly (Query | null)[]): Query | null {
  const all = conditions.filter((condition) => condition !== null);
  return all.length === 0 ? null : { bool: { filter: all } };
}

/** As src/search/filters.ts means it. */
export function factQuery({ key, operator, value }: FactCondition): Query {
  if (operator === '=' || operator === '!=') {
    const facts = [fact(key, 't', value)];
    if (isNumberText(value)) facts.push(fact(key, 'e', orderedNumber(Number(value))));
    const equal = { terms: { facts } };
    return operator === '=' ? equal : { bool: { must_not: [equal] } };
  }
  const kind = isNumberText(value) ? 'n' : isDateText(value) ? 'd' : null;
  if (kind === null) throw new RangeError(`${operator} needs a number or a date, not "${value}"`);
  const bound = fact(key, kind, kind === 'n' ? orderedNumber(Number(value)) : value);
  const first = fact(key, kind, '');
  // Digits and letters of values come before it.
  const last = `${first}\u{10ffff}`;
  const range = {
    '<': { gte: first, lt: bound },
    '<=': { gte: first, lte: bound },
    '>': { gt: bound, lt: last },
    '>=': { gte: bound, lt: last },
  }[operator];
  return { range: { facts: range } };
}

/** Rows with one or more of the terms; scores add up what the clauses count. */
export function termsQuery(clauses: readonly TermClause[]): Query {
  const kept =
    clauses.length <= MOST_CLAUSES
      ? clauses
      : [...clauses].sort((a, b) => b.boost - a.boost).slice(0, MOST_CLAUSES);
  return { bool: { should: kept.map(termQuery), minimum_should_match: 1 } };
}

function termQuery({ field, term, boost, only, except }: TermClause): Query {
  const name = typeof field === 'string' ? field : drawnField(field.drawn);
  const query = { term: { [name]: { value: storedTerm(term), boost } } };
  if (only !== undefined) return { bool: { must: [query], filter: [{ term: { lang: only } }] } };
  if (except !== undefined)
    return { bool: { must: [query], must_not: [{ term: { lang: except } }] } };
  return query;
}
