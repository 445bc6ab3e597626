/**
 * NumPy's .npy (format 1 to 3,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
import type { FileHandle } from 'node:fs/promises';
import { type FloatType, fileError, type MatrixLayout, readBytes } from './matrix-file.js';

const MAGIC = '\x93NUMPY';
/** In bytes; NumPy itself refuses more than 10,000. */
const LARGEST_HEADER = 65_536;

/**
 * Finds the matrix of a .npy file.
 * @throws XqgError XQG_VECTOR_FILE for anything but a row-major, little-endian matrix of
 * floating-point numbers
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
  if (length > LARGEST_HEADER) throw fileError(path, 'its header is longer than one of a matrix');
  const offset = 8 + lengthBytes + length;
  if (offset > size) throw fileError(path, 'it is truncated: it ends within its header');
  const header = Buffer.from(await readBytes(handle, 8 + lengthBytes, length)).toString('latin1');
  const field = (pattern: RegExp) => pattern.exec(header)?.[1];
  const descr = field(/'descr'\s*:\s*'([^']*)'/) ?? 'a structure';
  const shape = field(/'shape'\s*:\s*\(([^()]*)\)/);
  const order = field(/'fortran_order'\s*:\s*(True|False)/);
  if (shape === undefined || order === undefined) throw fileError(path, 'its header is damaged');
  const sizes = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const [, type] = /^<(f[248])$/.exec(descr) ?? [];
  if (type === undefined) {
    const remedy = 'float16, float32 and float64 are read, little-endian';
    throw fileError(path, `its numbers are ${descr}; ${remedy}`);
  }
  if (sizes.length !== 2) {
    const remedy = 'a matrix (rows x numbers) is read';
    throw fileError(path, `it is an array of ${sizes.length} dimensions; ${remedy}`);
  }
  const [rows, dim] = sizes;
  if (order === 'True' && rows > 1 && dim > 1)
    throw fileError(path, 'it is column-major (Fortran order)');
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw fileError(path, 'its shape is damaged');
  return { offset, type: type as FloatType, rows, dim };
}
