/**
 * The dense leg by approximate nearest neighbors: a graph proposes candidates, and only these are
 * read, fused and scored exactly. Scores equal those of exact search bit for bit; only rows that
 * the graph does not propose are missing.
 */

import { cancellationPoint } from '../../base/abort.js';
import type { LanguageSums } from '../../encode/centroids.js';
import type { Graph } from '../../indexing/ann/graph.js';
import type { RowSource } from '../../indexing/ann/rows.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Augmentation, SearchRequest } from '../request.js';
import { sortRows } from '../top-k.js';
import type { DenseList } from './exact-search.js';
import { fusedPartsOf } from './questions.js';
import { RowScorer } from './row-scorer.js';
import type { SingleRowTerms } from './row-terms.js';

export interface NearOptions {
  readonly graph: Graph;
  readonly source: RowSource;
  /** Minimum number of rows that the graph search visits (ef). */
  readonly expansion: number;
  /** Minimum number of candidates that are scored exactly. */
  readonly candidates: number;
}

/** A question of the dense leg. */
export interface NearQuestion {
  readonly request: Pick<SearchRequest, 'languages' | 'mask'>;
  /** Null to ignore the generated queries. */
  readonly augmentation: Augmentation | null;
  /** (dim), not all zeros */
  readonly vector: Float32Array;
  readonly terms: SingleRowTerms;
  /** Length of the list. */
  readonly depth: number;
}

/** If at most this many rows pass the filter, all of them are scored. */
const FEW_ROWS = 8192;
/** If a filter requires a larger share of the index as candidates, a scan is faster. */
const MAX_CANDIDATE_SHARE = 0.1;
/** Candidates per row of the list. */
const OVERSAMPLE = 2;
/** Rows to score between two cancellation points. */
const ROWS_PER_STEP = 512;

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
   * How the best rows are found: among `candidates` of the graph, among `all` rows that pass the
   * filter, or by a `scan` of the whole matrix.
   * @param depth length of the list
   */
  way(depth: number, mask: Uint8Array | null): 'candidates' | 'all' | 'scan' {
    const n = this.#snapshot.ids.length;
    const passing = mask === null ? n : passingRows(mask);
    if (mask !== null && passing <= FEW_ROWS) return 'all';
    const needed = this.#candidatesFor(depth, passing);
    return needed >= n || (mask !== null && needed > MAX_CANDIDATE_SHARE * n)
      ? 'scan'
      : 'candidates';
  }

  /**
   * The best of the graph's candidates, with exact scores; null if a scan of the whole matrix is
   * better.
   * @param rank (n) as returned by `rankOfIds`
   */
  async list(
    question: NearQuestion,
    rank: Uint32Array,
    signal?: AbortSignal,
  ): Promise<DenseList | null> {
    const { depth } = question;
    const rows = this.#rowsFor(question);
    if (rows === null) return null;
    const scorer = this.scorer(question);
    const scores = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      if (i > 0 && i % ROWS_PER_STEP === 0) await cancellationPoint(signal);
      scores[i] = scorer.score(rows[i]);
    }
    return { list: sortRows(rows, scores, depth, rank), score: (row) => scorer.score(row) };
  }

  /** Exact scores of any rows for a question. */
  scorer({ request, augmentation, vector, terms }: Omit<NearQuestion, 'depth'>): RowScorer {
    const { queryLanguages } = this.#snapshot;
    return new RowScorer({
      source: this.#source,
      vector,
      parts: fusedPartsOf(request.languages, augmentation, queryLanguages),
      augmentation,
      terms,
      shape: this.#snapshot,
    });
  }

  /** True where the rows have sentences. */
  get hasSentences(): boolean {
    return this.#source.sentences !== undefined;
  }

  /** Of the vectors of all rows. */
  languageSums(): Promise<LanguageSums> {
    return this.#source.languageSums();
  }

  /** (dim): e(p) of one passage. */
  passage(row: number): Float32Array {
    const vector = new Float32Array(this.#snapshot.dim);
    this.#source.passage(row, vector);
    return vector;
  }

  #rowsFor({
    request: { mask = null },
    vector,
    terms: { centering },
    depth,
  }: NearQuestion): Uint32Array | null {
    const way = this.way(depth, mask);
    if (way === 'scan') return null;
    if (way === 'all') return rowsOf(mask!);
    const passing = mask === null ? this.#snapshot.ids.length : passingRows(mask);
    const n = this.#candidatesFor(depth, passing);
    const proposal = centering?.centering.proposal(vector, centering.weights) ?? vector;
    const candidates = this.#graph.search(proposal, n, this.#expansion);
    // In ascending order, so that rows that are adjacent in a file are read together.
    if (mask === null) return candidates.sort();
    const rows = candidates.filter((row) => mask[row] !== 0).sort();
    return rows.length < depth ? null : rows;
  }

  /** Number of candidates to request from the graph, so that enough of them pass the filter. */
  #candidatesFor(depth: number, passing: number): number {
    const target = Math.max(this.#candidates, OVERSAMPLE * depth);
    return Math.ceil((target * this.#snapshot.ids.length) / passing);
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

/** Collects the k rows with the best scores from blocks of rows. */
export class BestRows {
  readonly #k: number;
  #best: { row: number; score: number }[] = [];
  #floor = -Infinity;

  constructor(k: number) {
    this.#k = k;
  }

  /** @param scores of the rows from `firstRow` on */
  add(firstRow: number, scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] <= this.#floor) continue;
      this.#best.push({ row: firstRow + i, score: scores[i] });
      if (this.#best.length >= 4 * this.#k) this.#prune();
    }
  }

  /** Best first; ties by row. */
  rows(): Uint32Array {
    this.#prune();
    return Uint32Array.from(this.#best, ({ row }) => row);
  }

  #prune(): void {
    this.#best.sort((a, b) => b.score - a.score || a.row - b.row);
    this.#best = this.#best.slice(0, this.#k);
    if (this.#best.length === this.#k) this.#floor = this.#best[this.#k - 1].score;
  }
}
