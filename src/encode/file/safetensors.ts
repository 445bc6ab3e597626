/** The header of a safetensors file of any size (https://github.com/huggingface/safetensors). */
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { fileError, type MatrixLayout, readBytes } from './matrix-file.js';
import type { FloatType } from './numbers.js';

const TYPES: Readonly<Record<string, FloatType>> = { F16: 'f2', F32: 'f4', F64: 'f8' };
/** The format's own limit of a header, in bytes. */
const LARGEST_HEADER = 100_000_000;

const tensor = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Finds the only matrix of floating-point numbers, or the one that is named. Throws
 * XQG_VECTOR_FILE.
 *
 * @param name of the tensor; undefined: there is only one
 */
export async function safetensorsLayout(
  path: string,
  handle: FileHandle,
  size: number,
  name: string | undefined,
): Promise<MatrixLayout> {
  if (size < 8) throw fileError(path, 'it is truncated: it is shorter than a header');
  const length = Number(Buffer.from(await readBytes(handle, 0, 8)).readBigUInt64LE());
  if (length > LARGEST_HEADER) throw fileError(path, 'it is not safetensors');
  if (8 + length > size) throw fileError(path, 'it is truncated: it ends within its header');
  const { __metadata__: _, ...entries } = parseHeader(path, await readBytes(handle, 8, length));
  const tensors = Object.entries(entries).flatMap(([key, value]) => {
    const parsed = tensor.safeParse(value);
    if (!parsed.success) throw fileError(path, `its header is damaged at the tensor "${key}"`);
    return { key, ...parsed.data };
  });
  const names = tensors.map(({ key }) => key).join(', ') || 'none';
  const fitting = tensors.filter(({ key, dtype, shape }) =>
    name === undefined ? dtype in TYPES && shape.length === 2 : key === name,
  );
  if (fitting.length !== 1) {
    const wanted =
      name === undefined ? 'one matrix of F16, F32 or F64 is needed' : `there is no "${name}"`;
    throw fileError(path, `${wanted}; its tensors are ${names} (name one with "tensor")`);
  }
  const [{ key, dtype, shape, data_offsets: range }] = fitting;
  if (!(dtype in TYPES) || shape.length !== 2) {
    throw fileError(
      path,
      `the tensor "${key}" is ${dtype} with ${shape.length} dimensions, not a matrix of F16, F32 or F64`,
    );
  }
  const [rows, dim] = shape;
  return { offset: 8 + length + range[0], type: TYPES[dtype], rows, dim, ids: null };
}

function parseHeader(path: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw fileError(path, 'it is not safetensors: its header is not a JSON object');
}
