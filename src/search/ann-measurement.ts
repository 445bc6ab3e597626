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
import type { Scanner } from './dense/scanner.js';

/** A way to fuse: alpha and the languages that count. */
export interface Formula extends Pick<AugmentationProfile, 'variant' | 'alpha' | 'renormalize'> {
  readonly languages: readonly LanguageWeight[];
}

export interface MeasuredQuestion {
  readonly lang: string;
  /** (dim) */
  readonly vector: Float32Array;
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
}

export interface BuildOptions {
  readonly dim: number;
  readonly queriesPerLanguage: number;
  readonly scanner: Pick<Scanner, 'scan'>;
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
  { dim, queriesPerLanguage, scanner, onRows, signal }: BuildOptions,
): Promise<BestRows[][]> {
  const lists = questions.map(({ formulas }) => formulas.map(() => new BestRows(DEEPEST)));
  const groups = byFormula(questions);
  for await (const { firstRow, passages, sums } of blocks) {
    signal?.throwIfAborted();
    const fused = (of: Formula): Float32Array =>
      fusedBlock(of, passages, sums, queriesPerLanguage, dim);
    graph.add(firstRow, fused(formula));
    const n = passages.length / dim;
    for (const { formula: of, members } of groups) {
      const vectors = new Float32Array(members.length * dim);
      for (const [i, { question }] of members.entries())
        vectors.set(questions[question].vector, i * dim);
      const scores = await scanner.scan(vectors, fused(of), dim);
      members.forEach(({ question, place }, i) => {
        lists[question][place].add(firstRow, scores.subarray(i * n, (i + 1) * n));
      });
    }
    onRows?.(firstRow + n);
  }
  return lists;
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
