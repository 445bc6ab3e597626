/**
 * Indexed passages as Arrow record batches and back: the column layout of the Lance store. Buffers
 * are built whole, because Arrow's own builders take a call per value.
 */

import { createRequire } from 'node:module';
import type * as Arrow from 'apache-arrow';
import type { MetadataValue } from '../../corpus/passage.js';
import { dequantize, quantizedBytes, quantizeInto } from '../quantize.js';
import type { Column, IndexedPassage, StoreShape } from '../store.js';
import { decodeTerms, encodeTerms } from '../term-bytes.js';

/**
 * Apache Arrow in the copy that LanceDB loads: its modules in the other format would be a second
 * one, and take a tenth of a second.
 */
export const arrow = createRequire(import.meta.url)('apache-arrow') as typeof Arrow;

/** Lance column of the sum of one query language. */
const sumColumn = (lang: string): string => `sum_${lang}`;

const utf8 = new arrow.Utf8();
const binary = new arrow.Binary();
const text = (name: string) => new arrow.Field(name, utf8, false);
/** Lance compresses a column only where its field asks for it. */
const packed = new Map([['lance-encoding:compression', 'zstd']]);

export function lanceSchema(shape: StoreShape): Arrow.Schema {
  return new arrow.Schema(
    [
      text('id'),
      text('document_id'),
      text('source'),
      text('path'),
      text('title'),
      text('headings'),
      new arrow.Field('text', utf8, false, packed),
      text('lang'),
      new arrow.Field('lang_confidence', new arrow.Float32(), false),
      text('metadata'),
      new arrow.Field('ordinal', new arrow.Int32(), false),
      text('document_hash'),
      new arrow.Field(
        'vector',
        new arrow.FixedSizeList(shape.dim, new arrow.Field('item', new arrow.Float32(), false)),
        false,
      ),
      ...shape.queryLanguages.map((lang) => new arrow.Field(sumColumn(lang), binary, true)),
      new arrow.Field('own', binary, false, packed),
      new arrow.Field('pivot', binary, true, packed),
      new arrow.Field('drawn', utf8, true, packed),
    ],
    new Map([['xqg.store', JSON.stringify(shape)]]),
  );
}

/** The shape that a schema was made with. */
export function shapeOf(schema: Arrow.Schema): StoreShape {
  return JSON.parse(schema.metadata.get('xqg.store')!) as StoreShape;
}

/** Names of the Lance columns that hold a column of the door. */
export function lanceColumns(
  column: Column,
  shape: StoreShape,
  languages?: readonly string[],
): string[] {
  if (column === 'sums') {
    return shape.queryLanguages.filter((lang) => languages?.includes(lang) ?? true).map(sumColumn);
  }
  return [column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** (passages.length rows) as one record batch. */
export function encodeRows(passages: readonly IndexedPassage[], schema: Arrow.Schema): Arrow.Table {
  const shape = shapeOf(schema);
  const n = passages.length;
  const strings = (of: (passage: IndexedPassage) => string | null): Arrow.Data =>
    variableData(
      utf8,
      passages.map((passage) => {
        const value = of(passage);
        return value === null ? null : Buffer.from(value, 'utf8');
      }),
    );
  const bytes = (of: (passage: IndexedPassage) => Uint8Array | null): Arrow.Data =>
    variableData(binary, passages.map(of));
  const vectors = new Float32Array(n * shape.dim);
  passages.forEach((passage, row) => {
    vectors.set(passage.vector, row * shape.dim);
  });
  const children = [
    strings((p) => p.id),
    strings((p) => p.documentId),
    strings((p) => p.source),
    strings((p) => p.path),
    strings((p) => p.title),
    strings((p) => JSON.stringify(p.headings)),
    strings((p) => p.text),
    strings((p) => p.lang),
    arrow.makeData({
      type: new arrow.Float32(),
      length: n,
      nullCount: 0,
      data: Float32Array.from(passages, (p) => p.langConfidence),
    }),
    strings((p) => JSON.stringify(p.metadata)),
    arrow.makeData({
      type: new arrow.Int32(),
      length: n,
      nullCount: 0,
      data: Int32Array.from(passages, (p) => p.ordinal),
    }),
    strings((p) => p.documentHash),
    arrow.makeData({
      type: schema.fields.find((field) => field.name === 'vector')!.type as Arrow.FixedSizeList,
      length: n,
      nullCount: 0,
      child: arrow.makeData({
        type: new arrow.Float32(),
        length: vectors.length,
        nullCount: 0,
        data: vectors,
      }),
    }),
    ...shape.queryLanguages.map((lang) => sumData(passages, lang, shape)),
    bytes((p) => encodeTerms(p.own)),
    bytes((p) => (p.pivot === null ? null : encodeTerms(p.pivot))),
    strings((p) => (p.drawn === null ? null : JSON.stringify(Object.fromEntries(p.drawn)))),
  ];
  const data = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: n,
    nullCount: 0,
    children,
  });
  return new arrow.Table(schema, new arrow.RecordBatch(schema, data));
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
          const at = (row * cells.length + c) * dim;
          sums.set(lang, dequantize(bytes, dim, sumBits, vectors.subarray(at, at + dim)));
        });
        return sums;
      };
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

/** A column of values of any length; null where there is none. */
function variableData(
  type: Arrow.Utf8 | Arrow.Binary,
  values: readonly (Uint8Array | null)[],
): Arrow.Data {
  const cells = variableBuffers(values.length, (row) => values[row]?.length ?? null);
  values.forEach((value, row) => {
    if (value !== null) cells.data.set(value, cells.valueOffsets[row]);
  });
  // The overloads of makeData take one type each.
  return type instanceof arrow.Utf8
    ? arrow.makeData({ type, length: values.length, ...cells })
    : arrow.makeData({ type, length: values.length, ...cells });
}

/** Room for `n` values of the given sizes in bytes. */
function variableBuffers(
  n: number,
  sizeOf: (row: number) => number | null,
): {
  valueOffsets: Int32Array;
  nullCount: number;
  nullBitmap: Uint8Array | undefined;
  data: Uint8Array;
} {
  const valueOffsets = new Int32Array(n + 1);
  const validity = new Uint8Array(Math.ceil(n / 8));
  let nullCount = 0;
  for (let row = 0; row < n; row++) {
    const size = sizeOf(row);
    if (size === null) nullCount++;
    else validity[row >> 3] |= 1 << (row & 7);
    valueOffsets[row + 1] = valueOffsets[row] + (size ?? 0);
  }
  return {
    valueOffsets,
    nullCount,
    nullBitmap: nullCount === 0 ? undefined : validity,
    data: new Uint8Array(valueOffsets[n]),
  };
}

/** A string literal. Only the quote is special. */
export function sqlString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A list for IN; never empty. */
export function sqlList(values: readonly string[]): string {
  return `(${values.map(sqlString).join(', ')})`;
}
