/**
 * Pivot stems that mean nearly the same lend each other their translations: a word that was only ever linked with "begin" is weakly linked
 * with "start" too. Tables are stored without these links, which are added as a table is read. Knows no file format.
 */
import type { TableData } from './table.js';

/** Relatives of stem e: [starts[e], starts[e + 1]) of `stems` and `shares`; stems from starts.length - 1 on have none. */
export interface RelativesData {
  readonly starts: Uint32Array;
  readonly stems: Uint32Array;
  /** What the relative gets of e's links, in (0, 1). */
  readonly shares: Float32Array;
}

/** Links that a term has at most then, and the least share of its counts that a link has. */
const MOST_LINKS = 12;
const WEAKEST_SHARE = 0.02;

/** The table with the links that relatives lend. */
export function withRelatives(table: TableData, { starts, stems, shares }: RelativesData): TableData {
  const nTerms = table.terms.length;
  const newStarts = new Uint32Array(nTerms + 1);
  const newStems: number[] = [];
  const newCounts: number[] = [];
  for (let f = 0; f < nTerms; f++) {
    const row = new Map<number, number>();
    let total = 0;
    for (let x = table.starts[f]; x < table.starts[f + 1]; x++) {
      row.set(table.stems[x], table.counts[x]);
      total += table.counts[x];
    }
    for (let x = table.starts[f]; x < table.starts[f + 1]; x++) {
      const stem = table.stems[x];
      if (stem + 1 >= starts.length) continue;
      for (let r = starts[stem]; r < starts[stem + 1]; r++)
        row.set(stems[r], (row.get(stems[r]) ?? 0) + shares[r] * table.counts[x]);
    }
    const links = [...row]
      .filter(([, count]) => count >= WEAKEST_SHARE * total)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    for (const [stem, count] of links.slice(0, MOST_LINKS)) {
      newStems.push(stem);
      newCounts.push(count);
    }
    newStarts[f + 1] = newStems.length;
  }
  return {
    ...table,
    starts: newStarts,
    stems: Uint32Array.from(newStems),
    counts: Float32Array.from(newCounts),
  };
}
