/** ANN indexes as they are found beside an index, and used where they fit its rows. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { Graph } from '../../indexing/ann/graph.js';
import {
  type AnnRecord,
  annFolder,
  findAnnRecord,
  GRAPH_FILE,
  rowsOfVersion,
} from '../../indexing/ann/record.js';
import { AnnRows } from '../../indexing/ann/rows.js';
import type { IndexSnapshot } from '../../indexing/open.js';
import { NearRows } from '../dense/near-rows.js';

/** An ANN index as an opened version finds it. */
export interface OpenedAnn {
  readonly record: AnnRecord;
  /** null where it cannot be used. */
  readonly near: NearRows | null;
  /** Why it cannot be used: XQG_ANN_STALE, XQG_ANN_DAMAGED or XQG_ANN_PACKAGE; else null. */
  readonly problem: XqgError | null;
  close(): void;
}

/** The ANN index of a version; null if there is none. */
export async function openAnn(snapshot: IndexSnapshot): Promise<OpenedAnn | null> {
  const record = await findAnnRecord(snapshot.dir);
  if (record === null) return null;
  try {
    const graph = await openGraph(snapshot, record);
    const source = AnnRows.open(annFolder(snapshot.dir, record), snapshot);
    const { expansion, candidates } = record;
    const near = new NearRows(snapshot, { graph, source, expansion, candidates });
    return { record, near, problem: null, close: () => source.close() };
  } catch (problem) {
    if (!(problem instanceof XqgError)) throw problem;
    return { record, near: null, problem, close: () => undefined };
  }
}

async function openGraph(snapshot: IndexSnapshot, record: AnnRecord): Promise<Graph> {
  const { dir, dim } = snapshot;
  const rows = rowsOfVersion(snapshot);
  if (record.rows !== rows)
    throw new XqgError('XQG_ANN_STALE', { dir, built: record.rows, index: rows });
  const path = join(annFolder(dir, record), GRAPH_FILE);
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  if (size === record.graphBytes) return Graph.view(path, { dim, unitLength: record.unitLength });
  const reason =
    size < 0 ? 'its file is missing' : `it has ${size} bytes instead of ${record.graphBytes}`;
  throw new XqgError('XQG_ANN_DAMAGED', { path, reason });
}
