/**
 * Builds a graph over the fused rows of a snapshot and measures, in the same pass, what exact
 * search would find, so that the number of candidates can be chosen for a recall. In memory are one
 * block of rows and the lists of the measured questions.
 */
import { fuse, type LanguageSum } from '../augment/fuse.js';
import type { AugmentationProfile } from '../augment/profiles.js';
import type { Graph } from '../indexing/ann/graph.js';
import type { LanguageWeight } from '../languages/terms.js';
import { BestRows } from './dense/near-rows.js';
import type { SingleRowTerms } from './dense/row-terms.js';
import type { Scanner } from './dense/scanner.js';

/** A way to fuse: alpha and the languages that count. */
export interface Formula extends Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'> {
  readonly languages: readonly LanguageWeight[];
}

export interface MeasuredQuestion {
  readonly lang: string;
  /** (dim), as it is compared. */
  readonly vector: Float32Array;
  /** (dim), as the graph is asked. */
  readonly proposal: Float32Array;
  /** What it is compared with, one entry for each alpha that is measured. */
  readonly formulas: readonly Formula[];
}

/** A block of rows in the order of the snapshot. */
export interface RowBlock {
  readonly firstRow: number;
  /** (rows x dim) */
  readonly passages: Float32Array;
  /** (rows x dim) by language; a zero row where there are none. */
  readonly sums: ReadonlyMap<string, Float32Array>;
  /** Of each row. */
  readonly langs: readonly string[];
  /** (sentences x dim) of all rows; null where they do not count. */
  readonly sentences: Float32Array | null;
  /** (rows + 1): sentences of row r are numbers starts[r] to starts[r + 1] - 1. */
  readonly starts: Uint32Array;
}

export interface BuildOptions {
  readonly dim: number;
  readonly queriesPerLanguage: number;
  readonly scanner: Pick<Scanner, 'scan'>;
  /** What the scores of searches count beside the fused rows. */
  readonly terms: SingleRowTerms;
  /** Is called with the number of rows added so far. */
  readonly onRows?: (rows: number) => void;
  readonly signal?: AbortSignal;
}

/** Length of the exact lists. */
const DEEPEST = 100;

/**
 * Adds every row to the graph as `formula` fuses it.
 * @returns the best rows by exact search: by question, then by its formulas
 */
export async function buildAndScan(
  graph: Graph,
  formula: Formula,
  blocks: AsyncIterable<RowBlock>,
  questions: readonly MeasuredQuestion[],
  { dim, queriesPerLanguage, scanner, terms, onRows, signal }: BuildOptions,
): Promise<BestRows[][]> {
  const lists = questions.map(({ formulas }) => formulas.map(() => new BestRows(DEEPEST)));
  const groups = byFormula(questions);
  const all = new Float32Array(questions.length * dim);
  questions.forEach(({ vector }, i) => {
    all.set(vector, i * dim);
  });
  const { centering } = terms;
  const offsets = questions.map(
    ({ vector }) => centering?.centering.offsets(vector, centering.weights) ?? null,
  );
  for await (const block of blocks) {
    const { firstRow, passages, sums } = block;
    signal?.throwIfAborted();
    const fused = (of: Formula): Float32Array =>
      fusedBlock(of, passages, sums, queriesPerLanguage, dim);
    graph.add(firstRow, fused(formula));
    const n = passages.length / dim;
    const beside = await termScores(all, offsets, block, { dim, scanner, terms });
    for (const { formula: of, members } of groups) {
      const vectors = new Float32Array(members.length * dim);
      for (const [i, { question }] of members.entries())
        vectors.set(questions[question].vector, i * dim);
      const scores = await scanner.scan(vectors, fused(of), dim);
      members.forEach(({ question, place }, i) => {
        const of = scores.subarray(i * n, (i + 1) * n);
        if (beside !== null) {
          const other = beside.subarray(question * n, (question + 1) * n);
          for (let r = 0; r < n; r++) of[r] = terms.fusedShare * of[r] + other[r];
        }
        lists[question][place].add(firstRow, of);
      });
    }
    onRows?.(firstRow + n);
  }
  return lists;
}

/**
 * (questions x rows) What the scores count beside the fused rows, whatever is fused: weighted best
 * sentences, and the terms of centering. Null where that is nothing.
 * @param queries (questions x dim)
 * @param offsets of each question by language; null: scores are not centered
 */
async function termScores(
  queries: Float32Array,
  offsets: readonly (ReadonlyMap<string, number> | null)[],
  { firstRow, passages, langs, sentences, starts }: RowBlock,
  { dim, scanner, terms }: Pick<BuildOptions, 'dim' | 'scanner' | 'terms'>,
): Promise<Float32Array | null> {
  const { sentenceWeight, fusedShare, centering } = terms;
  if (sentences === null && centering === null) return null;
  const rows = passages.length / dim;
  const count = queries.length / dim;
  const central = (row: number, vectors: Float32Array, at: number): number =>
    centering === null
      ? 0
      : centering.weights.centrality *
        centering.centering.centrality(firstRow + row, vectors.subarray(at * dim, (at + 1) * dim));
  const scores = new Float32Array(count * rows);
  const own = sentences && (await scanner.scan(queries, passages, dim));
  const total = sentences === null ? 0 : sentences.length / dim;
  const products = total > 0 ? await scanner.scan(queries, sentences!, dim) : null;
  for (let row = 0; row < rows; row++) {
    const ownCentrality = central(row, passages, row);
    const centralities = Array.from({ length: starts[row + 1] - starts[row] }, (_, i) =>
      central(row, sentences!, starts[row] + i),
    );
    for (let q = 0; q < count; q++) {
      let score = fusedShare * ownCentrality;
      if (own !== null) {
        let best = centralities.length === 0 ? own[q * rows + row] + ownCentrality : -Infinity;
        centralities.forEach((centrality, i) => {
          best = Math.max(best, products![q * total + starts[row] + i] + centrality);
        });
        score += sentenceWeight * best;
      }
      scores[q * rows + row] = score - (offsets[q]?.get(langs[row]) ?? 0);
    }
  }
  return scores;
}

/**
 * Share in [0, 1] of each exact list that the graph found too.
 * @param found rows by question
 * @param exact rows by question, best first
 * @param depth how many of each exact list count
 */
export function recallOf(
  found: readonly ReadonlySet<number>[],
  exact: readonly Uint32Array[],
  depth: number,
): number[] {
  return exact.map((rows, q) => {
    const best = rows.subarray(0, depth);
    if (best.length === 0) return 1;
    return best.filter((row) => found[q].has(row)).length / best.length;
  });
}

function byFormula(questions: readonly MeasuredQuestion[]) {
  const groups = new Map<
    string,
    { formula: Formula; members: { question: number; place: number }[] }
  >();
  questions.forEach(({ formulas }, question) => {
    formulas.forEach((formula, place) => {
      const key = JSON.stringify(formula);
      const group = groups.get(key) ?? { formula, members: [] };
      groups.set(key, group);
      group.members.push({ question, place });
    });
  });
  return [...groups.values()];
}

function fusedBlock(
  { languages, ...formula }: Formula,
  passages: Float32Array,
  sums: ReadonlyMap<string, Float32Array>,
  queries: number,
  dim: number,
): Float32Array {
  if (formula.alpha === 0 || languages.length === 0) return passages;
  const parts = languages.map(
    ({ lang, weight }): LanguageSum => ({ lang, weight, queries, sums: sums.get(lang)! }),
  );
  return fuse(passages, parts, { ...formula, dim });
}
