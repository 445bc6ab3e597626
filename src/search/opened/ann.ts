/** The ANN index of a version: opened where it fits the rows, and what a search says of it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { Graph } from '../../indexing/ann/graph.js';
import {
  type AnnRecord,
  annFolder,
  findAnnRecord,
  GRAPH_FILE,
  recallNear,
  rowsOfVersion,
} from '../../indexing/ann/record.js';
import { AnnRows, SMALL_FILES } from '../../indexing/ann/rows.js';
import { changedFiles } from '../../indexing/durability/checksums.js';
import type { IndexSnapshot } from '../../indexing/open.js';
import type { TermOptions } from '../dense/dense-leg.js';
import { NearRows } from '../dense/near-rows.js';
import type { SearchEngine } from '../engine.js';
import type { SearchOptions } from '../options.js';
import type { SearchRequest } from '../request.js';
import type { AnnUse } from '../result.js';

/** An ANN index beside the version that was opened. */
export interface OpenedAnn {
  /** null where it cannot be read. */
  readonly record: AnnRecord | null;
  /** null where it cannot be used. */
  readonly near: NearRows | null;
  /** Why it cannot be used: XQG_ANN_STALE, XQG_ANN_DAMAGED or XQG_ANN_PACKAGE; else null. */
  readonly problem: XqgError | null;
  close(): void;
}

/** A view of an index that may have an ANN index. */
interface View {
  readonly ann: OpenedAnn | null;
  readonly engine: SearchEngine;
  readonly snapshot: { readonly dir: string };
}

/** The ANN index of a version; null if there is none. */
export async function openAnn(snapshot: IndexSnapshot): Promise<OpenedAnn | null> {
  let record: AnnRecord | null = null;
  try {
    record = await findAnnRecord(snapshot.dir);
    if (record === null) return null;
    const folder = annFolder(snapshot.dir, record);
    const [changed] = await changedFiles(folder, (name) => SMALL_FILES.includes(name));
    if (changed !== undefined) {
      const reason = 'it is not as it was written';
      throw new XqgError('XQG_ANN_DAMAGED', { path: changed, reason });
    }
    const graph = await openGraph(snapshot, record);
    const source = AnnRows.open(folder, snapshot);
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
    (file) => file.size,
    () => -1,
  );
  if (size === record.graphBytes)
    return Graph.view(path, { dim, unitLength: record.unitLength }, snapshot.ids.length);
  const reason =
    size < 0 ? 'its file is missing' : `it has ${size} bytes instead of ${record.graphBytes}`;
  throw new XqgError('XQG_ANN_DAMAGED', { path, reason });
}

/**
 * True where the dense leg goes through the ANN index.
 * @throws XqgError XQG_ANN_MISSING, XQG_ANN_STALE, XQG_ANN_DAMAGED, XQG_ANN_PACKAGE where it must
 */
export function searchesAnn(
  { ann, snapshot: { dir } }: View,
  options: Pick<SearchOptions, 'ann'>,
): boolean {
  if (options.ann === false) return false;
  if (ann !== null && ann.near !== null) return true;
  if (options.ann !== true) return false;
  throw ann?.problem ?? new XqgError('XQG_ANN_MISSING', { dir });
}

/** How the dense leg of a request is answered; null where every passage is looked at. */
export function annUse({ ann, engine }: View, request: SearchRequest): AnnUse | null {
  if (
    ann === null ||
    ann.near === null ||
    ann.record === null ||
    request.exact ||
    request.mode === 'lexical'
  )
    return null;
  if (ann.near.way(engine.depth(request), request.mask ?? null) !== 'candidates') return null;
  const augmentation = request.augment ? engine.augmentation(request) : null;
  const { at10, alpha: measuredAlpha } = recallNear(ann.record, augmentation?.alpha ?? 0);
  const terms = (options: TermOptions): string => JSON.stringify(engine.denseTerms(options));
  const isMeasured =
    (augmentation === null || augmentation.name === ann.record.profile) &&
    terms(request) === terms({});
  return { recall: isMeasured ? at10 : null, measuredAlpha, candidates: ann.record.candidates };
}

export function annWarnings({ ann }: View, options: Pick<SearchOptions, 'ann'>): string[] {
  if (ann === null || ann.problem === null || options.ann === false) return [];
  return [`Searched exactly: ${ann.problem.message} ${ann.problem.remedy}`];
}
