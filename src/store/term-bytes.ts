/**
 * A bag of terms as bytes and back, in the order of the bag.
 *
 * Layout: number of terms; per term its length in UTF-16 code units; per term its weight in units
 * of 1/1,024; then all terms, concatenated, in UTF-8. All numbers are unsigned LEB128.
 * Weights that are multiples of 1/1,024 below 2^21 come back exactly, others rounded to the nearest
 * one; none becomes zero.
 */
import { fnv1a } from '../base/identity.js';
import type { TermBag } from '../languages/terms.js';

const utf8 = new TextEncoder();
const UNITS = 1024;
const MOST_UNITS = 2 ** 31 - 1;
/** Most bytes that a number takes. */
const NUMBER_BYTES = 5;

/** @throws RangeError for a weight that is not finite and > 0 */
export function encodeTerms({ terms, weights }: TermBag): Uint8Array {
  const text = terms.join('');
  const bytes = new Uint8Array((1 + 2 * terms.length) * NUMBER_BYTES + 3 * text.length);
  let end = putNumber(bytes, 0, terms.length);
  for (let t = 0; t < terms.length; t++) end = putNumber(bytes, end, terms[t].length);
  for (let t = 0; t < terms.length; t++) {
    const weight = weights[t];
    if (!(weight > 0 && weight < Infinity))
      throw new RangeError(`term "${terms[t]}" has weight ${weight}`);
    end = putNumber(bytes, end, Math.min(MOST_UNITS, Math.max(1, Math.round(weight * UNITS))));
  }
  const { written } = utf8.encodeInto(text, bytes.subarray(end));
  return bytes.slice(0, end + written);
}

/**
 * @param bytes the result of `encodeTerms`
 * @param selection other terms are left out and count only in `total`; default: all terms
 */
export function decodeTerms(bytes: Uint8Array, selection?: TermSelection): TermBag {
  let at = 0;
  const nextNumber = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= bytes.length) throw new RangeError('a bag of terms ends too early');
      const byte = bytes[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const count = nextNumber();
  // Before memory is taken for them: each takes two bytes at least.
  if (2 * count > bytes.length)
    throw new RangeError(`${bytes.length} bytes hold no ${count} terms`);
  const lengths = new Uint32Array(count);
  const weights = new Float32Array(count);
  for (let t = 0; t < count; t++) lengths[t] = nextNumber();
  for (let t = 0; t < count; t++) weights[t] = nextNumber() / UNITS;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at).toString(
    'utf8',
  );
  let from = 0;
  if (selection !== undefined) {
    const found: string[] = [];
    const frequencies: number[] = [];
    let total = 0;
    for (let t = 0; t < count; t++) {
      const term = selection.at(text, from, from + lengths[t]);
      from += lengths[t];
      total += weights[t];
      if (term === undefined) continue;
      found.push(term);
      frequencies.push(weights[t]);
    }
    return { terms: found, weights: Float32Array.from(frequencies), total };
  }
  const terms = new Array<string>(count);
  for (let t = 0; t < count; t++) {
    terms[t] = termOf(text, from, from + lengths[t]);
    from += lengths[t];
  }
  return { terms, weights };
}

/** A few terms to read from many bags, without making strings of the other terms. */
export class TermSelection {
  /** By the low bits of the hash; terms with the same bits share a slot. */
  readonly #slots: string[][];

  constructor(terms: Iterable<string>) {
    const all = new Set(terms);
    this.#slots = Array.from({ length: 2 ** Math.ceil(Math.log2(8 * all.size + 8)) }, () => []);
    for (const term of all) this.#slots[this.#slotOf(term, 0, term.length)].push(term);
  }

  /** The selected term at text[start .. end), if there is one. */
  at(text: string, start: number, end: number): string | undefined {
    for (const term of this.#slots[this.#slotOf(text, start, end)])
      if (matchesAt(term, text, start, end)) return term;
    return undefined;
  }

  #slotOf(text: string, start: number, end: number): number {
    return slotHash(text, start, end) & (this.#slots.length - 1);
  }
}

/**
 * Terms that were read before, by their hash: most recur, and maps find a string that they have
 * seen much faster than an equal new one.
 */
const recent = new Array<string>(2 ** 16).fill('');
/** Longer pieces of a text would keep all of it in memory (V8 copies shorter ones). */
const LONGEST_CACHED = 12;

function termOf(text: string, start: number, end: number): string {
  if (end - start > LONGEST_CACHED) return text.slice(start, end);
  const slot = slotHash(text, start, end) & (recent.length - 1);
  if (!matchesAt(recent[slot], text, start, end)) recent[slot] = text.slice(start, end);
  return recent[slot];
}

/** With the high bits mixed into the low ones, which choose the slot. */
function slotHash(text: string, start: number, end: number): number {
  const hash = fnv1a(text, start, end);
  return hash ^ (hash >>> 16);
}

function matchesAt(term: string, text: string, start: number, end: number): boolean {
  if (term.length !== end - start) return false;
  for (let i = 0; i < term.length; i++)
    if (term.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}

/** Writes `value` at `at` and returns where the next byte goes. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}
