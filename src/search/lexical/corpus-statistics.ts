/** What BM25 must know of all passages where only some are at hand. Holds no logic. */
import type { AskedTerm } from './explanation.js';
import type { LexicalMode, LexicalView } from './view.js';

export interface CorpusStatistics {
  /** N */
  readonly passages: number;
  /** @param expected see `ViewSettings.expectedDf` */
  documentFrequency(asked: AskedTerm, expected: boolean): number;
  /** True if some passage has drawn queries in `lang`. */
  hasDrawn(lang: string): boolean;
  averageLength(view: LexicalView, mode: LexicalMode): number;
}
