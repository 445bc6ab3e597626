/**
 * What words mean, in vectors: weighted sums over pivot stems of their semantic vectors and of the signs of their hashes. Knows no
 * language.
 */
import type { PivotVocabulary } from '../pack/pivot.js';
import { WeightedRows } from '../vectors/weighted-rows.js';
import { addSigns, hashOf } from './hashing.js';

export class Meanings {
  readonly #pivot: PivotVocabulary;
  readonly #hashed: number;
  readonly #rows: WeightedRows;
  readonly #sum: Float32Array;
  /** By pivot stem: the row of its vector, 0 until it is asked for, -1 if it has none. */
  readonly #rowOf: Int32Array;
  /** By pivot stem. */
  readonly #hashes: Int32Array;
  /** By row. */
  readonly #scales: Float32Array;
  #size = 0;

  /** @param hashed dimensions of the hashed part, which follows the semantic one */
  constructor(pivot: PivotVocabulary, hashed: number) {
    this.#pivot = pivot;
    this.#hashed = hashed;
    this.#rows = new WeightedRows(pivot.dim);
    this.#sum = new Float32Array(pivot.dim);
    this.#rowOf = new Int32Array(pivot.size);
    this.#hashes = new Int32Array(pivot.size);
    this.#scales = new Float32Array(pivot.size + 1);
  }

  /** Adds share x vector of every pivot stem to both parts of out. */
  add(shares: ReadonlyMap<number, number>, out: Float32Array): void {
    const from = this.#pivot.dim;
    for (const [id, share] of shares) {
      const row = this.#rowOf[id] || this.#prepare(id);
      if (row > 0) this.#rows.add(row, share * this.#scales[row]);
      addSigns(this.#hashes[id], share, out, from, this.#hashed);
    }
    this.#rows.take(this.#sum);
    for (let d = 0; d < from; d++) out[d] += this.#sum[d];
  }

  #prepare(id: number): number {
    this.#hashes[id] = hashOf(this.#pivot.stem(id));
    const vector = this.#pivot.vector(id);
    let row = -1;
    if (vector !== null) {
      row = ++this.#size;
      this.#rows.set(row, vector.bytes);
      this.#scales[row] = vector.scale;
    }
    this.#rowOf[id] = row;
    return row;
  }
}
