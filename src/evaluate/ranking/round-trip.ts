/**
 * Does a generated query find the passage that it was generated from? The score is the query's
 * product with its own passage less that with the best other one: above 0 exactly where its passage
 * is first. Scored once; thresholds are chosen later, as percentiles (Doc2Query--, arXiv
 * 2301.03266).
 */
import { BATCH_SCORES } from '../../search/dense/exact-search.js';
import type { Scanner } from '../../search/dense/scanner.js';
import type { ArtifactStore, Identity } from './artifact-store.js';
import { codeIdentity, RANKING_CODE } from './code-identity.js';
import type { Pool } from './pool.js';

export interface RoundTripOptions {
  readonly scanner: Scanner;
  readonly store: ArtifactStore;
  /** What makes the vectors and queries. */
  readonly identity: Identity;
}

/** (queries of the block): the score of every drawn query, in the order of `Block.drawn`. */
export function roundTripScores(
  pool: Pool,
  place: number,
  lang: string,
  drawn: number,
  { scanner, store, identity }: RoundTripOptions,
): Promise<Float32Array> {
  const key = {
    ...identity,
    pool: pool.blocks.map(({ block }) => block.passages.digest),
    block: place,
    lang,
    drawn,
    code: codeIdentity(RANKING_CODE),
  };
  return store.floats('round-trip', key, async () => {
    const { block } = pool.blocks[place];
    const [passages, queries] = [await pool.vectors(), await block.drawnVectors(lang, drawn)];
    const { starts } = await block.drawn(lang, drawn);
    const firstRow = pool.blocks.slice(0, place).reduce((sum, each) => sum + each.block.size, 0);
    const n = pool.ids.length;
    const { dim } = pool;
    const scores = new Float32Array(starts[starts.length - 1]);
    const size = Math.max(1, Math.floor(BATCH_SCORES / n));
    let row = 0;
    for (let from = 0; from < scores.length; from += size) {
      const count = Math.min(size, scores.length - from);
      const products = await scanner.scan(
        queries.slice(from * dim, (from + count) * dim),
        passages,
        dim,
      );
      for (let i = 0; i < count; i++) {
        while (starts[row + 1] <= from + i) row++;
        scores[from + i] = marginOf(products.subarray(i * n, (i + 1) * n), firstRow + row);
      }
    }
    return scores;
  });
}

function marginOf(products: Float32Array, own: number): number {
  let best = -Infinity;
  for (let other = 0; other < products.length; other++) {
    if (other !== own && products[other] > best) best = products[other];
  }
  return best === -Infinity ? products[own] : products[own] - best;
}
