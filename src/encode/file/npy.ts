/**
 * NumPy's .npy (format 1 to 3,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
import type { FileHandle } from 'node:fs/promises';
import { fileError, type MatrixLayout, readBytes } from './matrix-file.js';
import type { FloatType } from './numbers.js';

const MAGIC = '\x93NUMPY';

/**
 * Finds the matrix of a .npy file.
 * @throws XqgError XQG_VECTOR_FILE
 */
export async function npyLayout(
  path: string,
  handle: FileHandle,
  size: number,
): Promise<MatrixLayout> {
  const start = Buffer.from(await readBytes(handle, 0, Math.min(size, 12)));
  if (start.length < 12 || start.toString('latin1', 0, 6) !== MAGIC)
    throw fileError(path, 'it is not .npy');
  const version = start[6];
  if (version < 1 || version > 3)
    throw fileError(path, `it has .npy format ${version}; known are 1 to 3`);
  const lengthBytes = version === 1 ? 2 : 4;
  const length = start.readUIntLE(8, lengthBytes);
  const offset = 8 + lengthBytes + length;
  if (offset > size) throw fileError(path, 'it is truncated: it ends within its header');
  const header = Buffer.from(await readBytes(handle, 8 + lengthBytes, length)).toString('latin1');
  const field = (pattern: RegExp) => pattern.exec(header)?.[1];
  const descr = field(/'descr'\s*:\s*'([^']*)'/);
  const shape = field(/'shape'\s*:\s*\(([^)]*)\)/);
  const order = field(/'fortran_order'\s*:\s*(True|False)/);
  if (shape === undefined || order === undefined) throw fileError(path, 'its header is damaged');
  const sizes = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return arrayLayout(path, {
    descr: descr ?? 'a structure',
    shape: sizes,
    fortran: order === 'True',
    offset,
  });
}

/** An array as NumPy describes it, in a .npy file or a pickle. */
export interface NumpyArray {
  /** Byte order and type, e.g. `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** True: column-major. */
  readonly fortran: boolean;
  /** Of the first number in the file, in bytes. */
  readonly offset: number;
}

/**
 * @throws XqgError XQG_VECTOR_FILE for an array that is not a row-major, little-endian matrix of
 * floating-point numbers
 */
export function arrayLayout(
  path: string,
  { descr, shape, fortran, offset }: NumpyArray,
): MatrixLayout {
  const [, type] = /^<(f[248])$/.exec(descr) ?? [];
  if (type === undefined) {
    const remedy = 'float16, float32 and float64 are read, little-endian';
    throw fileError(path, `its numbers are ${descr}; ${remedy}`);
  }
  if (shape.length !== 2) {
    throw fileError(
      path,
      `it is an array of ${shape.length} dimensions; a matrix (rows x numbers) is read`,
    );
  }
  const [rows, dim] = shape;
  if (fortran && rows > 1 && dim > 1) throw fileError(path, 'it is column-major (Fortran order)');
  if (![rows, dim].every(Number.isSafeInteger)) throw fileError(path, 'its shape is damaged');
  return { offset, type: type as FloatType, rows, dim, ids: null };
}
