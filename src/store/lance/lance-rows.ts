/** Indexed passages as Arrow record batches and back: the column layout of the Lance store. */
import type * as Arrow from 'apache-arrow';
import { z } from 'zod';
import type { MetadataValue } from '../../corpus/passage.js';
import { dequantize, quantizedBytes, quantizedCount, quantizeInto } from '../quantize.js';
import type { Column, IndexedPassage, StoreShape } from '../store.js';
import { decodeTerms, encodeTerms } from '../term-bytes.js';
import { arrow, numbers, variableBuffers, variableData } from './arrow-data.js';
import { checksField, checksOf } from './row-checks.js';

/** Lance column of the sum of one query language. */
const sumColumn = (lang: string): string => `sum_${lang}`;

const utf8 = new arrow.Utf8();
const binary = new arrow.Binary();
const float = new arrow.Float32();
const integer = new arrow.Int32();
/** Number of vectors in the column of sentences, which can be read without them. */
export const SENTENCE_COUNT = 'sentence_count';

/** Key of the shape in the metadata of a schema. */
const SHAPE = 'xqg.store';

/** Lance compresses a column only where its field asks for it. */
const COMPRESSED = new Map([['lance-encoding:compression', 'zstd']]);

/** A Lance column, and its values for some passages. */
interface LanceColumn {
  readonly field: Arrow.Field;
  data(passages: readonly IndexedPassage[]): Arrow.Data;
}

/** All columns of a table in their order but that of the checksums. */
function columnsOf(shape: StoreShape): LanceColumn[] {
  return [
    textColumn('id', (p) => p.id),
    textColumn('document_id', (p) => p.documentId),
    textColumn('source', (p) => p.source),
    textColumn('path', (p) => p.path),
    textColumn('title', (p) => p.title),
    textColumn('headings', (p) => JSON.stringify(p.headings)),
    textColumn('text', (p) => p.text, { compressed: true }),
    textColumn('lang', (p) => p.lang),
    {
      field: new arrow.Field('lang_confidence', float, false),
      data: (passages) =>
        numbers(
          float,
          Float32Array.from(passages, (p) => p.langConfidence),
        ),
    },
    textColumn('metadata', (p) => JSON.stringify(p.metadata)),
    integerColumn('ordinal', (p) => p.ordinal),
    textColumn('document_hash', (p) => p.documentHash),
    vectorColumn(shape.dim),
    ...shape.queryLanguages.map((lang) => ({
      field: new arrow.Field(sumColumn(lang), binary, true),
      data: (passages: readonly IndexedPassage[]) => sumData(passages, lang, shape),
    })),
    ...(shape.sentences === true ? sentenceColumns(shape.dim) : []),
    bytesColumn('own', (p) => encodeTerms(p.own), { nullable: false, compressed: true }),
    bytesColumn('pivot', (p) => (p.pivot === null ? null : encodeTerms(p.pivot)), {
      nullable: true,
      compressed: true,
    }),
    textColumn(
      'drawn',
      (p) => (p.drawn === null ? null : JSON.stringify(Object.fromEntries(p.drawn))),
      { nullable: true, compressed: true },
    ),
  ];
}

function textColumn(
  name: string,
  of: (passage: IndexedPassage) => string | null,
  { nullable = false, compressed = false } = {},
): LanceColumn {
  return {
    field: new arrow.Field(name, utf8, nullable, compressed ? COMPRESSED : undefined),
    data: (passages) =>
      variableData(
        utf8,
        passages.map((passage) => {
          const value = of(passage);
          return value === null ? null : Buffer.from(value, 'utf8');
        }),
      ),
  };
}

function bytesColumn(
  name: string,
  of: (passage: IndexedPassage) => Uint8Array | null,
  { nullable, compressed }: { readonly nullable: boolean; readonly compressed: boolean },
): LanceColumn {
  return {
    field: new arrow.Field(name, binary, nullable, compressed ? COMPRESSED : undefined),
    data: (passages) => variableData(binary, passages.map(of)),
  };
}

function integerColumn(name: string, of: (passage: IndexedPassage) => number): LanceColumn {
  return {
    field: new arrow.Field(name, integer, false),
    data: (passages) => numbers(integer, Int32Array.from(passages, of)),
  };
}

function sentenceColumns(dim: number): LanceColumn[] {
  return [
    bytesColumn('sentences', (p) => p.sentences, { nullable: true, compressed: false }),
    integerColumn(SENTENCE_COUNT, (p) => quantizedCount(p.sentences, dim)),
  ];
}

function vectorColumn(dim: number): LanceColumn {
  const type = new arrow.FixedSizeList(dim, new arrow.Field('item', float, false));
  return {
    field: new arrow.Field('vector', type, false),
    data: (passages) => {
      const vectors = new Float32Array(passages.length * dim);
      passages.forEach((passage, row) => {
        vectors.set(passage.vector, row * dim);
      });
      const child = numbers(float, vectors);
      return arrow.makeData({ type, length: passages.length, nullCount: 0, child });
    },
  };
}

export function lanceSchema(shape: StoreShape): Arrow.Schema {
  const fields = columnsOf(shape).map(({ field }) => field);
  return new arrow.Schema(
    [...fields, checksField(fields.length)],
    new Map([[SHAPE, JSON.stringify(shape)]]),
  );
}

const shapeFields = z.object({
  dim: z.int().positive(),
  queryLanguages: z.array(z.string()),
  sumBits: z.union([z.literal(8), z.literal(16)]),
  sentences: z.literal(true).optional(),
});

/**
 * The shape of the store that a schema was made for.
 * @throws Error if it states none, or has other columns
 */
export function shapeOf(schema: Arrow.Schema): StoreShape {
  const shape = shapeFields.parse(JSON.parse(schema.metadata.get(SHAPE) ?? 'null')) as StoreShape;
  const expected = lanceSchema(shape).fields.map((field) => `${field.name} ${field.type}`);
  const found = schema.fields.map((field) => `${field.name} ${field.type}`);
  if (found.join() !== expected.join()) throw new Error('it has other columns than it states');
  return shape;
}

/** Names of the Lance columns that hold a column of the store's interface. */
export function lanceColumns(
  column: Column,
  shape: StoreShape,
  languages?: readonly string[],
): string[] {
  if (column === 'sums') {
    return shape.queryLanguages.filter((lang) => languages?.includes(lang) ?? true).map(sumColumn);
  }
  // Older tables, and those of other encoders, do not have it.
  if (column === 'sentences' && shape.sentences !== true) return [];
  return [column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** (passages.length rows) of a store as one record batch. */
export function encodeRows(passages: readonly IndexedPassage[], shape: StoreShape): Arrow.Table {
  const schema = lanceSchema(shape);
  const cells = columnsOf(shape).map((column) => column.data(passages));
  const data = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: passages.length,
    nullCount: 0,
    children: [...cells, checksOf(cells, passages.length)],
  });
  return new arrow.Table(schema, new arrow.RecordBatch(schema, data));
}

/** Names of all Lance columns but that of the checksums, in their order. */
export function lanceOrder(shape: StoreShape): string[] {
  return columnsOf(shape).map(({ field }) => field.name);
}

/** The named columns of a record batch as rows. Vectors are views of the batch's memory. */
export function decodeRows<C extends Column>(
  batch: Arrow.RecordBatch,
  columns: readonly C[],
  shape: StoreShape,
  languages?: readonly string[],
): Pick<IndexedPassage, C>[] {
  const readers = columns.map(
    (column) => [column, columnReader(batch, column, shape, languages)] as const,
  );
  return Array.from({ length: batch.numRows }, (_, row) => {
    const passage: Record<string, unknown> = {};
    for (const [column, read] of readers) passage[column] = read(row);
    return passage as unknown as Pick<IndexedPassage, C>;
  });
}

function columnReader(
  batch: Arrow.RecordBatch,
  column: Column,
  shape: StoreShape,
  languages?: readonly string[],
): (row: number) => unknown {
  const names = lanceColumns(column, shape, languages);
  const child = (name: string): Arrow.Vector => batch.getChild(name)!;
  switch (column) {
    case 'vector': {
      const data = child('vector').data[0];
      const values = data.children[0].values as Float32Array;
      return (row) =>
        values.subarray((data.offset + row) * shape.dim, (data.offset + row + 1) * shape.dim);
    }
    case 'sums': {
      const cells = names.map((name) => [name.slice(sumColumn('').length), child(name)] as const);
      // One piece of memory for the batch: one for each vector keeps the garbage collector busy.
      const { dim, sumBits } = shape;
      const vectors = new Float32Array(batch.numRows * cells.length * dim);
      return (row) => {
        const sums = new Map<string, Float32Array>();
        cells.forEach(([lang, cell], c) => {
          const bytes = cell.get(row) as Uint8Array | null;
          if (bytes === null) return;
          requireSize(bytes, quantizedBytes(dim, sumBits));
          const at = (row * cells.length + c) * dim;
          sums.set(lang, dequantize(bytes, dim, sumBits, vectors.subarray(at, at + dim)));
        });
        return sums;
      };
    }
    case 'sentences': {
      const cells = names.length === 0 ? null : child('sentences');
      return (row) => (cells?.get(row) as Uint8Array | null | undefined) ?? null;
    }
    case 'own':
    case 'pivot': {
      const cells = child(column);
      return (row) => {
        const bytes = cells.get(row) as Uint8Array | null;
        return bytes === null ? null : decodeTerms(bytes);
      };
    }
    case 'drawn': {
      const cells = child('drawn');
      return (row) => {
        const json = cells.get(row) as string | null;
        return json === null
          ? null
          : new Map(Object.entries(JSON.parse(json) as Record<string, readonly string[]>));
      };
    }
    case 'headings': {
      const cells = child('headings');
      return (row) => JSON.parse(cells.get(row) as string) as string[];
    }
    case 'metadata': {
      const cells = child('metadata');
      return (row) => JSON.parse(cells.get(row) as string) as Record<string, MetadataValue>;
    }
    default: {
      const cells = child(names[0]);
      return (row) => cells.get(row);
    }
  }
}

/** @throws Error for a quantized vector of another length */
export function requireSize(cell: Uint8Array, expected: number): void {
  if (cell.length !== expected)
    throw new Error(`a vector has ${cell.length} bytes instead of ${expected}`);
}

/**
 * The column of one query language: cells of one size, quantized in place; null where a passage has
 * no sum.
 */
function sumData(passages: readonly IndexedPassage[], lang: string, shape: StoreShape): Arrow.Data {
  const cell = quantizedBytes(shape.dim, shape.sumBits);
  const cells = variableBuffers(passages.length, (row) =>
    passages[row].sums.has(lang) ? cell : null,
  );
  passages.forEach((passage, row) => {
    const sum = passage.sums.get(lang);
    if (sum !== undefined) quantizeInto(sum, shape.sumBits, cells.data, cells.valueOffsets[row]);
  });
  return arrow.makeData({ type: binary, length: passages.length, ...cells });
}

/** A string literal. Only the quote is special. */
export function sqlString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A list for IN; never empty. */
export function sqlList(values: readonly string[]): string {
  return `(${values.map(sqlString).join(', ')})`;
}
