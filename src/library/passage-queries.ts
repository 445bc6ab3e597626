/** The generated queries of one passage, as people see them: stored ones, or drawn anew as they were. Knows no question. */
import { XqgError } from '../errors/error.js';
import { filterMask } from './filter-mask.js';
import type { Makers } from './makers.js';
import type { SearchedIndex } from './searched-index.js';

export interface PassageQueries {
  readonly id: string;
  readonly title: string;
  readonly lang: string;
  readonly generator: string;
  /** In the order of the index's query languages; without the passage's own. */
  readonly queries: Readonly<Record<string, readonly string[]>>;
}

/** @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_NO_GENERATED_QUERIES */
export async function generatedQueries(
  { snapshot }: SearchedIndex,
  { generator }: Makers,
  id: string,
  filters: readonly string[] = [],
): Promise<PassageQueries> {
  const made = snapshot.manifest.identity.generator;
  if (made === null) throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'showing them' });
  const row = await rowOf(snapshot, id, filters);
  const [passage] = await snapshot.take([row], ['title', 'text', 'lang', 'drawn']);
  const { seed } = snapshot.manifest.identity;
  const queries: Record<string, readonly string[]> = {};
  for (const lang of snapshot.queryLanguages.filter((other) => other !== passage.lang)) {
    if (passage.drawn !== null || generator === null) queries[lang] = passage.drawn?.get(lang) ?? [];
    else
      [queries[lang]] = await generator.draw([{ id, ...passage }], lang, snapshot.queriesPerLanguage, seed);
  }
  return { id, title: passage.title, lang: passage.lang, generator: made.name, queries };
}

/**
 * The row of a passage. One that does not pass the filters is as unknown as one that is not there.
 * @throws XqgError XQG_PASSAGE_UNKNOWN, XQG_FILTER_SYNTAX
 */
export async function rowOf(
  snapshot: SearchedIndex['snapshot'],
  id: string,
  filters: readonly string[],
): Promise<number> {
  const mask = await filterMask(snapshot, filters);
  const row = snapshot.row(id);
  if (row < 0 || mask?.[row] === 0) throw new XqgError('XQG_PASSAGE_UNKNOWN', { id, dir: snapshot.dir });
  return row;
}
