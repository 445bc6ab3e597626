/**
 * Vectors of the parts that texts are made of, in 8 bits each, so that hundreds of thousands fit. A
 * part always counts with its 8-bit values, cached or computed anew: the cache changes the time,
 * never a result.
 */
import type { TermBag } from '../../languages/terms.js';
import { WeightedRows } from '../../vectors/weighted-rows.js';

/** The row of a part that is not cached. */
const SPARE = 0;
/** Names that are numbered; then numbering begins anew. */
const MOST_NAMES = 2 ** 19;

export class PartVectors {
  readonly #most: number;
  readonly #compute: (name: string, lang: string, out: Float32Array) => void;
  readonly #rows: WeightedRows;
  /** By row. */
  readonly #scales: Float32Array;
  #names = new Map<string, number>();
  /** Numbers of the names of bags that live: one bag comes once for every language. */
  #numbersOf = new WeakMap<TermBag, Uint32Array>();
  /** Rows by language and name. */
  readonly #places = new Map<string, Uint32Array>();
  #size = 0;

  /**
   * @param bytes of the cache; vectors of later parts are computed each time
   * @param compute adds the exact vector of a part to out (dim), which is zero
   */
  constructor(
    dim: number,
    bytes: number,
    compute: (name: string, lang: string, out: Float32Array) => void,
  ) {
    this.#rows = new WeightedRows(dim);
    this.#most = Math.floor(bytes / this.#rows.stride);
    this.#compute = compute;
    this.#scales = new Float32Array(this.#most + 1);
  }

  clear(): void {
    this.#rows.flush();
    this.#names = new Map();
    this.#numbersOf = new WeakMap();
    this.#places.clear();
    this.#size = 0;
  }

  /** Adds weight x vector of every part to the sum that `take` gives; a name may be there twice. */
  add(parts: TermBag, lang: string): void {
    const { terms, weights } = parts;
    const numbers = this.#numbers(parts);
    const places = this.#placesOf(lang);
    for (let t = 0; t < numbers.length; t++)
      this.#addPart(terms[t], weights[t], lang, places, numbers[t]);
  }

  /** The same for counted parts that do not come together again, as the words of a passage. */
  addOnce(counts: ReadonlyMap<string, number>, lang: string): void {
    if (this.#names.size + counts.size > MOST_NAMES) this.clear();
    let places = this.#placesOf(lang);
    for (const [name, count] of counts) {
      const number = this.#number(name);
      if (number >= places.length) places = this.#placesOf(lang);
      this.#addPart(name, count, lang, places, number);
    }
  }

  /** Moves the sum to out (dim) and begins a new one. */
  take(out: Float32Array): void {
    this.#rows.take(out);
  }

  #addPart(name: string, weight: number, lang: string, places: Uint32Array, number: number): void {
    const row = places[number] || this.#cache(name, lang, places, number);
    this.#rows.add(row, weight * this.#scales[row]);
    if (row === SPARE) this.#rows.flush();
  }

  /** Computes a part and returns its row. */
  #cache(name: string, lang: string, places: Uint32Array, number: number): number {
    const row = this.#size < this.#most ? ++this.#size : SPARE;
    this.#scales[row] = this.#rows.quantize(row, (exact) => this.#compute(name, lang, exact));
    places[number] = row;
    return row;
  }

  #numbers(parts: TermBag): Uint32Array {
    let numbers = this.#numbersOf.get(parts);
    if (numbers === undefined) {
      if (this.#names.size + parts.terms.length > MOST_NAMES) this.clear();
      numbers = Uint32Array.from(parts.terms, (name) => this.#number(name));
      this.#numbersOf.set(parts, numbers);
    }
    return numbers;
  }

  #number(name: string): number {
    let number = this.#names.get(name);
    if (number === undefined) {
      number = this.#names.size;
      this.#names.set(name, number);
    }
    return number;
  }

  /** Room for every name that is numbered. */
  #placesOf(lang: string): Uint32Array {
    let places = this.#places.get(lang);
    if (places === undefined || places.length < this.#names.size) {
      const larger = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(1024, this.#names.size))));
      if (places !== undefined) larger.set(places);
      places = larger;
      this.#places.set(lang, places);
    }
    return places;
  }
}
