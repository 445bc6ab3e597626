/**
 * The frequency of one question term in every passage: occurrences in its own text, plus the
 * contributions of generation, drawn queries and translation. The arrays are reused and sparse, so
 * that the cost is proportional to the postings that are read, not to the size of the corpus.
 */
import { halfValues } from '../../base/half.js';
import type { LexicalSegment, SegmentField } from '../../indexing/lexical/segment.js';
import { RowSums } from './row-sums.js';
import type { PivotShare } from './view.js';

/** A segment and the row of the index at which it starts. */
export interface PlacedSegment {
  readonly segment: LexicalSegment;
  readonly firstRow: number;
}

/** A term's frequencies by row; rows with own occurrences come first in `rows`. */
export class TermFrequencies extends RowSums {
  /** Number of rows with own occurrences. */
  ownCount = 0;

  /** @param n number of passages */
  constructor(n: number) {
    super(new Float64Array(n), new Uint32Array(n + 1));
  }

  override clear(): void {
    super.clear();
    this.ownCount = 0;
  }

  /**
   * Adds `factor` times the postings of the field's term t.
   * @param excluded rows in this language are skipped; -1 for none
   * @param only rows in other languages are skipped; -1 for none
   */
  add(
    { segment, firstRow }: PlacedSegment,
    field: SegmentField,
    t: number,
    factor: number,
    excluded = -1,
    only = -1,
  ): void {
    const { byRow, rows } = this;
    const { rows: postingRows, frequencies, postingEnds } = field;
    const { rowLanguages } = segment;
    const end = postingEnds[t];
    let count = this.count;
    for (let i = field.start(t); i < end; i++) {
      const local = postingRows[i];
      if (excluded >= 0 && rowLanguages[local] === excluded) continue;
      if (only >= 0 && rowLanguages[local] !== only) continue;
      const row = firstRow + local;
      if (byRow[row] === 0) rows[count++] = row;
      byRow[row] += factor * halfValues[frequencies[i]];
    }
    this.count = count;
  }

  /**
   * Adds occurrences in the passages' own text. Must be called before any other addition.
   * @param numbers the term's number in each segment, -1 if it is absent
   * @param lang language of the passages to consider; null for all
   */
  addOwn(
    segments: readonly PlacedSegment[],
    numbers: ArrayLike<number>,
    lang: string | null,
  ): void {
    segments.forEach((placed, s) => {
      if (numbers[s] < 0) return;
      const only = lang === null ? -1 : placed.segment.languages.indexOf(lang);
      if (lang !== null && only < 0) return;
      this.add(placed, placed.segment.field('own')!, numbers[s], 1, -1, only);
    });
    this.ownCount = this.count;
  }

  /** Adds factor g(e, p) to the rows in other languages than the share's. */
  addShare(
    segments: readonly PlacedSegment[],
    numbers: ArrayLike<number>,
    share: PivotShare,
  ): void {
    segments.forEach((placed, s) => {
      if (numbers[s] < 0) return;
      const excluded = placed.segment.languages.indexOf(share.lang);
      if (excluded >= 0 && placed.segment.languages.length === 1) return;
      this.add(placed, placed.segment.field('pivot')!, numbers[s], share.factor, excluded);
    });
  }

  /**
   * The number of passages that have the term. If `expected`, passages without own occurrences
   * count min(1, tf).
   */
  documentFrequency(expected: boolean): number {
    if (!expected) return this.count;
    let sum = this.ownCount;
    for (let i = this.ownCount; i < this.count; i++) sum += Math.min(1, this.byRow[this.rows[i]]);
    return sum;
  }
}
