/**
 * The mapping of the store's index: its fields and how they are searched. Terms are analyzed by xqg
 * and come with their frequencies (`term|4`); the server analyzes nothing, so that both stores
 * match the same words.
 */
import type { StoreShape } from '../store.js';
import type { StoreSettings } from './address.js';

/**
 * Whole numbers stand for frequencies: those of own terms are multiples of a quarter, those of
 * pivot stems of a 1/1,024.
 */
export const FREQUENCY_UNITS = { own: 4, pivot: 16, drawn: 1 } as const;

/** Longer terms are replaced by their hash (UTF-16 units). */
export const LONGEST_TERM = 200;

/** Fields of terms: own words, pivot stems, drawn queries by language. */
export type TermField = 'own' | 'pivot' | `drawn_${string}`;

export const drawnField = (lang: string): TermField => `drawn_${lang}`;
/** Number of vectors in the bytes of sentences; absent where there are none. */
export const SENTENCE_COUNT = 'sentence_count';
/** Bytes of the sum of one language. */
export const sumColumn = (lang: string): string => `sum_${lang}`;

const text = (similarity: string) => ({
  type: 'text',
  analyzer: 'terms',
  index_options: 'freqs',
  similarity,
});
const bytes = { type: 'binary', doc_values: true };
const keyword = { type: 'keyword', doc_values: true };

/**
 * Saturation and length normalization of candidates; candidates are scored again, so these need not
 * be exact.
 */
const bm25 = (units: number) => ({ type: 'BM25', k1: 0.6 * units, b: 0.7 });

export function indexBody(shape: StoreShape, { shards, replicas, engine }: StoreSettings): object {
  const vector = {
    type: 'knn_vector',
    dimension: shape.dim,
    method: {
      name: 'hnsw',
      space_type: 'innerproduct',
      engine,
      parameters: { m: 16, ef_construction: 128 },
    },
  };
  const { queryLanguages, fusion } = shape;
  const each = (names: readonly string[], field: object) =>
    Object.fromEntries(names.map((name) => [name, field]));
  return {
    settings: {
      index: {
        knn: true,
        number_of_shards: shards,
        number_of_replicas: replicas,
        // A batch becomes visible when its writer says so.
        refresh_interval: '-1',
        max_docvalue_fields_search: Math.max(100, queryLanguages.length + 20),
        mapping: { total_fields: { limit: Math.max(1000, 4 * queryLanguages.length + 100) } },
        similarity: {
          own: bm25(FREQUENCY_UNITS.own),
          pivot: bm25(FREQUENCY_UNITS.pivot),
          drawn: bm25(FREQUENCY_UNITS.drawn),
        },
      },
      analysis: {
        tokenizer: { blanks: { type: 'whitespace', max_token_length: 1024 } },
        filter: { frequency: { type: 'delimited_term_freq', delimiter: '|' } },
        analyzer: { terms: { type: 'custom', tokenizer: 'blanks', filter: ['frequency'] } },
      },
    },
    mappings: {
      dynamic: false,
      _meta: { 'xqg.store': shape },
      // Derived fields are not stored twice: bytes are read from their columns, the rest is
      // computed again when a row changes.
      _source: {
        excludes: [
          'knn',
          'facts',
          'own',
          'pivot',
          'drawn_*',
          'bytes_*',
          SENTENCE_COUNT,
          ...queryLanguages.map(sumColumn),
        ],
      },
      properties: {
        seq: { type: 'long' },
        born: { type: 'long' },
        died: { type: 'long' },
        id: keyword,
        documentId: keyword,
        source: keyword,
        lang: keyword,
        ordinal: { type: 'integer' },
        facts: { type: 'keyword', doc_values: false },
        bytes_vector: bytes,
        ...(shape.sentences === true
          ? { bytes_sentences: bytes, [SENTENCE_COUNT]: { type: 'integer', index: false } }
          : {}),
        bytes_own: bytes,
        bytes_pivot: bytes,
        ...each(queryLanguages.map(sumColumn), bytes),
        own: text('own'),
        pivot: text('pivot'),
        ...each(queryLanguages.map(drawnField), text('drawn')),
        knn: { properties: { vector, ...(fusion === undefined ? {} : { fused: vector }) } },
      },
    },
  };
}
