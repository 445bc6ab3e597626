/** The pivot vocabulary of a pack: English stems with their frequencies and word vectors. */
import { fnv1a } from '../base/identity.js';
import type { Vocabulary } from '../languages/vocabulary.js';
import { Corrections } from './corrections.js';

/** Smooth inverse frequency (Arora et al. 2017): weight = SIF / (SIF + p). */
const SIF = 2e-4;
/** Count of a stem that is not in the vocabulary. */
const UNKNOWN_COUNT = 0.5;

export interface PivotData {
  /** Most frequent first. */
  readonly stems: readonly string[];
  readonly surfaces: readonly string[];
  readonly counts: Float32Array;
  /** Sum of the counts of all stems before pruning. */
  readonly total: number;
  /** (n x dim), row-major, for the first n stems; each row is to be multiplied by its scale. */
  readonly vectors: Int8Array;
  /** (n) */
  readonly scales: Float32Array;
  readonly dim: number;
}

export class PivotVocabulary implements Vocabulary {
  readonly size: number;
  readonly dim: number;
  readonly #data: PivotData;
  readonly #relatives: RelativesData;
  #index: TermIndex | undefined;

  constructor(data: PivotData, relatives: RelativesData = NO_RELATIVES) {
    this.size = data.stems.length;
    this.dim = data.dim;
    this.#data = data;
    this.#relatives = relatives;
  }

  id(stem: string): number | undefined {
    this.#index ??= new TermIndex(this.#data.stems);
    return this.#index.of(stem);
  }

  stem(id: number): string {
    return this.#data.stems[id];
  }

  surface(id: number): string {
    return this.#data.surfaces[id];
  }

  frequency(stem: string): number {
    const id = this.id(stem);
    return id === undefined ? 0 : this.#data.counts[id] / this.#data.total;
  }

  *forms(most: number): Iterable<readonly [form: string, count: number]> {
    const step = Math.max(1, this.size / most);
    for (let at = 0; at < this.size; at += step) {
      const id = Math.floor(at);
      yield [this.surface(id), this.#data.counts[id]];
    }
  }

  /** The weight of a stem in a text, in (0, 1]: near 0 for "the", near 1 for an unknown word. */
  weight(id: number | undefined): number {
    const count = id === undefined ? UNKNOWN_COUNT : Math.max(this.#data.counts[id], UNKNOWN_COUNT);
    return SIF / (SIF + count / this.#data.total);
  }

  /** The stems as what unknown words may be misspellings of. */
  corrections(): Corrections {
    return new Corrections(this.#data.stems, (id) => this.#data.counts[id]);
  }

  /** Near-synonyms of a stem with their similarity in (0, 1], most similar first. */
  relatives(id: number): readonly Link[] {
    return relativesOf(this.#relatives, id);
  }

  /** A stem's vector, (dim) int8, and the scale to multiply it by; null for a stem without one. */
  vector(id: number): { readonly bytes: Int8Array; readonly scale: number } | null {
    const { vectors, scales, dim } = this.#data;
    const from = id * dim;
    return from < vectors.length
      ? { bytes: vectors.subarray(from, from + dim), scale: scales[id] }
      : null;
  }
}

/**
 * Near-synonyms of stems, in compressed rows: those of stem e are entries [starts[e],
 * starts[e + 1]) of `stems` and `nearness`, nearest first. Stems from starts.length - 1 on have
 * none.
 */
export interface RelativesData {
  readonly starts: Uint32Array;
  readonly stems: Uint32Array;
  /** In (0, 1]: 1 for equal vectors, near 0 for the least similar pair that is stored. */
  readonly nearness: Float32Array;
}

export const NO_RELATIVES: RelativesData = {
  starts: new Uint32Array(1),
  stems: new Uint32Array(0),
  nearness: new Float32Array(0),
};

/** The near-synonyms of a stem with their nearness, nearest first. */
function relativesOf({ starts, stems, nearness }: RelativesData, stem: number): Link[] {
  const links: Link[] = [];
  if (stem + 1 >= starts.length) return links;
  for (let x = starts[stem]; x < starts[stem + 1]; x++)
    links.push({ id: stems[x], p: nearness[x] });
  return links;
}

/**
 * A hash table from terms to their indexes, with open addressing. It is built in a third of the
 * time that a Map takes, which shortens the first search after a cold start.
 */
export class TermIndex {
  readonly #terms: readonly string[];
  /**
   * By slot: the index of a term plus 1, or 0 if the slot is free. The number of slots is a power
   * of two and at least twice the number of terms.
   */
  readonly #slots: Int32Array;
  /** By index of the term. */
  readonly #hashes: Int32Array;

  /** @param terms distinct */
  constructor(terms: readonly string[]) {
    this.#terms = terms;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * terms.length + 2)));
    this.#hashes = new Int32Array(terms.length);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < terms.length; i++) {
      const hash = slotHash(terms[i]);
      this.#hashes[i] = hash;
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = i + 1;
    }
  }

  /** The index of a term in `terms`; undefined if it is not there. */
  of(term: string): number | undefined {
    const hash = slotHash(term);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const i = this.#slots[slot] - 1;
      if (i < 0) return undefined;
      if (this.#hashes[i] === hash && this.#terms[i] === term) return i;
    }
  }
}

/** FNV-1a with the high bits mixed into the low ones, which choose a slot. */
function slotHash(term: string): number {
  const hash = fnv1a(term);
  return hash ^ (hash >>> 15);
}

/** An id on the other side of a table, with its probability or share. */
export interface Link {
  readonly id: number;
  readonly p: number;
}
