/** Passages as an index computes and stores them, in memory: what rankings are compared with. */
import { XqgError } from '../../src/base/errors.js';
import type { Encoder } from '../../src/encode/encoder.js';
import type { EvaluationPassage } from '../../src/evaluate/data/collection.js';
import type { Generator } from '../../src/generate/generator.js';
import { computeRows } from '../../src/indexing/compute.js';
import { ExpectedQueries } from '../../src/indexing/expected-queries.js';
import { lexicalRow } from '../../src/indexing/lexical/segments.js';
import { dequantize, quantize } from '../../src/store/quantize.js';
import { type MemoryRow, memoryIndex } from './memory-index.js';

/** Bits of a number of a stored sum. */
const SUM_BITS = 8;

export interface ComputedIndexOptions {
  readonly encoder: Encoder;
  readonly generator: Generator;
  /** Languages in which queries are generated; default: all of the generator. */
  readonly queryLanguages?: readonly string[];
  /** Queries for each passage and language. */
  readonly queries: number;
}

export async function computedIndex(
  passages: readonly EvaluationPassage[],
  { encoder, generator, queries, queryLanguages = generator.languages }: ComputedIndexOptions,
): Promise<ReturnType<typeof memoryIndex>> {
  const computed = await computeRows(
    passages.map(({ id, title, text, lang }) => ({
      ...{ id, title, text, lang, documentId: id, langConfidence: 1, ordinal: 0 },
      ...{ source: '', path: '', headings: [], metadata: {} },
    })),
    {
      ...{ encoder, generator, queryLanguages, queriesPerLanguage: queries, seed: 0 },
      expectations: ExpectedQueries.of(encoder, generator),
    },
  );
  const { dim } = encoder.identity;
  const stored = (sum: Float32Array) => dequantize(quantize(sum, SUM_BITS), dim, SUM_BITS);
  const rows = computed.map((row): MemoryRow => {
    if (row instanceof XqgError) throw row;
    const sums = new Map<string, Float32Array>();
    for (const lang of queryLanguages) sums.set(lang, new Float32Array(dim));
    for (const [lang, sum] of row.sums) sums.set(lang, stored(sum));
    return { ...lexicalRow(row), id: row.id, vector: row.vector, sums };
  });
  return memoryIndex(rows, { queriesPerLanguage: queries });
}
