/** What a row of an ANN index takes. Knows no index of passages. */
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XqgError } from '../errors/error.js';
import { Graph } from '../search/ann/graph.js';
import { Stopwatch } from './stopwatch.js';

export interface GraphRate {
  /** Of one row, added to a graph of `rows`. */
  readonly seconds: number;
  /** Of one row on disk, without its vector. */
  readonly bytes: number;
  readonly rows: number;
}

/** null where no graph can be built: its package is not installed. */
export async function measureGraph(
  vectors: readonly Float32Array[],
  dim: number,
  unitLength: boolean,
): Promise<GraphRate | null> {
  const path = join(tmpdir(), `xqg-plan-${process.pid}.usearch`);
  try {
    const graph = await Graph.create({ dim, unitLength });
    const half = vectors.length >> 1;
    const matrix = (rows: readonly Float32Array[]): Float32Array => {
      const joined = new Float32Array(rows.length * dim);
      for (const [i, row] of rows.entries()) joined.set(row, i * dim);
      return joined;
    };
    graph.add(0, matrix(vectors.slice(0, half)));
    const rest = matrix(vectors.slice(half));
    const began = new Stopwatch();
    graph.add(half, rest);
    const seconds = began.seconds / (vectors.length - half);
    graph.save(path);
    const bytes = (await stat(path)).size / vectors.length - dim * (unitLength ? 1 : 2);
    return { seconds, bytes, rows: vectors.length };
  } catch (error) {
    if (error instanceof XqgError && error.code === 'XQG_ANN_PACKAGE') return null;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}
