/**
 * The values that filters compare, as terms of one field: equality and order of texts, numbers and
 * dates, for any key of the metadata, without a mapping for each.
 *
 * A fact is `key NUL kind value`. Kinds: `t` a text (its sha256 if it is long); `e` a number for
 * equality; `n` a number for order, in hex digits that sort as the numbers do; `d` a date.
 */
import { sha256 } from '../../base/identity.js';
import type { MetadataValue, Passage } from '../../corpus/passage.js';

export type FactKind = 't' | 'e' | 'n' | 'd';

/** As src/search/filters.ts reads them. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{4}-\d{2}(-\d{2}(T.*)?)?$/;
/** Longer values are replaced by their hash; Lucene's terms have at most 32,766 bytes. */
const LONGEST = 256;

export function fact(key: string, kind: FactKind, value: string): string {
  const short = key.length <= LONGEST ? key : sha256(key);
  return `${short}\0${kind}${kind === 't' && value.length > LONGEST ? sha256(value) : value}`;
}

/** The number as 16 hex digits, in the order of numbers. */
export function orderedNumber(value: number): string {
  const bytes = Buffer.alloc(8);
  // -0 is 0.
  bytes.writeDoubleBE(value + 0);
  const negative = bytes[0] >= 0x80;
  for (let i = 0; i < 8; i++) bytes[i] ^= negative ? 0xff : i === 0 ? 0x80 : 0;
  return bytes.toString('hex');
}

export function isNumberText(text: string): boolean {
  return NUMBER.test(text);
}

export function isDateText(text: string): boolean {
  return DATE.test(text);
}

export function factsOf(passage: Passage): string[] {
  const { id, documentId: document, source, path, title, lang } = passage;
  // The passage's own keys hide those of the metadata.
  const values = { ...passage.metadata, id, document, source, path, title, lang };
  return [...new Set(Object.entries(values).flatMap(([key, value]) => ofValue(key, value)))];
}

/** The presence of a key needs no fact: every condition names a value. */
function ofValue(key: string, value: MetadataValue): string[] {
  if (typeof value === 'object') return value.flatMap((member) => ofValue(key, member));
  const text = String(value);
  const trimmed = text.trim();
  const facts = [fact(key, 't', text)];
  if (isNumberText(text)) facts.push(fact(key, 'e', orderedNumber(Number(text))));
  if (isNumberText(trimmed)) facts.push(fact(key, 'n', orderedNumber(Number(trimmed))));
  if (isDateText(trimmed) && trimmed.length <= LONGEST) facts.push(fact(key, 'd', trimmed));
  return facts;
}
