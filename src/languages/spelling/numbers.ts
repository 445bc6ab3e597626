/**
 * Numbers: 1,250, 1.250, 1 250, 1'250, ١٬٢٥٠ and १,२५० are one term, and 3,5 and 3.5 are another.
 */

/** What separates groups of digits in the languages that use a space (CLDR). */
export const SPACE_LANGUAGES: ReadonlySet<string> = new Set(
  'be bg cs et fi fr hu hy ka kk ky lt lv nb nn no pl ru sk sq sv uk uz'.split(' '),
);
/** No-break, figure, thin and narrow no-break space. */
const GROUP_SPACE =
  /(?<![\p{N}.,])[1-9\p{Nd}]\p{Nd}{0,2}(?:[\u00a0\u2007\u2009\u202f]\p{Nd}{3})+(?!\p{N})/gu;
const ANY_GROUP_SPACE =
  /(?<![\p{N}.,])(?!\p{Nd} \p{Nd}{3} \p{Nd}{1,2}(?!\p{N}))[1-9]\d{0,2}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?!\p{N})/gu;
export const GROUP_SPACES = /[\u00a0\u2007\u2009\u202f]/u;
const MAY_HAVE_GROUPS = /\p{Nd}[ \u00a0\u2007\u2009\u202f]\p{Nd}{3}(?!\p{Nd})/u;

/** The text with an apostrophe for each space between groups of digits; as long as before. */
export function markGroups(text: string, lang: string): string {
  if (!MAY_HAVE_GROUPS.test(text)) return text;
  const pattern = SPACE_LANGUAGES.has(lang) ? ANY_GROUP_SPACE : GROUP_SPACE;
  return text.replace(pattern, (number) => number.replace(/[ \u00a0\u2007\u2009\u202f]/gu, "'"));
}

/** 1,250  1.250.000  1'250.75  1.250,75 */
const GROUPED = /^([1-9]\d{0,2}(?:([.,'])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?$/;
/** The groups of India: 12,50,000 */
const INDIAN = /^([1-9]\d?(?:,\d{2})+,\d{3})(?:\.(\d+))?$/;
const DECIMAL = /^(\d+)[.,](\d+)$/;

/** A word of ASCII digits and separators in the form that is matched. */
export function normalNumber(word: string): string {
  const [, digits, decimals] = ((match) =>
    match === null ? (INDIAN.exec(word) ?? []) : [match[0], match[1], match[3]])(
    GROUPED.exec(word),
  );
  if (digits !== undefined) {
    const whole = digits.replace(/[.,']/g, '');
    return decimals === undefined ? whole : `${whole}.${decimals}`;
  }
  return word.replace(DECIMAL, '$1.$2');
}

const UNITS =
  'kg|mg|km|cm|mm|nm|ml|dl|cl|hl|kb|mb|gb|tb|kib|mib|gib|hz|khz|mhz|ghz|kw|mw|gw|kwh|mah|kv|mv|px|pt|ft|lb|lbs|oz|mph|kmh|kbps|mbps|gbps|rpm|ppm|usd|eur|gbp|chf|min|sec|hrs|м|км|кг|см|мм|руб|г';
/** A number and what follows it without a space: a unit, or a word in a script other than Latin. */
const ATTACHED = new RegExp(
  `^(\\p{Nd}(?:[\\p{Nd}.,']*\\p{Nd})?)((?:${UNITS})|(?!\\p{Script=Latin})\\p{L}[\\p{L}\\p{M}'\\p{N}]*)$`,
  'iu',
);

/** Where a word is to be cut after its number: 5km, 2002년; 0 if it is not. */
export function numberEnd(word: string): number {
  return ATTACHED.exec(word)?.[1].length ?? 0;
}
