/**
 * The scores of all rows for a batch of requests. Requests that differ only in what a leg does not
 * see (a dense and a hybrid system; two weights of a hybrid) share that leg, which is scored once.
 */

import type { SearchDefaults } from './defaults.js';
import type { DenseLeg } from './dense/dense-leg.js';
import { exactRows, type RowScores } from './dense/exact-search.js';
import { hybridScores } from './fusion.js';
import { hybridSettings } from './hits.js';
import type { LexicalIndex } from './lexical/index.js';
import type { LexicalQuestion } from './lexical/view.js';
import { type Augmentation, lexicalModeOf, type SearchRequest } from './request.js';
import { type RankedRows, topK } from './top-k.js';

export interface RowScorerOptions {
  readonly dense: DenseLeg;
  readonly lexical: LexicalIndex;
  readonly lexicalQuestions: (request: SearchRequest) => readonly LexicalQuestion[];
  readonly augmentation: (request: SearchRequest) => Augmentation;
  /** Length of a request's lists. */
  readonly depth: (request: SearchRequest) => number;
  /** (n) of `rankOfIds`. */
  readonly rank: Uint32Array;
  readonly defaults: SearchDefaults;
}

/** A leg's scores of all rows, and the lists of its best. */
interface WholeScores {
  /** (n) */
  readonly scores: Float64Array;
  /** By their length. */
  readonly lists: Map<number, RankedRows>;
}

export class RowScoring {
  readonly #options: RowScorerOptions;
  readonly #requests: readonly SearchRequest[];
  readonly #denseKeys: readonly (string | null)[];
  readonly #masks: readonly (Uint8Array | null)[];
  readonly #dense = new Map<string, RowScores | null>();
  readonly #denseLists = new Map<string, WholeScores>();
  readonly #lexical = new Map<string, WholeScores>();
  /** The question that the lists and lexical scores are of. */
  #question = '';
  /** (n) Reused by every request. */
  readonly #out: Float64Array;

  /** @param out (n), overwritten by every request */
  private constructor(
    requests: readonly SearchRequest[],
    options: RowScorerOptions,
    out: Float64Array,
  ) {
    this.#options = options;
    this.#requests = requests;
    this.#out = out;
    this.#masks = [...new Set(requests.map(({ mask = null }) => mask))];
    this.#denseKeys = requests.map((request) =>
      request.mode === 'lexical'
        ? null
        : `${this.#maskNumber(request)} ${options.dense.keyOf(request)}`,
    );
  }

  /** Scores the dense legs of the requests; the lexical ones follow with each request. */
  static async begin(
    requests: readonly SearchRequest[],
    options: RowScorerOptions,
    out: Float64Array,
    signal?: AbortSignal,
  ): Promise<RowScoring> {
    const scoring = new RowScoring(requests, options, out);
    await scoring.#scoreDense(signal);
    return scoring;
  }

  /** The scores for the i-th request; valid until those of another request are read. */
  of(i: number): RowScores {
    const request = this.#requests[i];
    if (request.mode === 'dense') return this.#denseOnly(i);
    if (request.question !== this.#question) {
      this.#question = request.question;
      this.#denseLists.clear();
      this.#lexical.clear();
    }
    const lexical = this.#lexicalOf(request);
    const out = this.#out;
    if (request.mode === 'lexical') {
      for (let row = 0; row < out.length; row++)
        out[row] = lexical.scores[row] > 0 ? lexical.scores[row] : Number.NaN;
    } else {
      this.#joinLegs(request, this.#denseKeys[i]!, lexical);
    }
    leaveOut(out, request.mask ?? null);
    return exactRows(out);
  }

  async #scoreDense(signal?: AbortSignal): Promise<void> {
    const legs = new Map<string, { request: SearchRequest; exactly: boolean }>();
    for (const [i, request] of this.#requests.entries()) {
      const key = this.#denseKeys[i];
      if (key === null) continue;
      const leg = legs.get(key);
      // A hybrid takes its scale from the exact scores of many rows.
      const exactly = leg?.exactly === true || request.mode === 'hybrid';
      legs.set(key, { request: leg?.request ?? request, exactly });
    }
    const all = [...legs.values()];
    const scores = await this.#options.dense.scores(
      all.map(({ request }) => request),
      all.map(({ exactly }) => exactly),
      signal,
    );
    for (const [at, key] of [...legs.keys()].entries()) this.#dense.set(key, scores[at]);
  }

  #denseOnly(i: number): RowScores {
    const dense = this.#dense.get(this.#denseKeys[i]!)!;
    const { mask = null } = this.#requests[i];
    if (dense === null) return exactRows(this.#out.fill(Number.NaN));
    if (mask === null) return dense;
    this.#out.set(dense.scores);
    leaveOut(this.#out, mask);
    return { ...dense, scores: this.#out };
  }

  #joinLegs(request: SearchRequest, denseKey: string, lexical: WholeScores): void {
    const { normalization, denseWeight } = hybridSettings(request, this.#options.defaults);
    const scores = this.#dense.get(denseKey)?.scores as Float64Array | undefined;
    let dense = this.#denseLists.get(denseKey);
    if (dense === undefined && scores !== undefined) {
      dense = { scores, lists: new Map() };
      this.#denseLists.set(denseKey, dense);
    }
    const legs = [
      {
        list: dense ? this.#listOf(dense, request, Number.NEGATIVE_INFINITY) : EMPTY,
        scores: dense?.scores ?? null,
        weight: denseWeight,
        missing: null,
      },
      { list: this.#listOf(lexical, request, 0), scores: lexical.scores, weight: 1, missing: 0 },
    ];
    hybridScores(legs, normalization, this.#out);
  }

  #lexicalOf(request: SearchRequest): WholeScores {
    const { lexical, lexicalQuestions, augmentation } = this.#options;
    const { question, languages, expansion, augment } = request;
    const mode = lexicalModeOf(request);
    const policy = augment ? augmentation(request).languages : null;
    const words = [question, languages, expansion?.text, expansion?.languages];
    const key = JSON.stringify([
      this.#maskNumber(request),
      mode,
      policy,
      words,
      expansion?.lexicalWeight,
    ]);
    let leg = this.#lexical.get(key);
    if (leg === undefined) {
      leg = { scores: lexical.scores(lexicalQuestions(request), mode), lists: new Map() };
      this.#lexical.set(key, leg);
    }
    return leg;
  }

  /** @param floor rows with this score or less are in no list */
  #listOf({ scores, lists }: WholeScores, request: SearchRequest, floor: number): RankedRows {
    const { depth, rank } = this.#options;
    const { mask = null } = request;
    const k = Math.min(depth(request), scores.length);
    let list = lists.get(k);
    if (list === undefined) {
      list = k < scores.length ? topK(scores, k, rank, mask, floor) : allRows(scores, mask, floor);
      lists.set(k, list);
    }
    return list;
  }

  #maskNumber({ mask = null }: SearchRequest): number {
    return this.#masks.indexOf(mask);
  }
}

const EMPTY: RankedRows = { rows: new Uint32Array(0), scores: new Float64Array(0) };

function leaveOut(scores: Float64Array, mask: Uint8Array | null): void {
  if (mask === null) return;
  for (let row = 0; row < scores.length; row++) if (mask[row] === 0) scores[row] = Number.NaN;
}

/** All rows above the floor, by row: their order does not matter to a scale. */
function allRows(scores: Float64Array, mask: Uint8Array | null, floor: number): RankedRows {
  const rows = new Uint32Array(scores.length);
  const listed = new Float64Array(scores.length);
  let count = 0;
  for (let row = 0; row < scores.length; row++) {
    if (!(scores[row] > floor) || (mask !== null && mask[row] === 0)) continue;
    rows[count] = row;
    listed[count++] = scores[row];
  }
  return { rows: rows.subarray(0, count), scores: listed.subarray(0, count) };
}
