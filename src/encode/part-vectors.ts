/**
 * Vectors of the parts that mixtures are made of, in 8 bits each, so that hundreds of thousands fit. A part always counts with its 8-bit
 * values, remembered or computed anew: what is remembered changes the time, never a result. Knows no word.
 */
import type { TermBag } from '../languages/terms.js';
import { WeightedRows } from './weighted-rows.js';

/** The row of a part that is not remembered. */
const SPARE = 0;

export class PartVectors {
  readonly #most: number;
  readonly #compute: (name: string, lang: string, out: Float32Array) => void;
  readonly #places = new Map<string, Map<string, number>>();
  readonly #rows: WeightedRows;
  /** By row. */
  readonly #scales: Float32Array;
  #size = 0;

  /**
   * @param bytes of the vectors that are remembered; later ones are computed each time
   * @param compute adds the exact vector of a part to out (dim), which is zero
   */
  constructor(dim: number, bytes: number, compute: (name: string, lang: string, out: Float32Array) => void) {
    this.#rows = new WeightedRows(dim);
    this.#most = Math.floor(bytes / this.#rows.stride);
    this.#compute = compute;
    this.#scales = new Float32Array(this.#most + 1);
  }

  clear(): void {
    this.#places.clear();
    this.#size = 0;
  }

  /** Writes the sum of weight x vector over the parts to out (dim). */
  mix({ terms, weights }: TermBag, lang: string, out: Float32Array): void {
    let places = this.#places.get(lang);
    if (places === undefined) {
      places = new Map();
      this.#places.set(lang, places);
    }
    for (let t = 0; t < terms.length; t++) {
      const row = places.get(terms[t]) ?? this.#add(terms[t], lang, places);
      this.#rows.add(row, weights[t] * this.#scales[row]);
      if (row === SPARE) this.#rows.flush();
    }
    this.#rows.take(out);
  }

  /** Computes a part and returns its row. */
  #add(name: string, lang: string, places: Map<string, number>): number {
    const row = this.#size < this.#most ? ++this.#size : SPARE;
    this.#scales[row] = this.#rows.quantize(row, (exact) => this.#compute(name, lang, exact));
    if (row !== SPARE) places.set(name, row);
    return row;
  }
}
