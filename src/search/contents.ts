/**
 * What an index holds, passage by passage and counted, seen through filters: what does not pass
 * them does not exist.
 */

import { cancellationPoint } from '../base/abort.js';
import { XqgError } from '../base/errors.js';
import type { Passage } from '../corpus/passage.js';
import { type LanguageCount, PassageCounts } from '../indexing/passage-counts.js';
import { PASSAGE_COLUMNS } from '../store/store.js';
import { filterMask } from './filters.js';
import type { SearchView } from './opened/searchable.js';

export interface VisibleOptions {
  /** Conditions that must all hold; see `SearchOptions.filters`. */
  readonly filters?: readonly string[];
  /** When aborted, the reading ends with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ListOptions extends VisibleOptions {
  /** Passages that are left out at the beginning. Default 0. */
  readonly offset?: number;
  /** Default 20. */
  readonly limit?: number;
}

export type StoredPassage = Passage;

type ListedPassage = Pick<
  Passage,
  'id' | 'documentId' | 'source' | 'path' | 'title' | 'lang' | 'ordinal'
>;

export interface PassageList {
  /** Of all pages. */
  readonly total: number;
  readonly passages: readonly ListedPassage[];
}

export interface IndexContents {
  readonly documents: number;
  readonly passages: number;
  /** Most passages first. */
  readonly languages: readonly LanguageCount[];
  /** Passages by source. */
  readonly sources: Readonly<Record<string, number>>;
  /**
   * Keys of the metadata with the number of passages that have them, and some of their values, most
   * frequent first.
   */
  readonly metadata: Readonly<
    Record<string, { readonly passages: number; readonly values: readonly string[] }>
  >;
}

/** Values of one key that are counted, and that are listed. */
const COUNTED_VALUES = 1000;
const LISTED_VALUES = 20;
/** Keys of metadata that are counted. */
const COUNTED_KEYS = 100;
/** Longer keys and values are not listed: they are no use as filters. */
const LONGEST_LISTED = 200;

/** @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_FILTER_SYNTAX */
export async function storedPassage(
  { snapshot }: SearchView,
  id: string,
  options: VisibleOptions = {},
): Promise<StoredPassage> {
  const row = await rowOf(snapshot, id, options);
  const [passage] = await snapshot.take([row], PASSAGE_COLUMNS);
  return passage;
}

/** @throws XqgError XQG_FILTER_SYNTAX */
export async function listPassages(
  { snapshot }: SearchView,
  { filters = [], offset = 0, limit = 20, signal }: ListOptions,
): Promise<PassageList> {
  const mask = await filterMask(snapshot, filters, signal);
  const rows: number[] = [];
  let total = 0;
  for (let row = 0; row < snapshot.ids.length; row++) {
    if (mask?.[row] === 0) continue;
    if (total >= offset && rows.length < limit) rows.push(row);
    total++;
  }
  const passages = await snapshot.take(rows, [
    'id',
    'documentId',
    'source',
    'path',
    'title',
    'lang',
    'ordinal',
  ]);
  return { total, passages };
}

/** @throws XqgError XQG_FILTER_SYNTAX */
export async function countContents(
  { snapshot }: SearchView,
  { filters = [], signal }: VisibleOptions = {},
): Promise<IndexContents> {
  const mask = await filterMask(snapshot, filters, signal);
  const counts = new PassageCounts();
  const keys = new Map<string, { passages: number; values: Map<string, number> }>();
  const documents = new Set<string>();
  let passages = 0;
  let row = 0;
  for await (const rows of snapshot.scan([
    'lang',
    'langConfidence',
    'source',
    'documentId',
    'metadata',
  ])) {
    await cancellationPoint(signal);
    for (const { documentId, metadata, ...counted } of rows) {
      if (mask?.[row++] === 0) continue;
      passages++;
      documents.add(documentId);
      counts.add(counted);
      for (const [key, value] of Object.entries(metadata)) {
        if (key.length > LONGEST_LISTED) continue;
        const known = keys.get(key) ?? { passages: 0, values: new Map<string, number>() };
        if (!keys.has(key) && keys.size === COUNTED_KEYS) continue;
        keys.set(key, known);
        known.passages++;
        for (const text of Array.isArray(value) ? value : [String(value)]) {
          if (text.length > LONGEST_LISTED) continue;
          if (!known.values.has(text) && known.values.size === COUNTED_VALUES) continue;
          known.values.set(text, (known.values.get(text) ?? 0) + 1);
        }
      }
    }
  }
  return {
    documents: documents.size,
    passages,
    languages: counts.languages(),
    sources: counts.sources(),
    metadata: Object.fromEntries(
      [...keys].map(([key, { passages, values }]) => [
        key,
        {
          passages,
          values: [...values]
            .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
            .slice(0, LISTED_VALUES)
            .map(([value]) => value),
        },
      ]),
    ),
  };
}

/**
 * The generated queries of one passage, as people see them: stored ones, or drawn anew as they
 * were.
 */
export interface PassageQueries {
  readonly id: string;
  readonly title: string;
  readonly lang: string;
  readonly generator: string;
  /** In the order of the index's query languages; the passage's own where it has queries. */
  readonly queries: Readonly<Record<string, readonly string[]>>;
}

/** @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_NO_GENERATED_QUERIES */
export async function generatedQueries(
  { snapshot, recipe: { generator } }: SearchView,
  id: string,
  options: VisibleOptions = {},
): Promise<PassageQueries> {
  const { generator: generatedBy, seed } = snapshot.manifest.identity;
  if (generatedBy === null)
    throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'showing them' });
  const row = await rowOf(snapshot, id, options);
  const [passage] = await snapshot.take([row], ['title', 'text', 'lang', 'drawn']);
  const queries: Record<string, readonly string[]> = {};
  for (const lang of snapshot.queryLanguages) {
    await cancellationPoint(options.signal);
    // Queries in its own language are stored where there are any.
    if (lang === passage.lang && !passage.drawn?.get(lang)?.length) continue;
    if (passage.drawn !== null || generator === null)
      queries[lang] = passage.drawn?.get(lang) ?? [];
    else
      [queries[lang]] = await generator.draw(
        [{ id: snapshot.ids[row], ...passage }],
        lang,
        snapshot.queriesPerLanguage,
        seed,
      );
  }
  return { id, title: passage.title, lang: passage.lang, generator: generatedBy.name, queries };
}

/**
 * The row of a passage. One that does not pass the filters is as unknown as one that is not there.
 * @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_FILTER_SYNTAX
 */
export async function rowOf(
  snapshot: SearchView['snapshot'],
  id: string,
  { filters = [], signal }: VisibleOptions,
): Promise<number> {
  const mask = await filterMask(snapshot, filters, signal);
  const row = snapshot.row(id);
  if (row < 0 || mask?.[row] === 0)
    throw new XqgError('XQG_PASSAGE_UNKNOWN', { id, dir: snapshot.dir });
  return row;
}
