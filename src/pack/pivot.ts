/**
 * The pivot side of a pack: English stems with their frequency and their semantic vector. Every
 * language meets every other here.
 */
import { fnv1a } from '../base/identity.js';

/** Smooth inverse frequency (Arora et al. 2017): weight = SIF / (SIF + p). */
const SIF = 2e-4;
/** Count of a stem that the pack does not know. */
const UNKNOWN_COUNT = 0.5;

export interface PivotData {
  /** Most frequent first. */
  readonly stems: readonly string[];
  readonly surfaces: readonly string[];
  readonly counts: Float32Array;
  /** Sum of the counts of all stems before pruning. */
  readonly total: number;
  /**
   * Stems [0, vectors.length / dim) have a vector: (n x dim) int8, row-major, times the row's
   * scale.
   */
  readonly vectors: Int8Array;
  readonly scales: Float32Array;
  readonly dim: number;
}

export class PivotVocabulary {
  readonly size: number;
  readonly dim: number;
  readonly #data: PivotData;
  readonly #relatives: RelativesData;
  #numbers: TermNumbers | undefined;

  constructor(data: PivotData, relatives: RelativesData = NO_RELATIVES) {
    this.size = data.stems.length;
    this.dim = data.dim;
    this.#data = data;
    this.#relatives = relatives;
  }

  id(stem: string): number | undefined {
    this.#numbers ??= new TermNumbers(this.#data.stems);
    return this.#numbers.of(stem);
  }

  stem(id: number): string {
    return this.#data.stems[id];
  }

  surface(id: number): string {
    return this.#data.surfaces[id];
  }

  /** How much a stem says about a text, in (0, 1]: near 0 for "the", 1 for a word never seen. */
  weight(id: number | undefined): number {
    const count = id === undefined ? UNKNOWN_COUNT : Math.max(this.#data.counts[id], UNKNOWN_COUNT);
    return SIF / (SIF + count / this.#data.total);
  }

  /** Stems that mean nearly the same, with their nearness in (0, 1]; nearest first. */
  relatives(id: number): readonly Link[] {
    return relativesOf(this.#relatives, id);
  }

  /**
   * The stem's vector as (dim) int8 and the scale that they are to be multiplied by; null for a
   * stem without one.
   */
  vector(id: number): { readonly bytes: Int8Array; readonly scale: number } | null {
    const { vectors, scales, dim } = this.#data;
    const from = id * dim;
    return from < vectors.length
      ? { bytes: vectors.subarray(from, from + dim), scale: scales[id] }
      : null;
  }
}

/**
 * Relatives of stem e: [starts[e], starts[e + 1]) of `stems` and `nearness`, nearest first; stems
 * from starts.length - 1 on have none.
 */
export interface RelativesData {
  readonly starts: Uint32Array;
  readonly stems: Uint32Array;
  /** In (0, 1]: 1 for the same vector, near 0 for the least alike that is kept. */
  readonly nearness: Float32Array;
}

export const NO_RELATIVES: RelativesData = {
  starts: new Uint32Array(1),
  stems: new Uint32Array(0),
  nearness: new Float32Array(0),
};

/** The relatives of a stem with their nearness, nearest first. */
export function relativesOf({ starts, stems, nearness }: RelativesData, stem: number): Link[] {
  const links: Link[] = [];
  if (stem + 1 >= starts.length) return links;
  for (let x = starts[stem]; x < starts[stem + 1]; x++)
    links.push({ id: stems[x], p: nearness[x] });
  return links;
}

/**
 * Numbers of terms, by open addressing: made in a third of the time that a map of strings takes,
 * which is what a search from a cold start waits for.
 */
export class TermNumbers {
  readonly #terms: readonly string[];
  /**
   * By slot: the number of a term plus 1; 0: free. A power of two, at least twice as many as terms.
   */
  readonly #slots: Int32Array;
  /** By number. */
  readonly #hashes: Int32Array;

  /** @param terms distinct */
  constructor(terms: readonly string[]) {
    this.#terms = terms;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * terms.length + 2)));
    this.#hashes = new Int32Array(terms.length);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < terms.length; number++) {
      const hash = slotHash(terms[number]);
      this.#hashes[number] = hash;
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }

  /** The place of a term among `terms`; undefined for others. */
  of(term: string): number | undefined {
    const hash = slotHash(term);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] - 1;
      if (number < 0) return undefined;
      if (this.#hashes[number] === hash && this.#terms[number] === term) return number;
    }
  }
}

/** With the high bits mixed into the low ones, which choose the slot. */
function slotHash(term: string): number {
  const hash = fnv1a(term);
  return hash ^ (hash >>> 15);
}

/** A number on the other side of a table and its probability (or share). */
export interface Link {
  readonly id: number;
  readonly p: number;
}
