/**
 * A matrix of vectors in a file of another tool: where its numbers lie, and the reading of rows.
 * Files of any size: rows are read where they are needed.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';

/** As NumPy names them, without byte order. */
export type FloatType = 'f2' | 'f4' | 'f8';

/** Bytes of a number. */
export const FLOAT_BYTES: Readonly<Record<FloatType, number>> = { f2: 2, f4: 4, f8: 8 };

/** Where a matrix lies in its file: row-major, little-endian. */
export interface MatrixLayout {
  /** Of the first number, in bytes. */
  readonly offset: number;
  readonly type: FloatType;
  readonly rows: number;
  readonly dim: number;
}

/** Numbers of a row, of which one at least is in memory. */
const MOST_DIMENSIONS = 65_536;

/** Bytes of rows that are read at once. */
export const CHUNK_BYTES = 8 * 2 ** 20;

export class MatrixFile {
  private constructor(
    readonly path: string,
    readonly layout: MatrixLayout,
    /** Of the whole file, in bytes. */
    readonly size: number,
    readonly handle: FileHandle,
  ) {}

  /**
   * @param read finds the matrix
   * @throws XqgError XQG_VECTOR_FILE where the file is missing, has no such matrix, or ends
   * before its matrix does
   */
  static async open(
    path: string,
    read: (handle: FileHandle, size: number) => Promise<MatrixLayout>,
  ): Promise<MatrixFile> {
    const handle = await openFile(path);
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) throw fileError(path, 'it is not a regular file');
      const { size } = facts;
      const layout = await read(handle, size);
      const { offset, rows, dim, type } = layout;
      const end = offset + rows * dim * FLOAT_BYTES[type];
      if (end > size) {
        const reason = `it has ${size} bytes, but ${rows} rows of ${dim} numbers (${type}) would end at ${end}`;
        throw fileError(path, `it is truncated: ${reason}`);
      }
      if (dim === 0) throw fileError(path, 'its rows have no numbers');
      if (dim > MOST_DIMENSIONS)
        throw fileError(path, `its rows have more than ${MOST_DIMENSIONS} numbers`);
      return new MatrixFile(path, layout, size, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** (count x dim), row-major: the rows from `first`. */
  async read(first: number, count: number): Promise<Float32Array> {
    const { offset, type, dim } = this.layout;
    const rowBytes = dim * FLOAT_BYTES[type];
    return toFloat32(
      await readBytes(this.handle, offset + first * rowBytes, count * rowBytes),
      type,
    );
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // A pipe would wait for its other end.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fileError(path, code === 'ENOENT' ? 'there is no such file' : message);
  }
}

/**
 * Little-endian numbers to float32. Float64 is rounded; what is beyond float32 becomes infinite.
 *
 * @param bytes a whole number of numbers
 */
export function toFloat32(bytes: Uint8Array, type: FloatType): Float32Array {
  // A copy: typed arrays must start on a multiple of their element size, which bytes of a file do
  // not promise.
  const aligned = bytes.slice().buffer;
  if (type === 'f4') return new Float32Array(aligned);
  if (type === 'f8') return Float32Array.from(new Float64Array(aligned));
  const halves = new Uint16Array(aligned);
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = HALF[halves[i]];
  return out;
}

/** Every float16 (IEEE 754 binary16) as float32, by its bits. */
const HALF = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** @throws RangeError if the file ends before */
export async function readBytes(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await handle.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new RangeError(`the file ends at byte ${position + read}`);
    read += bytesRead;
  }
  return bytes;
}

export function fileError(file: string, reason: string): XqgError {
  return new XqgError('XQG_VECTOR_FILE', { file, reason });
}
