/**
 * Filters as people write them (`year>=2020`, `lang=de`, `topic!=sports`) become a predicate over
 * passages.
 */

import { cancellationPoint } from '../base/abort.js';
import { compareDecimals, type Decimal, decimalOf } from '../base/decimal.js';
import { XqgError } from '../base/errors.js';
import { SharedCache } from '../base/shared-cache.js';
import type { Passage } from '../corpus/passage.js';
import type { SearchSnapshot } from './opened/searchable.js';

/** The columns that a filter may use. */
export const FILTER_COLUMNS = [
  'id',
  'documentId',
  'source',
  'path',
  'title',
  'lang',
  'metadata',
] as const satisfies readonly (keyof Passage)[];

type FilteredPassage = Pick<Passage, (typeof FILTER_COLUMNS)[number]>;

export type PassageFilter = (passage: FilteredPassage) => boolean;

const OPERATORS = ['!=', '>=', '<=', '=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

const FILTER = /^([^=<>!]*)(!=|>=|<=|=|<|>)(.*)$/s;
/** ISO 8601: such texts have the order of their dates. */
const DATE = /^\d{4}-\d{2}(-\d{2}(T.*)?)?$/;

/** Keys that are the passage's own; every other key is looked up in its metadata. */
const OWN_KEYS: Readonly<Record<string, (passage: FilteredPassage) => string>> = {
  id: ({ id }) => id,
  document: ({ documentId }) => documentId,
  source: ({ source }) => source,
  path: ({ path }) => path,
  title: ({ title }) => title,
  lang: ({ lang }) => lang,
};

/** Whether a list passes where one of its members does, or only where all do. */
type Members = 'some' | 'all';

/**
 * A predicate that is true where all filters are. `=` and `!=` compare as numbers if both sides
 * are, else as text; a list equals each of its members. `<`, `<=`, `>` and `>=` compare numbers or
 * ISO dates. A passage without the key passes `!=` only. Numbers are compared digit by digit.
 *
 * @param members `all`: a list passes only if each of its members does, and an empty one never
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export function parseFilters(filters: readonly string[], members: Members = 'some'): PassageFilter {
  const conditions = filters.map((filter) => parseFilter(filter, members));
  return (passage) => conditions.every((condition) => condition(passage));
}

/** A filter as it was written, taken apart. */
export interface FilterCondition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: string;
}

/** @throws XqgError XQG_FILTER_SYNTAX */
export function parseCondition(filter: string): FilterCondition {
  const failure = (reason: string): XqgError =>
    new XqgError('XQG_FILTER_SYNTAX', { filter, reason });
  const match = FILTER.exec(filter);
  if (match === null) throw failure(`none of ${OPERATORS.join(' ')} is in it`);
  const key = match[1].trim();
  const operator = match[2] as Operator;
  const value = match[3].trim();
  if (key === '') throw failure('it names no key');
  const ordered = operator !== '=' && operator !== '!=';
  if (ordered && decimalOf(value) === null && !DATE.test(value)) {
    throw failure(`${operator} needs a number or a date (2020-12-31), not "${value}"`);
  }
  return { key, operator, value };
}

/** What a condition compares with. */
interface Operand {
  readonly text: string;
  /** null: it is no number. */
  readonly number: Decimal | null;
}

function parseFilter(filter: string, members: Members): PassageFilter {
  const { key, operator, value } = parseCondition(filter);
  const operand = { text: value, number: decimalOf(value) };
  const passes = (member: string | number | boolean): boolean =>
    operator === '=' ? equals(member, operand) : inOrder(member, operator, operand);
  return (passage) => {
    const actual = Object.hasOwn(OWN_KEYS, key)
      ? OWN_KEYS[key](passage)
      : Object.hasOwn(passage.metadata, key)
        ? passage.metadata[key]
        : undefined;
    if (operator === '!=') {
      const values = Array.isArray(actual) ? actual : [actual];
      return values.every((member) => member === undefined || !equals(member, operand));
    }
    if (actual === undefined) return false;
    if (typeof actual !== 'object') return passes(actual);
    return members === 'some' ? actual.some(passes) : actual.length > 0 && actual.every(passes);
  };
}

function equals(actual: string | number | boolean, { text, number }: Operand): boolean {
  if (String(actual) === text) return true;
  const other = number === null ? null : decimalOf(String(actual));
  return number !== null && other !== null && compareDecimals(other, number) === 0;
}

function inOrder(actual: string | number | boolean, operator: Operator, operand: Operand): boolean {
  const compared = comparison(String(actual).trim(), operand);
  if (compared === null) return false;
  if (operator === '<') return compared < 0;
  if (operator === '<=') return compared <= 0;
  return operator === '>' ? compared > 0 : compared >= 0;
}

/** Negative, 0 or positive; null if the two cannot be compared. */
function comparison(text: string, operand: Operand): number | null {
  if (operand.number !== null) {
    const number = decimalOf(text);
    return number === null ? null : compareDecimals(number, operand.number);
  }
  if (!DATE.test(text) || !DATE.test(operand.text)) return null;
  return text < operand.text ? -1 : text > operand.text ? 1 : 0;
}

/** Lists of filters whose masks are cached for one version: a byte a row each. */
const CACHED_MASKS = 16;

/** A version never changes, so its masks are cached with it. */
const masks = new WeakMap<SearchSnapshot, SharedCache<Uint8Array>>();

/**
 * (n) by row: 0 leaves a passage out; null if there are no filters.
 * @param signal when it is aborted and nobody else waits for the mask, the reading ends
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export async function filterMask(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  if (filters.length === 0 || snapshot.filtered) return null;
  const cache = masks.get(snapshot) ?? new SharedCache(CACHED_MASKS);
  masks.set(snapshot, cache);
  const key = JSON.stringify([...new Set(filters)].sort());
  return cache.get(key, (stop) => readMask(snapshot, filters, stop), signal);
}

/** Passages between two moments at which other requests are answered. */
const PASSAGES_PER_STEP = 500;

async function readMask(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const passes = parseFilters(filters);
  const mask = new Uint8Array(snapshot.ids.length);
  let row = 0;
  for await (const passages of snapshot.scan(FILTER_COLUMNS)) {
    for (const passage of passages) {
      if (row % PASSAGES_PER_STEP === 0) await cancellationPoint(signal);
      mask[row++] = passes(passage) ? 1 : 0;
    }
  }
  return mask;
}
