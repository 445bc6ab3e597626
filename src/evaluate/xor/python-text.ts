/**
 * What Python's `re` and `str` mean by word characters, digits and blanks, where JavaScript means others. (NLTK uses the
 * module `regex` since 3.10, whose \w also has combining marks; published figures were counted with `re`.) Knows no
 * tokenizer.
 */

/** \w: letters and numbers of any script, and the underscore; no combining marks. For use within a class. */
export const WORD = '\\p{L}\\p{N}_';
/** \d. For use within a class. */
export const DIGIT = '\\p{Nd}';
/** \s, and what `str.split` and `str.strip` take for blank. For use within a class. */
export const BLANK = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const BLANKS_AT_END = new RegExp(`[${BLANK}]+$`, 'u');
const BLANKS = new RegExp(`[${BLANK}]+`, 'u');

/** `text.rstrip()` */
export function withoutBlanksAtEnd(text: string): string {
  return text.replace(BLANKS_AT_END, '');
}

/** `text.split()` */
export function splitAtBlanks(text: string): string[] {
  return text.split(BLANKS).filter((part) => part !== '');
}
