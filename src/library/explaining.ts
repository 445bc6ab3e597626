/** Why a passage is found. */
import type { Makers } from './makers.js';
import type { OpenedIndex } from './opened-index.js';
import type { SearchOptions } from './search-types.js';
export interface ExplainedPassage {
  readonly id: string;
}
export async function explainPassage(
  _o: OpenedIndex,
  _m: Makers,
  _q: string,
  id: string,
  _options: SearchOptions,
): Promise<ExplainedPassage> {
  return { id };
}
