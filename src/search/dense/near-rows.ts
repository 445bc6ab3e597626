/**
 * The dense leg through a graph of near neighbors: the graph names candidates, and these alone are
 * read, fused as the question asks and scored exactly. A score is that of the exact search to the
 * bit; only rows that the graph does not name are missing.
 */

import { cancellationPoint } from '../../base/abort.js';
import type { Graph } from '../../indexing/ann/graph.js';
import type { RowSource } from '../../indexing/ann/rows.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Augmentation, SearchRequest } from '../request.js';
import { sortRows } from '../top-k.js';
import type { DenseList } from './exact-search.js';
import { comparedParts } from './questions.js';
import { RowScorer } from './row-scorer.js';

export interface NearOptions {
  readonly graph: Graph;
  readonly source: RowSource;
  /** Rows that the graph looks at, at least. */
  readonly expansion: number;
  /** Rows of these that are scored exactly, at least. */
  readonly candidates: number;
}

/** A question of the dense leg. */
export interface NearQuestion {
  readonly request: Pick<SearchRequest, 'languages' | 'mask'>;
  /** null: without generated queries */
  readonly augmentation: Augmentation | null;
  /** (dim), not zero */
  readonly vector: Float32Array;
  /** Length of the list that is wanted. */
  readonly depth: number;
}

/** So few rows pass a filter that all of them are scored. */
const FEW_ROWS = 8192;
/** A filter may make a graph yield so much of the index; beyond, a scan is quicker. */
const LARGEST_SHARE = 0.1;
/** Candidates for each row of the list. */
const OVERSAMPLE = 2;
/** Rows between two stops. */
const SCORED_TOGETHER = 512;

export class NearRows {
  readonly #snapshot: Snapshot;
  readonly #graph: Graph;
  readonly #source: RowSource;
  readonly #expansion: number;
  readonly #candidates: number;

  constructor(snapshot: Snapshot, { graph, source, expansion, candidates }: NearOptions) {
    this.#snapshot = snapshot;
    this.#graph = graph;
    this.#source = source;
    this.#expansion = expansion;
    this.#candidates = candidates;
  }

  /**
   * How the best are looked for: among `candidates` of the graph, among `all` rows that pass the
   * filter, or by a `scan` of everything.
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
   * The best of the rows that the graph names, with exact scores; null where a scan of everything
   * is better.
   * @param rank (n) of `rankOfIds`
   */
  async list(
    question: NearQuestion,
    rank: Uint32Array,
    signal?: AbortSignal,
  ): Promise<DenseList | null> {
    const { request, augmentation, vector, depth } = question;
    const rows = this.#rowsFor(vector, depth, request.mask ?? null);
    if (rows === null) return null;
    const scorer = this.scorer(request, augmentation, vector);
    const scores = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      if (i > 0 && i % SCORED_TOGETHER === 0) await cancellationPoint(signal);
      scores[i] = scorer.score(rows[i]);
    }
    return { list: sortRows(rows, scores, depth, rank), score: (row) => scorer.score(row) };
  }

  /** Exact scores of any rows for a question. */
  scorer(
    { languages }: Pick<SearchRequest, 'languages'>,
    augmentation: Augmentation | null,
    vector: Float32Array,
  ): RowScorer {
    const parts = comparedParts(languages, augmentation, this.#snapshot.queryLanguages);
    return new RowScorer(this.#source, vector, parts, augmentation, this.#snapshot);
  }

  /** (dim): e(p) of one passage. */
  passage(row: number): Float32Array {
    const vector = new Float32Array(this.#snapshot.dim);
    this.#source.passage(row, vector);
    return vector;
  }

  #rowsFor(vector: Float32Array, depth: number, mask: Uint8Array | null): Uint32Array | null {
    const way = this.way(depth, mask);
    if (way === 'scan') return null;
    if (way === 'all') return rowsOf(mask!);
    const passing = mask === null ? this.#snapshot.ids.length : passingRows(mask);
    const found = this.#graph.search(vector, this.#asked(depth, passing), this.#expansion);
    // Ascending: neighbors in a file are read together.
    if (mask === null) return found.sort();
    const rows = found.filter((row) => mask[row] !== 0).sort();
    return rows.length < depth ? null : rows;
  }

  /** Rows to ask of the graph, so that enough of them pass the filter. */
  #asked(depth: number, passing: number): number {
    const wanted = Math.max(this.#candidates, OVERSAMPLE * depth);
    return Math.ceil((wanted * this.#snapshot.ids.length) / passing);
  }
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

/** The rows with the best scores of many that come in blocks. */
export class BestRows {
  readonly #k: number;
  #kept: { row: number; score: number }[] = [];
  #floor = -Infinity;

  constructor(k: number) {
    this.#k = k;
  }

  /** @param scores of the rows from `firstRow` on */
  add(firstRow: number, scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] <= this.#floor) continue;
      this.#kept.push({ row: firstRow + i, score: scores[i] });
      if (this.#kept.length >= 4 * this.#k) this.#prune();
    }
  }

  /** Best first, equal scores by row. */
  rows(): Uint32Array {
    this.#prune();
    return Uint32Array.from(this.#kept, ({ row }) => row);
  }

  #prune(): void {
    this.#kept.sort((a, b) => b.score - a.score || a.row - b.row);
    this.#kept = this.#kept.slice(0, this.#k);
    if (this.#kept.length === this.#k) this.#floor = this.#kept[this.#k - 1].score;
  }
}
