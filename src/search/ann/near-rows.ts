/**
 * The dense leg through a graph of near neighbors: the graph names candidates, and these alone are read, fused as the question
 * asks and scored exactly. A score is that of the exact search to the bit; only rows that the graph does not name are missing.
 * Knows no file and no text.
 */
import { fuse, type LanguageSum } from '../../augment/fuse.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { product } from '../exact/javascript-scanner.js';
import { type Augmentation, policyWeights, type SearchRequest } from '../request.js';
import type { Snapshot } from '../snapshot.js';
import { type RankedRows, sortRows } from '../top-k.js';
import type { Graph } from './graph.js';

/** Single rows, for snapshots that can read them without the others. */
export interface RowSource {
  /**
   * Vectors of the passages and the sums of their queries in some languages, in the order of the rows.
   * @returns (rows x dim) each; a zero row where a passage has no queries in a language
   */
  rowVectors(
    rows: Uint32Array,
    languages: readonly string[],
  ): Promise<{ passages: Float32Array; sums: ReadonlyMap<string, Float32Array> }>;
}

export interface NearOptions {
  readonly graph: Graph;
  /** Rows that are asked of the graph, at least. */
  readonly candidates: number;
}

/** So few rows pass a filter that all of them are scored. */
const FEW_ROWS = 8192;
/** A filter may make a graph yield so much of the index; beyond, a scan is quicker. */
const LARGEST_SHARE = 0.1;
/** Candidates for each row of the list. */
const OVERSAMPLE = 2;

export class NearRows {
  readonly #snapshot: Snapshot & RowSource;
  readonly #graph: Graph;
  readonly #candidates: number;

  constructor(snapshot: Snapshot & RowSource, { graph, candidates }: NearOptions) {
    this.#snapshot = snapshot;
    this.#graph = graph;
    this.#candidates = candidates;
  }

  /**
   * Rows among which the best are looked for; null where a scan of everything is better.
   * @param vector (dim), not zero
   * @param depth length of the list that is wanted
   */
  rowsFor(vector: Float32Array, depth: number, mask: Uint8Array | null): Uint32Array | null {
    const n = this.#snapshot.ids.length;
    const wanted = Math.max(this.#candidates, OVERSAMPLE * depth);
    if (mask === null) return wanted >= n ? null : this.#graph.search(vector, wanted).sort();
    const passing = rowsOf(mask);
    if (passing.length <= FEW_ROWS) return passing;
    const asked = Math.ceil((wanted * n) / passing.length);
    if (asked > LARGEST_SHARE * n) return null;
    const found = this.#graph.search(vector, asked).filter((row) => mask[row] !== 0).sort();
    return found.length < depth ? null : found;
  }

  /**
   * The exact scores of rows for a request, as its own search would give them.
   * @param augmentation null: without generated queries
   * @returns (rows)
   */
  async scores(
    request: Pick<SearchRequest, 'languages'>,
    augmentation: Augmentation | null,
    vector: Float32Array,
    rows: Uint32Array,
  ): Promise<Float64Array> {
    const { dim, queryLanguages, queriesPerLanguage } = this.#snapshot;
    const asked = request.languages.filter(({ weight }) => weight > 0);
    const parts = asked.map(({ lang, weight }) => ({
      weight,
      languages: usedLanguages(augmentation, lang, queryLanguages),
    }));
    const needed = [...new Set(parts.flatMap(({ languages }) => languages.map(({ lang }) => lang)))].sort();
    const { passages, sums } = await this.#snapshot.rowVectors(rows, needed);
    const scores = new Float64Array(rows.length);
    for (const { weight, languages } of parts) {
      const fused =
        languages.length === 0
          ? passages
          : fuse(passages, languageSums(languages, sums, queriesPerLanguage), { ...augmentation!, dim });
      for (let i = 0; i < rows.length; i++) scores[i] += weight * product(vector, fused, i * dim);
    }
    return scores;
  }

  /** The best of some rows. */
  static best(rows: Uint32Array, scores: Float64Array, k: number, rank: Uint32Array): RankedRows {
    return sortRows(rows, scores, k, rank);
  }
}

/** Languages whose sums count for a question in `asker`; none: the passages themselves. */
function usedLanguages(
  augmentation: Augmentation | null,
  asker: string,
  queryLanguages: readonly string[],
): readonly LanguageWeight[] {
  if (augmentation === null || augmentation.alpha === 0) return [];
  return policyWeights(augmentation.languages, asker, queryLanguages).filter(
    ({ lang, weight }) => weight > 0 && queryLanguages.includes(lang),
  );
}

function languageSums(
  languages: readonly LanguageWeight[],
  sums: ReadonlyMap<string, Float32Array>,
  queries: number,
): LanguageSum[] {
  return languages.map(({ lang, weight }) => ({ lang, sums: sums.get(lang)!, weight, queries }));
}

function rowsOf(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (const bit of mask) if (bit !== 0) count++;
  const rows = new Uint32Array(count);
  let next = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row] !== 0) rows[next++] = row;
  return rows;
}
