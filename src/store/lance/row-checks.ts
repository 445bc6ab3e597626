/**
 * A checksum of every cell, in a column of each row, by which whatever reads a row sees that the
 * disk changed it: CRC-32 finds every single flipped bit. The files as a whole have a sha256, which
 * only `xqg doctor` compares.
 */
import { crc32 } from 'node:zlib';
import type * as Arrow from 'apache-arrow';
import { XqgError } from '../../base/errors.js';
import { arrow, numbers } from './arrow-data.js';

export const CHECKS = 'checks';
/** Stands for a cell without a value. */
const NO_VALUE = 1;

const integer = new arrow.Int32();

function typeOf(columns: number): Arrow.FixedSizeList<Arrow.Int32> {
  return new arrow.FixedSizeList(columns, new arrow.Field('item', integer, false));
}

/** @param columns how many others there are */
export function checksField(columns: number): Arrow.Field {
  return new arrow.Field(CHECKS, typeOf(columns), false);
}

/** @param cells the other columns, in their order */
export function checksOf(cells: readonly Arrow.Data[], rows: number): Arrow.Data {
  const checks = new Int32Array(rows * cells.length);
  cells.forEach((data, c) => {
    for (let row = 0; row < rows; row++) checks[row * cells.length + c] = checkOf(data, row);
  });
  return arrow.makeData({
    type: typeOf(cells.length),
    length: rows,
    nullCount: 0,
    child: numbers(integer, checks),
  });
}

/**
 * Compares cells with their checksums.
 * @param batch with `CHECKS` among its columns
 * @param names the columns to compare
 * @param order of all columns but `CHECKS`
 * @param path of the table, for the message
 * @throws XqgError XQG_INDEX_DAMAGED
 */
export function verifyRows(
  batch: Arrow.RecordBatch,
  names: readonly string[],
  order: readonly string[],
  path: string,
): void {
  const [list] = batch.getChild(CHECKS)!.data;
  const checks = list.children[0].values as Int32Array;
  for (const name of names) {
    const c = order.indexOf(name);
    let row = 0;
    for (const data of batch.getChild(name)!.data) {
      for (let i = 0; i < data.length; i++, row++) {
        if (checkOf(data, i) === checks[row * order.length + c]) continue;
        const reason = `"${name}" of one of its rows is not what was written`;
        throw new XqgError('XQG_INDEX_DAMAGED', { path, reason });
      }
    }
  }
}

/** As a signed number of 32 bits. */
function checkOf(data: Arrow.Data, row: number): number {
  if (data.nullCount > 0 && !data.getValid(row)) return NO_VALUE;
  return crc32(bytesOf(data, row)) | 0;
}

/** The bytes of a text, of binary data, of a number or of a list of numbers. */
function bytesOf(data: Arrow.Data, row: number): Uint8Array {
  const { valueOffsets, values } = data;
  if (valueOffsets !== undefined)
    return (values as Uint8Array).subarray(valueOffsets[row], valueOffsets[row + 1]);
  if (arrow.DataType.isFixedSizeList(data.type)) {
    const { listSize } = data.type;
    return cells(data.children[0].values, row * listSize, listSize);
  }
  return cells(values, row, 1);
}

function cells(values: Float32Array | Int32Array, from: number, count: number): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  return new Uint8Array(values.buffer, values.byteOffset + from * size, count * size);
}
