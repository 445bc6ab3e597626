/**
 * Decimal numbers as text, compared exactly and in linear time. As doubles, long ones are equal to
 * their neighbors: 12345678901234567 to 12345678901234568.
 */

/** The value is +-0.DIGITS times ten to the exponent; zero has no digits. */
export interface Decimal {
  readonly isNegative: boolean;
  /** Neither leading nor trailing zeros. */
  readonly digits: string;
  readonly exponent: number;
}

/** Longer texts are no numbers. */
const LONGEST = 400;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,9}))?$/i;
const ZERO = '0'.charCodeAt(0);

/** null where the text is no number such as `-12.5` or `1e3`. */
export function decimalOf(text: string): Decimal | null {
  const match = text.length > LONGEST ? null : NUMBER.exec(text);
  if (match === null) return null;
  const [, sign, whole, fraction = '', power = '0'] = match;
  const written = whole + fraction;
  if (written === '') return null;
  let [start, end] = [0, written.length];
  while (start < end && written.charCodeAt(start) === ZERO) start++;
  while (end > start && written.charCodeAt(end - 1) === ZERO) end--;
  if (start === end) return { isNegative: false, digits: '', exponent: 0 };
  return {
    isNegative: sign === '-',
    digits: written.slice(start, end),
    exponent: whole.length - start + Number(power),
  };
}

/** Negative, 0 or positive, as `a - b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const difference = signOf(a) - signOf(b);
  if (difference !== 0) return difference;
  return a.isNegative ? compareSizes(b, a) : compareSizes(a, b);
}

function signOf({ digits, isNegative }: Decimal): number {
  if (digits === '') return 0;
  return isNegative ? -1 : 1;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}
