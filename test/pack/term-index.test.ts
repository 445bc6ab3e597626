import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TermIndex } from '../../src/pack/pivot.js';

test('maps terms to the same indexes as a Map', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 30 }),
      fc.array(fc.string()),
      (terms, others) => {
        const index = new TermIndex(terms);
        const map = new Map(terms.map((term, i) => [term, i]));
        for (const term of [...terms, ...others]) expect(index.of(term)).toBe(map.get(term));
      },
    ),
  );
});

test('finds each of 5,000 terms', () => {
  const terms = Array.from({ length: 5000 }, (_, i) => `t${i.toString(36)}`);
  const index = new TermIndex(terms);
  expect(terms.map((term) => index.of(term))).toEqual([...terms.keys()]);
  expect(index.of('t')).toBeUndefined();
  expect(new TermIndex([]).of('')).toBeUndefined();
});
