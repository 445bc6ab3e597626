/** The order of passage ids by their UTF-8 bytes. Knows no scores. */

/**
 * Negative if `a` stands before `b` by UTF-8 bytes, 0 if equal. JavaScript compares UTF-16 units, where surrogates
 * (U+10000 and above) wrongly stand before U+E000 to U+FFFF.
 */
export function comparePassageIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
