/** Whether a search goes through the ANN index, and what people should know of it. Knows no graph. */
import { XqgError } from '../errors/error.js';
import { recallNear } from '../indexing/ann-record.js';
import type { SearchRequest } from '../search/request.js';
import type { OpenedIndex } from './opened-index.js';
import type { AnnUse, SearchOptions } from './search-types.js';

/** @throws XqgError XQG_ANN_MISSING, XQG_ANN_STALE, XQG_ANN_DAMAGED, XQG_ANN_PACKAGE where it is demanded */
export function usesAnn({ ann, snapshot: { dir } }: OpenedIndex, options: SearchOptions): boolean {
  if (options.ann === false) return false;
  if (ann !== null && ann.near !== null) return true;
  if (options.ann !== true) return false;
  throw ann?.problem ?? new XqgError('XQG_ANN_MISSING', { dir });
}

/** null where every passage that may be found is looked at. */
export function annUse({ ann, engine }: OpenedIndex, request: SearchRequest): AnnUse | null {
  if (ann === null || ann.near === null || request.exact || request.mode === 'lexical') return null;
  if (ann.near.way(engine.depth(request), request.mask ?? null) !== 'candidates') return null;
  const augmentation = request.augment ? engine.augmentation(request) : null;
  const { at10, alpha: measuredAlpha } = recallNear(ann.record, augmentation?.alpha ?? 0);
  const isMeasured = augmentation === null || augmentation.name === ann.record.profile;
  return { recall: isMeasured ? at10 : null, measuredAlpha, candidates: ann.record.candidates };
}

export function annWarnings({ ann }: OpenedIndex, options: SearchOptions): string[] {
  if (ann === null || ann.problem === null || options.ann === false) return [];
  return [`Searched exactly: ${ann.problem.message} ${ann.problem.remedy}`];
}
