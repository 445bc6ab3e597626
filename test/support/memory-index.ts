/**
 * A snapshot and lexical index over plain arrays, for evaluation and tests: the same search without
 * a store.
 */

import { LexicalSegment, SEGMENT_ROWS } from '../../src/indexing/lexical/segment.js';
import { SegmentBuilder } from '../../src/indexing/lexical/segment-builder.js';
import type { SentenceVectors, Snapshot } from '../../src/indexing/snapshot.js';
import type { TermBag } from '../../src/languages/terms.js';
import { SEARCH_DEFAULTS } from '../../src/search/defaults.js';
import type { Bm25Parameters } from '../../src/search/lexical/bm25.js';
import { LexicalIndex } from '../../src/search/lexical/index.js';
import { rowsOfBytes } from '../../src/store/quantize.js';
import { ByteMatrix } from '../../src/vectors/byte-matrix.js';

/** One passage with everything that search needs of it. */
export interface MemoryRow {
  readonly id: string;
  readonly lang: string;
  /** (dim) */
  readonly vector: Float32Array;
  /** (dim) per language: the sum of its generated queries' vectors. */
  readonly sums: ReadonlyMap<string, Float32Array>;
  readonly own: TermBag;
  readonly pivot: TermBag | null;
  readonly drawn: ReadonlyMap<string, TermBag> | null;
  /** As an index stores them; absent: the passage is of one sentence. */
  readonly sentences?: Uint8Array;
}

export interface MemoryIndexOptions {
  /** Queries per passage and language that a sum stands for; default 1: the sum is the mean. */
  readonly queriesPerLanguage?: number;
  readonly bm25?: Bm25Parameters;
}

/** Of the rows as a snapshot has them. */
export function sentenceVectors(rows: readonly MemoryRow[], dim: number): SentenceVectors {
  const cells = rows.map(({ sentences = null }) => rowsOfBytes(sentences, dim));
  const starts = new Uint32Array(rows.length + 1);
  for (const [r, { scales }] of cells.entries()) starts[r + 1] = starts[r] + scales.length;
  const matrix = ByteMatrix.exactly(starts[rows.length], dim);
  let next = 0;
  for (const { scales, steps } of cells)
    for (const [i, scale] of scales.entries())
      matrix.fill(next++, steps.subarray(i * dim, (i + 1) * dim), scale);
  return { starts, matrix };
}

/** @throws RangeError if vectors differ in length */
export function memoryIndex(
  rows: readonly MemoryRow[],
  options: MemoryIndexOptions = {},
): { snapshot: Snapshot; lexical: LexicalIndex } {
  const segments: LexicalSegment[] = [];
  for (let first = 0; first < rows.length; first += SEGMENT_ROWS) {
    const builder = new SegmentBuilder();
    for (const row of rows.slice(first, first + SEGMENT_ROWS)) builder.add(row);
    segments.push(LexicalSegment.open(builder.finish(), `rows from ${first}`));
  }
  return {
    snapshot: new MemorySnapshot(rows, options.queriesPerLanguage ?? 1),
    lexical: new LexicalIndex(segments, options.bm25 ?? SEARCH_DEFAULTS.bm25),
  };
}

class MemorySnapshot implements Snapshot {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly dim: number;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  readonly sentences?: () => Promise<SentenceVectors>;
  readonly #rows: readonly MemoryRow[];

  constructor(rows: readonly MemoryRow[], queriesPerLanguage: number) {
    this.#rows = rows;
    this.ids = rows.map(({ id }) => id);
    this.langs = rows.map(({ lang }) => lang);
    this.dim = rows[0]?.vector.length ?? 0;
    this.queryLanguages = [...new Set(rows.flatMap(({ sums }) => [...sums.keys()]))].sort();
    this.queriesPerLanguage = queriesPerLanguage;
    if (rows.some(({ sentences }) => sentences !== undefined))
      this.sentences = async () => sentenceVectors(rows, this.dim);
  }

  async passageVectors(): Promise<Float32Array> {
    return this.#matrix((row) => row.vector);
  }

  async languageSum(lang: string): Promise<Float32Array> {
    return this.#matrix((row) => row.sums.get(lang));
  }

  async languageSumsOf(row: number): Promise<ReadonlyMap<string, Float32Array>> {
    return this.#rows[row].sums;
  }

  #matrix(vectorOf: (row: MemoryRow) => Float32Array | undefined): Float32Array {
    const matrix = new Float32Array(this.#rows.length * this.dim);
    this.#rows.forEach((row, r) => {
      const vector = vectorOf(row);
      if (vector === undefined) return;
      if (vector.length !== this.dim)
        throw new RangeError(`row ${r} has ${vector.length} dimensions`);
      matrix.set(vector, r * this.dim);
    });
    return matrix;
  }
}
