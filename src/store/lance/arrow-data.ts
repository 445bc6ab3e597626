/**
 * Columns of Arrow from arrays of values. Buffers are built whole, because Arrow's own builders
 * take a call per value.
 */
import { createRequire } from 'node:module';
import type * as Arrow from 'apache-arrow';

/**
 * Apache Arrow in the copy that LanceDB loads: its modules in the other format would be a second
 * one, and take a tenth of a second.
 */
export const arrow = createRequire(import.meta.url)('apache-arrow') as typeof Arrow;

/** A column of numbers of one size, none of them null. */
export function numbers<T extends Arrow.Float32 | Arrow.Int32>(
  type: T,
  data: T['TArray'],
): Arrow.Data<T> {
  // The overloads of makeData take one type each.
  const props = { type, length: data.length, nullCount: 0, data };
  return arrow.makeData(props as never) as unknown as Arrow.Data<T>;
}

/** A column of values of any length; null where there is none. */
export function variableData(
  type: Arrow.Utf8 | Arrow.Binary,
  values: readonly (Uint8Array | null)[],
): Arrow.Data {
  const cells = variableBuffers(values.length, (row) => values[row]?.length ?? null);
  values.forEach((value, row) => {
    if (value !== null) cells.data.set(value, cells.valueOffsets[row]);
  });
  return type instanceof arrow.Utf8
    ? arrow.makeData({ type, length: values.length, ...cells })
    : arrow.makeData({ type, length: values.length, ...cells });
}

/** Room for `n` values of the given sizes in bytes. */
export function variableBuffers(
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
