/**
 * Vectors of the parts that mixtures are made of, in 8 bits each, so that hundreds of thousands fit. A part always counts with its 8-bit
 * values, remembered or computed anew: what is remembered changes the time, never a result. Knows no word.
 */

/** Parts of one slab: allocated together. */
const SLAB = 4096;

export class PartVectors {
  readonly #dim: number;
  readonly #most: number;
  readonly #compute: (name: string, lang: string, out: Float32Array) => void;
  readonly #places = new Map<string, Map<string, number>>();
  readonly #slabs: Int8Array[] = [];
  readonly #scales: Float32Array[] = [];
  readonly #exact: Float32Array;
  readonly #spare: Int8Array;
  #size = 0;

  /**
   * @param bytes of the vectors that are remembered; later ones are computed each time
   * @param compute adds the exact vector of a part to out (dim), which is zero
   */
  constructor(dim: number, bytes: number, compute: (name: string, lang: string, out: Float32Array) => void) {
    this.#dim = dim;
    this.#most = Math.floor(bytes / dim);
    this.#compute = compute;
    this.#exact = new Float32Array(dim);
    this.#spare = new Int8Array(dim);
  }

  clear(): void {
    this.#places.clear();
    this.#slabs.length = 0;
    this.#scales.length = 0;
    this.#size = 0;
  }

  /** Adds weight x the part's vector to out (dim). */
  add(lang: string, name: string, weight: number, out: Float32Array): void {
    let names = this.#places.get(lang);
    if (names === undefined) {
      names = new Map();
      this.#places.set(lang, names);
    }
    let place = names.get(name);
    if (place === undefined) {
      const scale = this.#quantize(name, lang);
      if (this.#size >= this.#most) return addBytes(this.#spare, 0, weight * scale, out);
      place = this.#size++;
      names.set(name, place);
      this.#keep(place, scale);
    }
    const slab = Math.floor(place / SLAB);
    const at = place % SLAB;
    addBytes(this.#slabs[slab], at * this.#dim, weight * this.#scales[slab][at], out);
  }

  /** Computes a part into the spare row and returns its scale: the largest entry becomes 127. */
  #quantize(name: string, lang: string): number {
    this.#exact.fill(0);
    this.#compute(name, lang, this.#exact);
    let largest = 0;
    for (const x of this.#exact) largest = Math.max(largest, Math.abs(x));
    const inverse = largest > 0 ? 127 / largest : 0;
    for (let d = 0; d < this.#dim; d++) this.#spare[d] = Math.round(this.#exact[d] * inverse);
    return largest / 127;
  }

  #keep(place: number, scale: number): void {
    const slab = Math.floor(place / SLAB);
    if (slab === this.#slabs.length) {
      this.#slabs.push(new Int8Array(SLAB * this.#dim));
      this.#scales.push(new Float32Array(SLAB));
    }
    this.#slabs[slab].set(this.#spare, (place % SLAB) * this.#dim);
    this.#scales[slab][place % SLAB] = scale;
  }
}

function addBytes(bytes: Int8Array, from: number, factor: number, out: Float32Array): void {
  for (let d = 0; d < out.length; d++) out[d] += factor * bytes[from + d];
}
