/**
 * Tables of packs by the terms of today's analysis: terms of variants that are one word become one,
 * and their counts are added up.
 */
import { linesWithVariants, unifySpelling } from '../languages/spelling/unify.js';
import { foldTerm } from '../languages/stemming.js';
import type { TableData } from './table.js';

/** A row of the old table under its new term. */
interface Renamed {
  readonly term: string;
  readonly row: number;
}

/** @returns `data` itself if no term changes */
export function respelled(data: TableData): TableData {
  const { lang, terms } = data;
  const renamed: Renamed[] = [];
  for (const row of linesWithVariants(terms.join('\n'), lang)) {
    const term = foldTerm(unifySpelling(terms[row], lang), lang);
    if (term !== terms[row]) renamed.push({ term, row });
  }
  if (renamed.length === 0) return data;
  return merged(data, rowsByTerm(terms, renamed));
}

/** Old rows in the order of their new terms; `starts[t]` is the first one of term t. */
function rowsByTerm(
  terms: readonly string[],
  renamed: readonly Renamed[],
): { readonly names: string[]; readonly rows: Uint32Array; readonly starts: number[] } {
  const moved = [...renamed].sort((a, b) => compare(a.term, b.term) || a.row - b.row);
  const isMoved = new Uint8Array(terms.length);
  for (const { row } of renamed) isMoved[row] = 1;
  const names: string[] = [];
  const rows = new Uint32Array(terms.length);
  const starts: number[] = [];
  let to = 0;
  const add = (term: string, row: number): void => {
    if (names.at(-1) !== term) {
      names.push(term);
      starts.push(to);
    }
    rows[to++] = row;
  };
  let next = 0;
  for (let row = 0; row < terms.length; row++) {
    if (isMoved[row] === 1) continue;
    for (; next < moved.length && moved[next].term < terms[row]; next++)
      add(moved[next].term, moved[next].row);
    add(terms[row], row);
  }
  for (; next < moved.length; next++) add(moved[next].term, moved[next].row);
  starts.push(to);
  return { names, rows, starts };
}

function merged(
  data: TableData,
  { names, rows, starts }: ReturnType<typeof rowsByTerm>,
): TableData {
  const linkStarts = new Uint32Array(names.length + 1);
  const stems = new Uint32Array(data.stems.length);
  const counts = new Float32Array(data.counts.length);
  let to = 0;
  for (let t = 0; t < names.length; t++) {
    const first = rows[starts[t]];
    if (starts[t + 1] - starts[t] === 1) {
      for (let x = data.starts[first]; x < data.starts[first + 1]; x++, to++) {
        stems[to] = data.stems[x];
        counts[to] = data.counts[x];
      }
    } else {
      for (const [stem, count] of linksOf(data, rows.subarray(starts[t], starts[t + 1]))) {
        stems[to] = stem;
        counts[to++] = count;
      }
    }
    linkStarts[t + 1] = to;
  }
  let surfaces: readonly string[] | null = null;
  return {
    lang: data.lang,
    terms: names,
    get surfaces() {
      surfaces ??= names.map((_, t) => {
        const own = rows.subarray(starts[t], starts[t + 1]);
        return data.surfaces[own.reduce((a, b) => (total(data, b) > total(data, a) ? b : a))];
      });
      return surfaces;
    },
    starts: linkStarts,
    stems: stems.subarray(0, to),
    counts: counts.subarray(0, to),
  };
}

/** The links of several rows, strongest first. */
function linksOf({ starts, stems, counts }: TableData, rows: Uint32Array): [number, number][] {
  const sums = new Map<number, number>();
  for (const row of rows)
    for (let x = starts[row]; x < starts[row + 1]; x++)
      sums.set(stems[x], (sums.get(stems[x]) ?? 0) + counts[x]);
  return [...sums].sort(([a, x], [b, y]) => y - x || a - b);
}

/** How often a row was aligned. */
function total({ starts, counts }: TableData, row: number): number {
  let sum = 0;
  for (let x = starts[row]; x < starts[row + 1]; x++) sum += counts[x];
  return sum;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
