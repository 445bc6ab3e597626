/**
 * Indexed passages as documents of OpenSearch and back. A row is everything in `IndexedPassage`;
 * what searches need besides (vectors in graphs, terms, facts) follows from it.
 */

import { fuse } from '../../augment/fuse.js';
import { sha256 } from '../../base/identity.js';
import type { TermBag } from '../../languages/terms.js';
import { dequantize, quantize, quantizedCount } from '../quantize.js';
import type { Column, IndexedPassage, StoreShape } from '../store.js';
import { decodeTerms, encodeTerms, type TermSelection } from '../term-bytes.js';
import { factsOf } from './facts.js';
import { drawnField, FREQUENCY_UNITS, LONGEST_TERM, SENTENCE_COUNT, sumColumn } from './mapping.js';

/**
 * The commits in which a row was added and removed; a reader of version v sees it if
 * born <= v < died.
 */
export interface RowLife {
  /** Identifies and orders the rows: later rows have larger numbers. */
  readonly seq: number;
  readonly born: number;
  /** Absent while the row is visible. */
  readonly died?: number;
}

/** A document in a result of the server. */
export interface OpenSearchHit {
  /** Absent where no document was read. */
  readonly _id?: string;
  readonly _score?: number | null;
  readonly _source?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly sort?: readonly unknown[];
}

/** Graphs only choose candidates: eight digits are as good as all, and half as long. */
const graphNumber = (value: number): number => Number(value.toPrecision(8));

/**
 * Terms of drawn queries, as the lexical leg analyzes them; given, since a store analyzes nothing.
 */
export type DrawnTerms = (queries: readonly string[], lang: string) => TermBag;

export function documentOf(
  passage: IndexedPassage,
  life: RowLife,
  shape: StoreShape,
  drawnTerms: DrawnTerms,
): object {
  const { vector, sums, sentences, own, pivot, drawn, metadata, langConfidence, ...plain } =
    passage;
  const document: Record<string, unknown> = {
    ...life,
    ...plain,
    langConfidence: Math.fround(langConfidence),
    // As text: values keep their types, and keys their order.
    metadata: JSON.stringify(metadata),
    drawn: drawn === null ? null : JSON.stringify(Object.fromEntries(drawn)),
    facts: factsOf(passage),
    bytes_vector: base64(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
    bytes_own: base64(encodeTerms(own)),
    own: countedTerms(own, FREQUENCY_UNITS.own),
    knn: vectorsOf(passage, shape),
  };
  if (sentences !== null) {
    document.bytes_sentences = base64(sentences);
    document[SENTENCE_COUNT] = quantizedCount(sentences, shape.dim);
  }
  if (pivot !== null) {
    document.bytes_pivot = base64(encodeTerms(pivot));
    document.pivot = countedTerms(pivot, FREQUENCY_UNITS.pivot);
  }
  for (const [lang, sum] of sums) document[sumColumn(lang)] = base64(quantize(sum, shape.sumBits));
  for (const [lang, queries] of drawn ?? [])
    document[drawnField(lang)] = countedTerms(drawnTerms(queries, lang), FREQUENCY_UNITS.drawn);
  return document;
}

/** Zero vectors have no direction: they are in no graph. */
function vectorsOf(
  { vector, sums }: IndexedPassage,
  { dim, fusion, queryLanguages, sumBits }: StoreShape,
): object {
  const knn: Record<string, number[]> = {};
  const put = (name: string, values: Float32Array): void => {
    if (values.some((value) => value !== 0)) knn[name] = Array.from(values, graphNumber);
  };
  put('vector', vector);
  if (fusion === undefined) return knn;
  const total = new Float32Array(dim);
  let queries = 0;
  for (const lang of queryLanguages) {
    const sum = sums.get(lang);
    if (sum === undefined) continue;
    const stored = dequantize(quantize(sum, sumBits), dim, sumBits);
    for (let i = 0; i < dim; i++) total[i] += stored[i];
    queries += fusion.queries;
  }
  put(
    'fused',
    queries === 0
      ? vector
      : fuse(vector, [{ lang: '', sums: total, weight: 1, queries }], { ...fusion, dim }),
  );
  return knn;
}

/** `term|3 other|1`: the terms with their frequencies in whole units, at least one each. */
function countedTerms({ terms, weights }: TermBag, units: number): string {
  return terms
    .map((term, i) => `${storedTerm(term)}|${Math.max(1, Math.round(weights[i] * units))}`)
    .join(' ');
}

/** The term as the index has it: without blanks and bars, of bounded length. */
export function storedTerm(term: string): string {
  const plain = term.replaceAll(/[\s\p{Cc}|%]/gu, (sign) => encodeURIComponent(sign));
  return plain.length <= LONGEST_TERM ? plain : sha256(term);
}

/** The part of a request that reads columns. */
export interface ColumnRequest {
  readonly _source: readonly string[] | false;
  readonly docvalue_fields: readonly string[];
  /**
   * Absent if the document is read. Otherwise the server does not even open it for its id: opening
   * hundreds of documents would take most of a search's time.
   */
  readonly stored_fields?: '_none_';
}

/** Columns that are also stored outside of the document, as plain values. */
const VALUES: readonly Column[] = ['id', 'documentId', 'source', 'lang', 'ordinal'];

export function columnRequest(
  columns: readonly Column[],
  shape: StoreShape,
  languages?: readonly string[],
): ColumnRequest {
  const source: string[] = [];
  const values = ['seq'];
  for (const column of columns) {
    // A field without a mapping cannot be asked for.
    if (column === 'sentences' && shape.sentences !== true) continue;
    if (column === 'sums')
      values.push(
        ...shape.queryLanguages.filter((lang) => languages?.includes(lang) ?? true).map(sumColumn),
      );
    else if (
      column === 'vector' ||
      column === 'sentences' ||
      column === 'own' ||
      column === 'pivot'
    )
      values.push(`bytes_${column}`);
    else if (VALUES.includes(column)) values.push(column);
    else source.push(column);
  }
  return source.length === 0
    ? { _source: false, stored_fields: '_none_', docvalue_fields: values }
    : { _source: source, docvalue_fields: values };
}

export function seqOf({ fields }: OpenSearchHit): number {
  return fields!.seq[0] as number;
}

export function decodeHit<C extends Column>(
  { _source = {}, fields = {} }: OpenSearchHit,
  columns: readonly C[],
  shape: StoreShape,
  ownTerms?: TermSelection,
): Pick<IndexedPassage, C> {
  const row: Record<string, unknown> = {};
  const bytesOf = (name: string): Buffer | null =>
    fields[name] === undefined ? null : Buffer.from(fields[name][0] as string, 'base64');
  for (const column of columns) {
    if (column === 'vector') {
      const bytes = bytesOf('bytes_vector')!;
      const vector = new Float32Array(shape.dim);
      new Uint8Array(vector.buffer).set(bytes);
      row.vector = vector;
    } else if (column === 'sums') {
      const sums = new Map<string, Float32Array>();
      for (const lang of shape.queryLanguages) {
        const bytes = bytesOf(sumColumn(lang));
        if (bytes !== null) sums.set(lang, dequantize(bytes, shape.dim, shape.sumBits));
      }
      row.sums = sums;
    } else if (column === 'sentences') {
      const bytes = bytesOf('bytes_sentences');
      row.sentences = bytes === null ? null : new Uint8Array(bytes);
    } else if (column === 'own' || column === 'pivot') {
      const bytes = bytesOf(`bytes_${column}`);
      row[column] =
        bytes === null ? null : decodeTerms(bytes, column === 'own' ? ownTerms : undefined);
    } else if (column === 'metadata') row.metadata = JSON.parse(_source.metadata as string);
    else if (column === 'drawn') {
      const json = _source.drawn as string | null;
      row.drawn =
        json === null
          ? null
          : new Map(Object.entries(JSON.parse(json) as Record<string, string[]>));
    } else row[column] = VALUES.includes(column) ? fields[column][0] : _source[column];
  }
  return row as unknown as Pick<IndexedPassage, C>;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
