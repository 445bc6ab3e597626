/** A matrix in a safetensors file of any size (https://github.com/huggingface/safetensors). */
import type { FileHandle } from 'node:fs/promises';
import { LENGTH_BYTES, parseHeader, type SafetensorsHeader } from '../../base/safetensors.js';
import {
  FLOAT_BYTES,
  type FloatType,
  fileError,
  type MatrixLayout,
  readBytes,
} from './matrix-file.js';

const TYPES: Readonly<Record<string, FloatType>> = { F16: 'f2', F32: 'f4', F64: 'f8' };
/** In bytes; the format allows 100 MB, which take ten times as much when they are read. */
const LARGEST_HEADER = 16e6;

/**
 * Finds the only matrix of floating-point numbers, or the one that is named.
 *
 * @param name of the tensor; undefined: there is only one
 * @throws XqgError XQG_VECTOR_FILE where the file is damaged or has no such matrix
 */
export async function safetensorsLayout(
  path: string,
  handle: FileHandle,
  size: number,
  name: string | undefined,
): Promise<MatrixLayout> {
  if (size < LENGTH_BYTES) throw fileError(path, 'it is truncated: it is shorter than a header');
  const length = Number(Buffer.from(await readBytes(handle, 0, LENGTH_BYTES)).readBigUInt64LE());
  if (length > LARGEST_HEADER) throw fileError(path, 'it is not safetensors');
  const first = LENGTH_BYTES + length;
  if (first > size) throw fileError(path, 'it is truncated: it ends within its header');
  let header: SafetensorsHeader;
  try {
    header = parseHeader(await readBytes(handle, LENGTH_BYTES, length));
  } catch (error) {
    throw fileError(path, (error as Error).message);
  }
  const tensors = Object.entries(header.tensors).map(([key, tensor]) => ({ key, ...tensor }));
  const names = tensors.map(({ key }) => key).join(', ') || 'none';
  const fitting = tensors.filter(({ key, dtype, shape }) =>
    name === undefined ? dtype in TYPES && shape.length === 2 : key === name,
  );
  if (fitting.length !== 1) {
    const problem =
      name === undefined ? 'one matrix of F16, F32 or F64 is needed' : `there is no "${name}"`;
    throw fileError(path, `${problem}; its tensors are ${names} (name one with "tensor")`);
  }
  const [{ key, dtype, shape, data_offsets: range }] = fitting;
  if (!(dtype in TYPES) || shape.length !== 2) {
    throw fileError(
      path,
      `the tensor "${key}" is ${dtype} with ${shape.length} dimensions, not a matrix of F16, F32 or F64`,
    );
  }
  const [rows, dim] = shape;
  const type = TYPES[dtype];
  if (range[1] - range[0] !== rows * dim * FLOAT_BYTES[type] || first + range[1] > size)
    throw fileError(
      path,
      `the tensor "${key}" does not fit its shape, or lies outside of the file`,
    );
  return { offset: first + range[0], type, rows, dim };
}
