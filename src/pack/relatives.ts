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
export function withRelatives(table: TableData, relatives: RelativesData): TableData {
  const nTerms = table.terms.length;
  const starts = new Uint32Array(nTerms + 1);
  const stems = new Uint32Array(nTerms * MOST_LINKS);
  const counts = new Float32Array(nTerms * MOST_LINKS);
  const row = new Row();
  for (let f = 0; f < nTerms; f++) {
    row.size = 0;
    let total = 0;
    for (let x = table.starts[f]; x < table.starts[f + 1]; x++) {
      row.add(table.stems[x], table.counts[x]);
      total += table.counts[x];
    }
    for (let x = table.starts[f]; x < table.starts[f + 1]; x++) {
      const stem = table.stems[x];
      if (stem + 1 >= relatives.starts.length) continue;
      for (let r = relatives.starts[stem]; r < relatives.starts[stem + 1]; r++)
        row.add(relatives.stems[r], relatives.shares[r] * table.counts[x]);
    }
    row.sort();
    let end = starts[f];
    for (let i = 0; i < row.size && i < MOST_LINKS && row.counts[i] >= WEAKEST_SHARE * total; i++) {
      stems[end] = row.stems[i];
      counts[end++] = row.counts[i];
    }
    starts[f + 1] = end;
  }
  return { ...table, starts, stems: stems.slice(0, starts[nTerms]), counts: counts.slice(0, starts[nTerms]) };
}

/** The links of one term. One object serves all terms: a table is read while somebody waits. */
class Row {
  size = 0;
  readonly stems: number[] = [];
  readonly counts: number[] = [];

  add(stem: number, count: number): void {
    for (let i = 0; i < this.size; i++) {
      if (this.stems[i] !== stem) continue;
      this.counts[i] += count;
      return;
    }
    this.stems[this.size] = stem;
    this.counts[this.size++] = count;
  }

  /** Strongest first, the smaller stem among equals. */
  sort(): void {
    const { stems, counts } = this;
    for (let i = 1; i < this.size; i++) {
      const stem = stems[i];
      const count = counts[i];
      let at = i;
      for (; at > 0 && (counts[at - 1] < count || (counts[at - 1] === count && stems[at - 1] > stem)); at--) {
        stems[at] = stems[at - 1];
        counts[at] = counts[at - 1];
      }
      stems[at] = stem;
      counts[at] = count;
    }
  }
}
