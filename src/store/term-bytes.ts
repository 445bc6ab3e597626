/**
 * A bag of terms as bytes and back. Terms are sorted by their UTF-8 bytes, so equal bags have equal bytes in whatever order
 * they were collected. Knows no row and no store.
 *
 * Layout: number of terms, then per term the number of bytes it shares with the one before it, the number of bytes that
 * follow, these bytes, and its weight in units of 1/1,024. All numbers are unsigned LEB128. Weights that are multiples of
 * 1/1,024 up to 2^21 come back exactly, others rounded to the nearest one; none becomes zero.
 */
import type { TermBag } from '../languages/terms.js';

const UNITS = 1024;
const MOST_UNITS = 2 ** 31 - 1;

/** @throws RangeError for a weight that is not finite and > 0, or a term that is there twice */
export function encodeTerms(bag: TermBag): Uint8Array {
  const encoded = bag.terms.map((term) => Buffer.from(term, 'utf8'));
  const order = encoded.map((_, i) => i).sort((a, b) => Buffer.compare(encoded[a], encoded[b]));
  const bytes = new Uint8Array(5 + encoded.reduce((sum, term) => sum + term.length + 15, 0));
  let end = putNumber(bytes, 0, encoded.length);
  let previous = Buffer.alloc(0);
  order.forEach((i, place) => {
    const term = encoded[i];
    const weight = bag.weights[i];
    if (!(weight > 0 && weight < Infinity))
      throw new RangeError(`term "${bag.terms[i]}" has weight ${weight}`);
    let shared = 0;
    while (shared < previous.length && shared < term.length && previous[shared] === term[shared]) shared++;
    if (place > 0 && shared === term.length && shared === previous.length) {
      throw new RangeError(`term "${bag.terms[i]}" is there twice`);
    }
    end = putNumber(bytes, end, shared);
    end = putNumber(bytes, end, term.length - shared);
    bytes.set(term.subarray(shared), end);
    end += term.length - shared;
    end = putNumber(bytes, end, Math.min(MOST_UNITS, Math.max(1, Math.round(weight * UNITS))));
    previous = term;
  });
  return bytes.slice(0, end);
}

/** @param bytes what `encodeTerms` gave */
export function decodeTerms(bytes: Uint8Array): TermBag {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const nextNumber = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = source[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  };
  const count = nextNumber();
  const terms = new Array<string>(count);
  const weights = new Float32Array(count);
  let term = Buffer.alloc(256);
  for (let i = 0; i < count; i++) {
    const shared = nextNumber();
    const rest = nextNumber();
    if (shared + rest > term.length) term = Buffer.concat([term], (shared + rest) * 2);
    source.copy(term, shared, at, at + rest);
    at += rest;
    terms[i] = term.toString('utf8', 0, shared + rest);
    weights[i] = nextNumber() / UNITS;
  }
  return { terms, weights };
}

/** Writes `value` at `at` and returns where the next byte goes. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    bytes[end++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  bytes[end++] = rest;
  return end;
}
