/**
 * Builds the translation table of a pack from link counts: drops weak links and rare terms, and
 * replaces pivot terms by stem ids.
 */
import type { TableData } from '../pack/table.js';
import type { LinkCounts } from './align.js';
import type { PairSet } from './pairs.js';

export interface TableOptions {
  /** Maximum number of links of a term. */
  readonly linksPerTerm: number;
  /** Links with less than this share of their term's counts are dropped. */
  readonly weakestShare: number;
  /** Terms with fewer expected links in total are dropped. */
  readonly fewestLinks: number;
}

/** @param stemOf id of a pivot stem in the pack; undefined for a stem that the pack lacks */
export function buildTable(
  lang: string,
  pairs: PairSet,
  links: LinkCounts,
  stemOf: (stem: string) => number | undefined,
  options: TableOptions,
): TableData {
  const nTerms = pairs.foreign.size;
  const perTerm: { stem: number; count: number }[][] = Array.from({ length: nTerms }, () => []);
  const totals = new Float64Array(nTerms);
  for (let c = 0; c < links.counts.length; c++) {
    const stem = stemOf(pairs.pivot.terms[links.pivot[c]]);
    const count = links.counts[c];
    totals[links.foreign[c]] += count;
    if (stem !== undefined && count > 1e-4) perTerm[links.foreign[c]].push({ stem, count });
  }
  const ids: number[] = [];
  for (let f = 0; f < nTerms; f++) {
    perTerm[f] = perTerm[f]
      .filter(({ count }) => count >= options.weakestShare * totals[f])
      .sort((a, b) => b.count - a.count || a.stem - b.stem)
      .slice(0, options.linksPerTerm);
    if (perTerm[f].length > 0 && totals[f] >= options.fewestLinks) ids.push(f);
  }
  const { terms } = pairs.foreign;
  ids.sort((a, b) => (terms[a] < terms[b] ? -1 : 1));
  const starts = new Uint32Array(ids.length + 1);
  ids.forEach((f, i) => {
    starts[i + 1] = starts[i] + perTerm[f].length;
  });
  const all = ids.flatMap((f) => perTerm[f]);
  return {
    lang,
    terms: ids.map((f) => terms[f]),
    surfaces: ids.map((f) => pairs.foreign.surfaceOf(f)),
    starts,
    stems: Uint32Array.from(all, ({ stem }) => stem),
    counts: Float32Array.from(all, ({ count }) => count),
  };
}
