/**
 * What can be said of a generated query, as numbers in [0, 1], more being better. Scored once and kept; which ones are good
 * enough is decided later. A scorer knows no threshold and no encoder.
 */
import type { GeneratorInput } from '../generator.js';

export interface QueryScorer {
  readonly name: string;
  /** Changes with what it answers: kept scores of another version are not used. */
  readonly version: string;
  /** What it looks at besides passage and queries; part of the identity of what it filters. */
  readonly over?: string;
  /** One score a query, in their order. */
  score(passage: GeneratorInput, lang: string, queries: readonly string[]): Promise<number[]>;
}
