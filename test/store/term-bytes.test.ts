import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTerms, encodeTerms, TermSelection } from '../../src/store/term-bytes.js';

const entries = fc.uniqueArray(
  fc.tuple(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.integer({ min: 1, max: 2 ** 24 - 1 }),
  ),
  { selector: ([term]) => term, maxLength: 50 },
);
const bagOf = (pairs: readonly (readonly [string, number])[]) => ({
  terms: pairs.map(([term]) => term),
  weights: Float32Array.from(pairs, ([, units]) => units / 1024),
});
const asMap = (bag: { terms: readonly string[]; weights: Float32Array }) =>
  new Map(bag.terms.map((term, i) => [term, bag.weights[i]]));

describe('terms as bytes', () => {
  it('preserve weights that are multiples of 1/1,024', () => {
    fc.assert(
      fc.property(entries, (pairs) => {
        const bag = bagOf(pairs);
        expect(asMap(decodeTerms(encodeTerms(bag)))).toEqual(asMap(bag));
      }),
    );
  });

  it('can be read in part, with the total of all', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat(49)), (pairs, places) => {
        const wanted = new Set([
          'never there',
          ...places.flatMap((place) => pairs[place]?.[0] ?? []),
        ]);
        const { terms, weights, total } = decodeTerms(
          encodeTerms(bagOf(pairs)),
          new TermSelection(wanted),
        );
        const kept = bagOf(pairs.filter(([term]) => wanted.has(term)));
        expect(terms).toEqual(kept.terms);
        expect(weights).toEqual(kept.weights);
        expect(total).toBe(bagOf(pairs).weights.reduce((sum, weight) => sum + weight, 0));
      }),
    );
  });

  it('preserve their order', () => {
    fc.assert(
      fc.property(entries, (pairs) => {
        expect(decodeTerms(encodeTerms(bagOf(pairs))).terms).toEqual(pairs.map(([term]) => term));
      }),
    );
  });

  it('round other weights to the nearest unit, but never to zero', () => {
    const { weights } = decodeTerms(
      encodeTerms({ terms: ['a', 'b', 'c'], weights: Float32Array.of(1e-9, 0.3, 1e12) }),
    );
    expect(weights[0]).toBe(1 / 1024);
    expect(Math.abs(weights[1] - 0.3)).toBeLessThanOrEqual(1 / 2048);
    expect(weights[2]).toBe(Math.fround((2 ** 31 - 1) / 1024));
  });

  it('support terms of any length, script and common prefix', () => {
    const long = 'ยาว'.repeat(400);
    const bag = bagOf([
      [long, 1024],
      [`${long}x`, 2048],
      ['', 3],
      ['日本', 512],
      ['日', 7],
    ]);
    expect(asMap(decodeTerms(encodeTerms(bag)))).toEqual(asMap(bag));
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse the weight %s', (weight) => {
    expect(() => encodeTerms({ terms: ['a'], weights: Float32Array.of(weight) })).toThrow(
      /"a" has weight/,
    );
  });
});
