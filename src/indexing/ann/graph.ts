/**
 * A graph of near neighbors over rows (HNSW), by usearch: an optional peer, imported when it is
 * first needed. Vectors are kept in 8 bits where all have unit length, else in bfloat16: what it
 * finds are candidates, to be scored exactly elsewhere. Rows are added by one thread: with several
 * the graph would be another one each time.
 */
import type { Index, MetricKind, ScalarKind } from 'usearch';
import { XqgError } from '../../base/errors.js';
import { checkGraphFile } from './graph-file.js';

export interface GraphShape {
  readonly dim: number;
  /** True: every vector has unit length, or is zero. */
  readonly unitLength: boolean;
}

/** Neighbors of a row; candidates that are looked at when a row is added. */
export const CONNECTIVITY = 16;
export const EXPANSION_ADD = 128;

/** Names what made a graph, beside its rows. */
export function graphIdentity({ unitLength }: GraphShape): string {
  return `usearch hnsw ${unitLength ? 'i8' : 'bf16'} ip m${CONNECTIVITY} ef${EXPANSION_ADD}`;
}

export class Graph {
  readonly #index: Index;
  readonly #dim: number;

  private constructor(index: Index, dim: number) {
    this.#index = index;
    this.#dim = dim;
  }

  /** @throws XqgError XQG_ANN_PACKAGE */
  static async create(shape: GraphShape): Promise<Graph> {
    return new Graph(await newIndex(shape), shape.dim);
  }

  /**
   * Opens the file of `save`: the links of the graph are read and checked, its vectors only when
   * they are needed.
   * @param rows how many it has
   * @throws XqgError XQG_ANN_PACKAGE, XQG_ANN_DAMAGED
   */
  static async view(path: string, shape: GraphShape, rows: number): Promise<Graph> {
    const index = await newIndex(shape);
    try {
      await checkGraphFile(path, { ...shape, rows, connectivity: CONNECTIVITY });
      index.view(path);
    } catch (cause) {
      throw new XqgError('XQG_ANN_DAMAGED', { path, reason: (cause as Error).message }, { cause });
    }
    return new Graph(index, shape.dim);
  }

  get rows(): number {
    return Number(this.#index.size());
  }

  /**
   * Adds rows `firstRow` and on.
   * @param vectors (rows x dim), row-major
   */
  add(firstRow: number, vectors: Float32Array): void {
    const keys = BigUint64Array.from({ length: vectors.length / this.#dim }, (_, i) =>
      BigInt(firstRow + i),
    );
    this.#index.add(keys, vectors, 1);
  }

  /**
   * About the `count` rows whose products with the question are largest, largest first.
   * @param expansion rows that are looked at, at least; more find more of them
   */
  search(question: Float32Array, count: number, expansion: number): Uint32Array {
    const asked = Math.min(Math.max(count, expansion), Math.max(1, this.rows));
    const { keys } = this.#index.search(question, asked, 1);
    return Uint32Array.from(keys.subarray(0, count), Number);
  }

  save(path: string): void {
    this.#index.save(path);
  }
}

async function newIndex({ dim, unitLength }: GraphShape): Promise<Index> {
  let usearch: typeof import('usearch');
  try {
    usearch = await import('usearch');
  } catch (cause) {
    throw new XqgError(
      'XQG_ANN_PACKAGE',
      { reason: (cause as Error).message.split('\n')[0] },
      { cause },
    );
  }
  return new usearch.Index({
    dimensions: dim,
    metric: 'ip' as MetricKind,
    quantization: (unitLength ? 'i8' : 'bf16') as ScalarKind,
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION_ADD,
    // A search looks at as many rows as it is asked for.
    expansion_search: 1,
    multi: false,
  });
}
