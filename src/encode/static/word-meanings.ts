/**
 * What words mean, in vectors: weighted sums over pivot stems of their semantic vectors and of the
 * signs of their hashes.
 */
import { fnv1a } from '../../base/identity.js';
import type { PivotVocabulary } from '../../pack/pivot.js';
import { WeightedRows } from '../../vectors/weighted-rows.js';

export class WordMeanings {
  readonly #pivot: PivotVocabulary;
  readonly #hashed: number;
  readonly #rows: WeightedRows;
  readonly #sum: Float32Array;
  /** By pivot stem: the row of its vector, 0 until it is needed, -1 if it has none. */
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
    this.#hashes[id] = featureHash(this.#pivot.stem(id));
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

/** Entries of a sign vector that are not zero. */
const ENTRIES = 8;
const VALUE = 1 / Math.sqrt(ENTRIES);

/** FNV-1a over `mark` and text[from .. to): the hash that stands for a feature of a word. */
export function featureHash(mark: string, text = '', from = 0, to = text.length): number {
  return fnv1a(text, from, to, fnv1a(mark));
}

/**
 * Adds factor x r(hash) to out[from .. from + dim), where r has 8 entries of +-1/sqrt(8) (fewer
 * where two fall together).
 */
export function addSigns(
  hash: number,
  factor: number,
  out: Float32Array,
  from: number,
  dim: number,
): void {
  const value = factor * VALUE;
  let state = hash;
  for (let entry = 0; entry < ENTRIES; entry++) {
    // splitmix32: one step a draw.
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    bits ^= bits >>> 15;
    const at = from + ((bits >>> 1) % dim);
    out[at] += bits & 1 ? value : -value;
  }
}
