/** Character classes and string functions as Python defines them, for exact ports of NLTK. */

/** \w for use within a class: letters and numbers of any script, and the underscore. */
export const WORD = '\\p{L}\\p{N}_';
/** \d for use within a class. */
export const DIGIT = '\\p{Nd}';
/** \s for use within a class; also the white space of `str.split` and `str.strip`. */
export const SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const TRAILING_SPACE = new RegExp(`[${SPACE}]+$`, 'u');
const SPACES = new RegExp(`[${SPACE}]+`, 'u');

/** `text.rstrip()` */
export function rstrip(text: string): string {
  return text.replace(TRAILING_SPACE, '');
}

/** `text.split()` */
export function splitWhitespace(text: string): string[] {
  return text.split(SPACES).filter((part) => part !== '');
}
