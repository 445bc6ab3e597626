/**
 * The legs of one question over all rows of an engine, each scored once however many systems share
 * it.
 */

import type { MatrixPart } from '../../search/dense/exact-top-k.js';
import type { SearchEngine } from '../../search/engine.js';
import { lexicalModeOf, type SearchRequest } from '../../search/request.js';
import { exactScores } from './exact-scores.js';
import type { LegList } from './leg-list.js';

interface DenseScores {
  readonly feedback: number;
  readonly parts: readonly MatrixPart[];
  readonly scores: Float64Array;
}

export class QueryLegs {
  readonly #engine: SearchEngine;
  readonly #dense: DenseScores[] = [];
  readonly #lexical = new Map<string, Float64Array>();
  readonly #lists = new Map<unknown, LegList>();

  constructor(engine: SearchEngine) {
    this.#engine = engine;
  }

  /** (n); null where the encoder knows no word of the question. */
  async dense(request: SearchRequest): Promise<Float64Array | null> {
    const [{ vector, parts }] = await this.#engine.denseQuestions([request]);
    if (vector.every((value) => value === 0)) return null;
    const feedback = this.#engine.feedback(request);
    const known = this.#dense.find(
      (other) => other.feedback === feedback && sameParts(other.parts, parts),
    );
    if (known !== undefined) return known.scores;
    const scores = exactScores(vector, parts, this.#engine.snapshot.ids.length);
    this.#dense.push({ feedback, parts, scores });
    return scores;
  }

  /** (n); 0: no term matched. */
  lexical(request: SearchRequest): Float64Array {
    const mode = lexicalModeOf(request);
    const key = `${mode} ${request.augment ? request.languagePolicy : ''}`;
    let scores = this.#lexical.get(key);
    if (scores === undefined) {
      scores = new Float64Array(this.#engine.lexical.rows);
      for (const { bag, view, weight } of this.#engine.lexicalQuestions(request)) {
        const ofLanguage = this.#engine.lexical.score(bag, view, mode);
        for (let row = 0; row < scores.length; row++) scores[row] += weight * ofLanguage[row];
      }
      this.#lexical.set(key, scores);
    }
    return scores;
  }

  /** The list made of a leg's scores, made once. */
  kept(scores: unknown, make: () => LegList): LegList {
    let list = this.#lists.get(scores);
    if (list === undefined) {
      list = make();
      this.#lists.set(scores, list);
    }
    return list;
  }
}

function sameParts(a: readonly MatrixPart[], b: readonly MatrixPart[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ matrix, weight }, i) => matrix === b[i].matrix && weight === b[i].weight)
  );
}
