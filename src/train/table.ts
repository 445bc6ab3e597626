/**
 * From link counts to the table that a pack keeps: weak links and rare terms go, pivot terms become
 * stem numbers.
 */
import type { TableData } from '../pack/table.js';
import type { LinkCounts } from './align.js';
import type { PairSet } from './pairs.js';

export interface TableOptions {
  /** Links kept per term. */
  readonly linksPerTerm: number;
  /** Links weaker than this share of the term's counts go. */
  readonly weakestShare: number;
  /** Terms with fewer expected links in all go. */
  readonly fewestLinks: number;
}

/** @param stemOf number of a pivot stem in the pack; undefined if the pack does not know it */
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
  const kept: number[] = [];
  for (let f = 0; f < nTerms; f++) {
    perTerm[f] = perTerm[f]
      .filter(({ count }) => count >= options.weakestShare * totals[f])
      .sort((a, b) => b.count - a.count || a.stem - b.stem)
      .slice(0, options.linksPerTerm);
    if (perTerm[f].length > 0 && totals[f] >= options.fewestLinks) kept.push(f);
  }
  const { terms } = pairs.foreign;
  kept.sort((a, b) => (terms[a] < terms[b] ? -1 : 1));
  const starts = new Uint32Array(kept.length + 1);
  kept.forEach((f, i) => {
    starts[i + 1] = starts[i] + perTerm[f].length;
  });
  const all = kept.flatMap((f) => perTerm[f]);
  return {
    lang,
    terms: kept.map((f) => terms[f]),
    surfaces: kept.map((f) => pairs.foreign.surfaceOf(f)),
    starts,
    stems: Uint32Array.from(all, ({ stem }) => stem),
    counts: Float32Array.from(all, ({ count }) => count),
  };
}
