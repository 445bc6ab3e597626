/**
 * The pivot side of a pack: English stems with their frequency and their semantic vector. Every language meets every other
 * here. Knows no file format.
 */
import type { Link } from './link.js';
import { NO_RELATIVES, type RelativesData, relativesOf } from './relatives.js';
import { TermNumbers } from './term-numbers.js';

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
  /** Stems [0, vectors.length / dim) have a vector: (n x dim) int8, row-major, times the row's scale. */
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

  /** The stem's vector as (dim) int8 and the scale that they are to be multiplied by; null for a stem without one. */
  vector(id: number): { readonly bytes: Int8Array; readonly scale: number } | null {
    const { vectors, scales, dim } = this.#data;
    const from = id * dim;
    return from < vectors.length ? { bytes: vectors.subarray(from, from + dim), scale: scales[id] } : null;
  }
}
