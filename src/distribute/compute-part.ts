/**
 * The rows of one part, computed as `xqg index` alone computes them: the same queue of passages, with memory in place of the
 * store. Knows neither storage nor job queue.
 */

import type { RowMakers } from '../indexing/compute.js';
import { RowQueue } from '../indexing/row-queue.js';
import type { IndexedPassage, StoreShape } from '../store/store.js';
import type { PartDocument } from './part-input.js';
import type { PartFailure, PartRows } from './part-rows.js';

/** Passages that are encoded together: as in `xqg index` alone. */
const COMPUTED_TOGETHER = 64;

/**
 * @param signal when aborted, nothing is returned
 * @throws XqgError what encoder and generator throw; the signal's reason
 */
export async function computePart(
  documents: readonly PartDocument[],
  makers: RowMakers,
  shape: StoreShape,
  signal?: AbortSignal,
): Promise<PartRows> {
  const rows: IndexedPassage[] = [];
  const failures: PartFailure[] = [];
  const sink = {
    shape,
    upsert: async (passages: readonly IndexedPassage[]) => {
      for (const passage of passages) rows.push(passage);
    },
  };
  const queue = new RowQueue(sink, makers, {
    writeRows: Number.POSITIVE_INFINITY,
    computeRows: COMPUTED_TOGETHER,
    onWritten: async () => undefined,
    onFailure: (path, { code, details }) => failures.push({ path, code, details }),
    onComputed: () => signal?.throwIfAborted(),
  });
  for (const { hash, passages } of documents) {
    signal?.throwIfAborted();
    await queue.add(passages, hash, true);
  }
  await queue.finish();
  return { rows, documents: documents.length - failures.length, failures };
}
