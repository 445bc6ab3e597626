import { describe, expect, it } from 'vitest';
import { PartVectors } from '../../src/encode/static/part-vectors.js';
import type { TermBag } from '../../src/languages/terms.js';

/** Not a multiple of 16. */
const DIM = 37;

/** A vector that its name alone decides. */
function vectorOf(name: string, lang: string, out: Float32Array): void {
  let state = Number(name) * 31 + lang.length;
  for (let d = 0; d < out.length; d++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    out[d] += state / 2 ** 31;
  }
}

function bag(n: number) {
  return {
    terms: Array.from({ length: n }, (_, i) => String((i * 7) % 400)),
    weights: Float32Array.from({ length: n }, (_, i) => 1 / (i + 1)),
  };
}

function mix(parts: PartVectors, of: TermBag, lang: string, out: Float32Array): void {
  parts.add(of, lang);
  parts.take(out);
}

/** Halves to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + Math.abs(below % 2) : Math.round(x);
}

/** What is defined: quantized parts, added one after the other in 32 bits. */
function expected(n: number, lang: string): Float32Array {
  const { terms, weights } = bag(n);
  const sum = new Float32Array(DIM);
  for (let t = 0; t < n; t++) {
    const part = new Float32Array(DIM);
    vectorOf(terms[t], lang, part);
    const largest = Math.max(...part.map(Math.abs));
    const factor = Math.fround(weights[t] * Math.fround(largest / 127));
    for (let d = 0; d < DIM; d++)
      sum[d] += Math.fround(factor * nearest(Math.fround(part[d] * Math.fround(127 / largest))));
  }
  return sum;
}

describe('the vectors of parts', () => {
  it.each([0, 1, 255, 256, 257, 1000])('sums %i parts bit for bit as number by number', (n) => {
    const parts = new PartVectors(DIM, 2 ** 20, vectorOf);
    const out = new Float32Array(DIM).fill(9);
    mix(parts, bag(n), 'th', out);
    expect(out).toEqual(expected(n, 'th'));
  });

  it('sums counted parts as a bag of them', () => {
    const parts = new PartVectors(DIM, 2 ** 20, vectorOf);
    const [counted, bagged] = [new Float32Array(DIM), new Float32Array(DIM)];
    const counts = new Map(Array.from({ length: 300 }, (_, i) => [String(i * 7), 1 + (i % 3)]));
    parts.addOnce(counts, 'th');
    parts.take(counted);
    mix(
      parts,
      { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) },
      'th',
      bagged,
    );
    expect(counted).toEqual(bagged);
  });

  it.each([0, 48, 48 * 100])(
    'gives the same with %i bytes of memory, and when asked again',
    (bytes) => {
      const parts = new PartVectors(DIM, bytes, vectorOf);
      const out = new Float32Array(DIM);
      for (const lang of ['th', 'japanese', 'th']) {
        mix(parts, bag(600), lang, out);
        expect(out).toEqual(expected(600, lang));
      }
    },
  );

  it('computes a remembered part once, and anew after it is cleared', () => {
    let computed = 0;
    const parts = new PartVectors(DIM, 2 ** 20, (name, lang, out) => {
      computed++;
      vectorOf(name, lang, out);
    });
    const out = new Float32Array(DIM);
    mix(parts, bag(400), 'th', out);
    mix(parts, bag(400), 'th', out);
    expect(computed).toBe(400);
    parts.clear();
    mix(parts, bag(400), 'th', out);
    expect(computed).toBe(800);
    expect(out).toEqual(expected(400, 'th'));
  });
});
