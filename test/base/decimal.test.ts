import { expect, it } from 'vitest';
import { compareDecimals, decimalOf } from '../../src/base/decimal.js';

it.each([
  ['1', '1.0', 0],
  ['-0', '0.000', 0],
  ['12.50', '1.25e1', 0],
  ['.5', '5e-1', 0],
  ['5.', '5', 0],
  ['2', '10', -1],
  ['-2', '-10', 1],
  ['-1', '1', -1],
  ['0.009', '0.01', -1],
  ['12345678901234567', '12345678901234568', -1],
  ['9007199254740993', '9007199254740992', 1],
  ['1e400', '1e401', -1],
  ['1e-400', '0', 1],
])('%s compared with %s is %i', (a, b, sign) => {
  const [x, y] = [decimalOf(a)!, decimalOf(b)!];
  expect(Math.sign(compareDecimals(x, y))).toBe(sign);
  expect(Math.sign(compareDecimals(y, x))).toBe(-sign + 0);
});

it.each(['', '.', '-', 'e1', '1e', '1.2.3', '0x10', ' 1', '1 ', 'Infinity', 'NaN', '1_000', '١'])(
  '%j is no number',
  (text) => expect(decimalOf(text)).toBeNull(),
);

it('a text of millions of digits is none, at once', () => {
  const started = performance.now();
  expect(decimalOf('1'.repeat(5_000_000))).toBeNull();
  expect(performance.now() - started).toBeLessThan(50);
});
