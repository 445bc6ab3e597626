/**
 * Filters as people write them (`year>=2020`, `lang=de`, `topic!=sports`) become a predicate over
 * passages.
 */

import { LRUCache } from 'lru-cache';
import { XqgError } from '../base/errors.js';
import type { MetadataValue, Passage } from '../corpus/passage.js';
import { requireLanguage } from '../languages/tags.js';
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
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
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

/**
 * A predicate that is true where all filters are. `=` and `!=` compare as numbers if both sides
 * are, else as text; a list equals each of its members. `<`, `<=`, `>` and `>=` compare numbers or
 * ISO dates. A passage without the key passes `!=` only.
 *
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export function parseFilters(filters: readonly string[]): PassageFilter {
  const conditions = filters.map(parseFilter);
  return (passage) => conditions.every((condition) => condition(passage));
}

/** A filter as it was written, taken apart. */
export interface FilterCondition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: string;
}

/** @throws XqgError XQG_FILTER_SYNTAX, XQG_NOT_A_LANGUAGE, XQG_UNKNOWN_LANGUAGE */
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
  if (ordered && !NUMBER.test(value) && !DATE.test(value)) {
    throw failure(`${operator} needs a number or a date (2020-12-31), not "${value}"`);
  }
  // Passages whose language nobody knows are found by `lang=und`.
  if (key === 'lang' && !ordered && value !== 'und')
    return { key, operator, value: requireLanguage(value, `the filter ${filter}`) };
  return { key, operator, value };
}

function parseFilter(filter: string): PassageFilter {
  const { key, operator, value } = parseCondition(filter);
  return (passage) => {
    const actual = Object.hasOwn(OWN_KEYS, key)
      ? OWN_KEYS[key](passage)
      : Object.hasOwn(passage.metadata, key)
        ? passage.metadata[key]
        : undefined;
    if (operator === '!=') return actual === undefined || !equals(actual, value);
    if (actual === undefined) return false;
    return operator === '=' ? equals(actual, value) : inOrder(actual, operator, value);
  };
}

function equals(actual: MetadataValue, value: string): boolean {
  if (typeof actual === 'object') return actual.some((member) => equals(member, value));
  const text = String(actual);
  return text === value || (isNumber(text) && isNumber(value) && Number(text) === Number(value));
}

function inOrder(actual: MetadataValue, operator: Operator, value: string): boolean {
  if (typeof actual === 'object') return actual.some((member) => inOrder(member, operator, value));
  const text = String(actual).trim();
  const compared = comparison(text, value);
  if (compared === null) return false;
  if (operator === '<') return compared < 0;
  if (operator === '<=') return compared <= 0;
  return operator === '>' ? compared > 0 : compared >= 0;
}

/** Negative, 0 or positive; null if the two cannot be compared. */
function comparison(text: string, value: string): number | null {
  if (isNumber(text) && isNumber(value)) return Number(text) - Number(value);
  if (DATE.test(text) && DATE.test(value)) return text < value ? -1 : text > value ? 1 : 0;
  return null;
}

function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** Lists of filters whose masks are cached for one version: a byte a row each. */
const CACHED_MASKS = 16;

/** A version never changes, so its masks are cached with it. */
const masks = new WeakMap<SearchSnapshot, LRUCache<string, Promise<Uint8Array>>>();

/**
 * (n) by row: 0 leaves a passage out; null if there are no filters.
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export async function filterMask(
  snapshot: SearchSnapshot,
  filters: readonly string[],
): Promise<Uint8Array | null> {
  if (filters.length === 0 || snapshot.filtered) return null;
  const cache = masks.get(snapshot) ?? new LRUCache({ max: CACHED_MASKS });
  masks.set(snapshot, cache);
  const key = JSON.stringify([...new Set(filters)].sort());
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const mask = readMask(snapshot, filters);
  cache.set(key, mask);
  mask.catch(() => cache.delete(key));
  return mask;
}

async function readMask(snapshot: SearchSnapshot, filters: readonly string[]): Promise<Uint8Array> {
  const passes = parseFilters(filters);
  const mask = new Uint8Array(snapshot.ids.length);
  let row = 0;
  for await (const passages of snapshot.scan(FILTER_COLUMNS)) {
    for (const passage of passages) mask[row++] = passes(passage) ? 1 : 0;
  }
  return mask;
}
