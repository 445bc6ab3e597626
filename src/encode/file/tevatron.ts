/** Tevatron's encodings: a pickle of (array, ids). */
import type { FileHandle } from 'node:fs/promises';
import { fileError, type MatrixLayout } from './matrix-file.js';
import { arrayLayout } from './npy.js';
import { PickledArray, readPickle } from './pickle.js';

/**
 * Finds the matrix and its ids.
 * @throws XqgError XQG_VECTOR_FILE
 */
export async function tevatronLayout(
  path: string,
  handle: FileHandle,
  size: number,
): Promise<MatrixLayout> {
  const value = await readPickle(path, handle, size);
  const [array, ids] = Array.isArray(value) && value.length === 2 ? value : [];
  if (!(array instanceof PickledArray) || array.array === null || !Array.isArray(ids)) {
    throw fileError(path, 'it does not hold (array, ids) as Tevatron writes them');
  }
  const bad = ids.findIndex((id) => typeof id !== 'string' && typeof id !== 'number');
  if (bad >= 0)
    throw fileError(path, `id ${bad} (counted from 0) is neither text nor a whole number`);
  return { ...arrayLayout(path, array.array), ids: ids.map(String) };
}
