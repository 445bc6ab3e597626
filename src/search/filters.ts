/**
 * Filters as people write them (`year>=2020`, `lang=de`, `topic!=sports`) become a predicate over
 * passages.
 */

import { closest, distance } from 'fastest-levenshtein';
import { cancellationPoint } from '../base/abort.js';
import { compareDecimals, type Decimal, decimalOf } from '../base/decimal.js';
import { XqgError } from '../base/errors.js';
import { SharedCache } from '../base/shared-cache.js';
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
  const conditions = filters.map((filter) => conditionOf(parseCondition(filter), members));
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
  const key = match[1].trim().normalize('NFC');
  const operator = match[2] as Operator;
  const value = match[3].trim().normalize('NFC');
  if (key === '') throw failure('it names no key');
  const ordered = operator !== '=' && operator !== '!=';
  if (ordered && decimalOf(value) === null && !DATE.test(value)) {
    throw failure(`${operator} needs a number or a date (2020-12-31), not "${value}"`);
  }
  // Passages whose language nobody knows are found by `lang=und`.
  if (key === 'lang' && !ordered && value !== 'und')
    return { key, operator, value: requireLanguage(value, `the filter ${filter}`) };
  return { key, operator, value };
}

/** What a condition compares with. */
interface Operand {
  readonly text: string;
  /** null: it is no number. */
  readonly number: Decimal | null;
}

function conditionOf(
  { key, operator, value }: FilterCondition,
  members: Members = 'some',
): PassageFilter {
  const operand = { text: value, number: decimalOf(value) };
  const passes = (member: string | number | boolean): boolean =>
    operator === '=' ? equals(member, operand) : inOrder(member, operator, operand);
  return (passage) => {
    const actual = fieldValue(passage, key);
    if (operator === '!=') {
      const values = Array.isArray(actual) ? actual : [actual];
      return values.every((member) => member === undefined || !equals(member, operand));
    }
    if (actual === undefined) return false;
    if (typeof actual !== 'object') return passes(actual);
    return members === 'some' ? actual.some(passes) : actual.length > 0 && actual.every(passes);
  };
}

function fieldValue(passage: FilteredPassage, key: string): MetadataValue | undefined {
  if (Object.hasOwn(OWN_KEYS, key)) return OWN_KEYS[key](passage);
  return Object.hasOwn(passage.metadata, key) ? passage.metadata[key] : undefined;
}

/** File systems and keyboards differ in whether an accented letter is one character or two. */
function equals(actual: string | number | boolean, { text, number }: Operand): boolean {
  const given = String(actual);
  if (given === text || given.normalize('NFC') === text) return true;
  const other = number === null ? null : decimalOf(given);
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

interface FilteredRows {
  /** (n) by row: 0 leaves a passage out. */
  readonly mask: Uint8Array;
  /** What is wrong with the filters, for people; '' if nothing is. */
  readonly warning: string;
}

/** A version never changes, so its masks are cached with it. */
const masks = new WeakMap<SearchSnapshot, SharedCache<FilteredRows>>();

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
  return (await filteredRows(snapshot, filters, signal))?.mask ?? null;
}

/**
 * Says which filter names a key that no passage has, or leaves no passage over.
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export async function filterWarnings(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const warning = (await filteredRows(snapshot, filters, signal))?.warning ?? '';
  return warning === '' ? [] : [warning];
}

async function filteredRows(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal: AbortSignal | undefined,
): Promise<FilteredRows | null> {
  if (filters.length === 0 || snapshot.filtered) return null;
  const cache = masks.get(snapshot) ?? new SharedCache(CACHED_MASKS);
  masks.set(snapshot, cache);
  const key = JSON.stringify([...new Set(filters)]);
  return cache.get(key, (stop) => readRows(snapshot, filters, stop), signal);
}

/** Passages between two moments at which other requests are answered. */
const PASSAGES_PER_STEP = 500;

async function readRows(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal: AbortSignal,
): Promise<FilteredRows> {
  const conditions = filters.map(parseCondition);
  const predicates = conditions.map((condition) => conditionOf(condition));
  const mask = new Uint8Array(snapshot.ids.length);
  // By condition: passages that pass those before it, and among them those that have its key and
  // those that pass it, too. What passes an earlier filter alone tells of the later ones.
  const reached = conditions.map(() => ({ passages: 0, withKey: 0, passing: 0 }));
  let row = 0;
  for await (const passages of snapshot.scan(FILTER_COLUMNS)) {
    for (const passage of passages) {
      if (row % PASSAGES_PER_STEP === 0) await cancellationPoint(signal);
      mask[row] = 1;
      for (let c = 0; c < predicates.length && mask[row] === 1; c++) {
        reached[c].passages++;
        if (fieldValue(passage, conditions[c].key) !== undefined) reached[c].withKey++;
        if (predicates[c](passage)) reached[c].passing++;
        else mask[row] = 0;
      }
      row++;
    }
  }
  const at = reached.findIndex(
    ({ passages, withKey, passing }) => passages > 0 && (withKey === 0 || passing === 0),
  );
  if (at < 0) return { mask, warning: '' };
  const before = filters.slice(0, at);
  if (reached[at].withKey > 0) return { mask, warning: nothingPasses(filters[at], before) };
  const keys = await keysOf(snapshot, before, signal);
  return { mask, warning: unknownKey(conditions[at], before, keys) };
}

/** The keys of the passages that pass the filters, which a condition may use. */
async function keysOf(
  snapshot: SearchSnapshot,
  filters: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const passes = parseFilters(filters);
  const keys = new Set(Object.keys(OWN_KEYS));
  for await (const passages of snapshot.scan(FILTER_COLUMNS)) {
    await cancellationPoint(signal);
    for (const passage of passages)
      if (passes(passage)) for (const key of Object.keys(passage.metadata)) keys.add(key);
  }
  return keys;
}

/** At most so many keys are named. */
const MOST_NAMED = 12;

/** True for a warning of `filterWarnings` about this filter. */
export function isWarningOf(filter: string, warning: string): boolean {
  const { key } = parseCondition(filter);
  return warning.endsWith(` passes ${filter}.`) || warning.includes(` has the key "${key}"`);
}

function unknownKey(
  { key }: FilterCondition,
  before: readonly string[],
  keys: ReadonlySet<string>,
): string {
  const known = [...keys].sort();
  const nearest = closest(key, known);
  const near = distance(key, nearest) <= Math.max(1, Math.floor(key.length / 3));
  const named = known.slice(0, MOST_NAMED).join(', ');
  const rest = known.length > MOST_NAMED ? ` and ${known.length - MOST_NAMED} more` : '';
  return `No passage${among(before)} has the key "${key}"${near ? `; did you mean "${nearest}"?` : '.'} Keys: ${named}${rest}.`;
}

function nothingPasses(filter: string, before: readonly string[]): string {
  return `No passage${among(before)} passes ${filter}.`;
}

const among = (filters: readonly string[]): string =>
  filters.length === 0 ? '' : ' that passes the other filters';
