/**
 * The dense leg through a graph of near neighbors: the graph names candidates, and these alone are read, fused as the question
 * asks and scored exactly. A score is that of the exact search to the bit; only rows that the graph does not name are missing.
 * Knows no file and no text.
 */
import { addWeighted, fuse, type LanguageSum } from '../../augment/fuse.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { product } from '../exact/javascript-scanner.js';
import { type Augmentation, policyWeights, type SearchRequest } from '../request.js';
import type { Snapshot } from '../snapshot.js';
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
  /** Rows that the graph looks at, at least. */
  readonly expansion: number;
  /** Rows of these that are scored exactly, at least. */
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
  readonly #expansion: number;
  readonly #candidates: number;

  constructor(snapshot: Snapshot & RowSource, { graph, expansion, candidates }: NearOptions) {
    this.#snapshot = snapshot;
    this.#graph = graph;
    this.#expansion = expansion;
    this.#candidates = candidates;
  }

  /**
   * How the best are looked for: among `candidates` of the graph, among `all` rows that pass the filter, or by a `scan` of
   * everything.
   * @param depth length of the list that is wanted
   */
  way(depth: number, mask: Uint8Array | null): 'candidates' | 'all' | 'scan' {
    const n = this.#snapshot.ids.length;
    const passing = mask === null ? n : passingRows(mask);
    if (mask !== null && passing <= FEW_ROWS) return 'all';
    const asked = this.#asked(depth, passing);
    return asked >= n || (mask !== null && asked > LARGEST_SHARE * n) ? 'scan' : 'candidates';
  }

  /**
   * Rows among which the best are; null where a scan of everything is better.
   * @param vector (dim), not zero
   */
  rowsFor(vector: Float32Array, depth: number, mask: Uint8Array | null): Uint32Array | null {
    const way = this.way(depth, mask);
    if (way === 'scan') return null;
    if (way === 'all') return rowsOf(mask!);
    const passing = mask === null ? this.#snapshot.ids.length : passingRows(mask);
    const found = this.#graph.search(vector, this.#asked(depth, passing), this.#expansion);
    if (mask === null) return found.sort();
    const rows = found.filter((row) => mask[row] !== 0).sort();
    return rows.length < depth ? null : rows;
  }

  /** (dim): e(p) of one passage. */
  async passageVector(row: number): Promise<Float32Array> {
    return (await this.#snapshot.rowVectors(Uint32Array.of(row), [])).passages;
  }

  /** Rows to ask of the graph, so that enough of them pass the filter. */
  #asked(depth: number, passing: number): number {
    const wanted = Math.max(this.#candidates, OVERSAMPLE * depth);
    return Math.ceil((wanted * this.#snapshot.ids.length) / passing);
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
    const parts = partsOf(request.languages, augmentation, queryLanguages);
    const needed = [...new Set(parts.flatMap(({ languages }) => languages.map(({ lang }) => lang)))].sort();
    const { passages, sums } = await this.#snapshot.rowVectors(rows, needed);
    const scores = new Float64Array(rows.length);
    for (const { weight, languages } of parts) {
      const fused =
        languages.length === 0
          ? passages
          : fuse(passages, [summed(languages, sums, queriesPerLanguage)], { ...augmentation!, dim });
      for (let i = 0; i < rows.length; i++) scores[i] += weight * product(vector, fused, i * dim);
    }
    return scores;
  }
}

interface Part {
  /** Languages whose sums count, in alphabetical order; none: the passages themselves. */
  readonly languages: readonly LanguageWeight[];
  readonly weight: number;
}

/** As the exact search has them: languages that see the same vectors share a part, so that sums round alike. */
function partsOf(
  asked: readonly LanguageWeight[],
  augmentation: Augmentation | null,
  queryLanguages: readonly string[],
): Part[] {
  const parts = new Map<string, Part>();
  for (const { lang, weight } of asked) {
    if (weight === 0) continue;
    const languages =
      augmentation === null || augmentation.alpha === 0
        ? []
        : policyWeights(augmentation.languages, lang, queryLanguages)
            .filter((each) => each.weight > 0 && queryLanguages.includes(each.lang))
            .sort((a, b) => (a.lang < b.lang ? -1 : 1));
    const key = JSON.stringify(languages.map((each) => [each.lang, each.weight]));
    parts.set(key, { languages, weight: weight + (parts.get(key)?.weight ?? 0) });
  }
  return [...parts.values()];
}

/** Several languages as one, as `FusedMatrices` sums them. */
function summed(
  languages: readonly LanguageWeight[],
  sums: ReadonlyMap<string, Float32Array>,
  queriesPerLanguage: number,
): LanguageSum {
  const [{ lang, weight }] = languages;
  if (languages.length === 1) return { lang, sums: sums.get(lang)!, weight, queries: queriesPerLanguage };
  const together = new Float32Array(sums.get(lang)!.length);
  let queries = 0;
  for (const each of languages) {
    addWeighted(together, sums.get(each.lang)!, each.weight);
    queries += each.weight * queriesPerLanguage;
  }
  return { lang: '', sums: together, weight: 1, queries };
}

function passingRows(mask: Uint8Array): number {
  let count = 0;
  for (const bit of mask) if (bit !== 0) count++;
  return count;
}

function rowsOf(mask: Uint8Array): Uint32Array {
  const rows = new Uint32Array(passingRows(mask));
  let next = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row] !== 0) rows[next++] = row;
  return rows;
}
