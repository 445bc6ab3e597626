/** Whether a search goes through the ANN index, and what people should know of it. */
import { XqgError } from '../base/errors.js';
import { recallNear } from '../indexing/ann/record.js';
import type { SearchEngine } from './engine.js';
import type { OpenedAnn } from './opened/ann.js';
import type { AnnUse, SearchOptions } from './options.js';
import type { SearchRequest } from './request.js';

/** An index that may have an ANN index. */
interface AnnHolder {
  readonly ann?: OpenedAnn | null;
  readonly engine: Pick<SearchEngine, 'augmentation' | 'depth'>;
  readonly snapshot: { readonly dir: string };
}

/**
 * @throws XqgError XQG_ANN_MISSING, XQG_ANN_STALE, XQG_ANN_DAMAGED, XQG_ANN_PACKAGE where it is
 * demanded
 */
export function usesAnn(
  { ann = null, snapshot: { dir } }: AnnHolder,
  options: SearchOptions,
): boolean {
  if (options.ann === false) return false;
  if (ann !== null && ann.near !== null) return true;
  if (options.ann !== true) return false;
  throw ann?.problem ?? new XqgError('XQG_ANN_MISSING', { dir });
}

/** null where every passage that may be found is looked at. */
export function annUse({ ann = null, engine }: AnnHolder, request: SearchRequest): AnnUse | null {
  if (ann === null || ann.near === null || request.exact || request.mode === 'lexical') return null;
  if (ann.near.way(engine.depth(request), request.mask ?? null) !== 'candidates') return null;
  const augmentation = request.augment ? engine.augmentation(request) : null;
  const { at10, alpha: measuredAlpha } = recallNear(ann.record, augmentation?.alpha ?? 0);
  const isMeasured = augmentation === null || augmentation.name === ann.record.profile;
  return { recall: isMeasured ? at10 : null, measuredAlpha, candidates: ann.record.candidates };
}

export function annWarnings({ ann = null }: AnnHolder, options: SearchOptions): string[] {
  if (ann === null || ann.problem === null || options.ann === false) return [];
  return [`Searched exactly: ${ann.problem.message} ${ann.problem.remedy}`];
}
