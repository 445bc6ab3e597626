import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TermNumbers } from '../../src/pack/pivot.js';

test('numbers terms as a map does', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 30 }),
      fc.array(fc.string()),
      (terms, others) => {
        const numbers = new TermNumbers(terms);
        const map = new Map(terms.map((term, number) => [term, number]));
        for (const term of [...terms, ...others]) expect(numbers.of(term)).toBe(map.get(term));
      },
    ),
  );
});

test('finds its terms among many', () => {
  const terms = Array.from({ length: 5000 }, (_, i) => `t${i.toString(36)}`);
  const numbers = new TermNumbers(terms);
  expect(terms.map((term) => numbers.of(term))).toEqual([...terms.keys()]);
  expect(numbers.of('t')).toBeUndefined();
  expect(new TermNumbers([]).of('')).toBeUndefined();
});
