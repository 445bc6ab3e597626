/** Guesses the encoding of text that is not UTF-8, from its bytes. */

import { TextDecoder } from 'node:util';

/** From this confidence in percent on, chardet's first answer is taken as it is. */
const SURE = 40;
/** Below this confidence, its first answer is worth less than a text that is all Cyrillic. */
const UNSURE = 20;
/** Names that chardet gives, and the superset that files under that name are really in. */
const SUPERSETS: Readonly<Record<string, string>> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-8': 'windows-1255',
  'iso-8859-9': 'windows-1254',
};

/**
 * The encoding of `sample` as TextDecoder names it, or null where none fits.
 * @param sample of a text with bytes that are not ASCII
 */
export async function guessEncoding(sample: Buffer): Promise<string | null> {
  const { analyse } = await import('chardet');
  const guesses = analyse(sample).filter(({ confidence }) => confidence > 0);
  if (!hasNeighbors(sample)) {
    const found = guesses.find(({ name }) => !PAIRED.test(name) && fits(sample, name));
    return found === undefined || found.confidence < UNSURE ? 'windows-1252' : labelOf(found.name);
  }
  const [first, ...others] = guesses;
  const isSure = first !== undefined && first.confidence >= SURE;
  // chardet does not know Thai, and takes it for one of the encodings of pairs.
  if (!(isSure && !PAIRED.test(first.name)) && isPlausible(THAI, sample)) return THAI.encoding;
  if (isSure && fits(sample, first.name)) return labelOf(first.name);
  const rules = (first?.confidence ?? 0) < UNSURE ? [...RULES, ...CYRILLIC] : RULES;
  const found = rules.find((rule) => isPlausible(rule, sample));
  if (found !== undefined) return found.encoding;
  for (const { name } of first === undefined ? [] : [first, ...others])
    if (fits(sample, name)) return labelOf(name);
  return null;
}

/** Encodings of more than one byte a character. */
const PAIRED = /^(?:big5|euc|gb|iso-2022|shift|utf)/i;

/** True if two bytes beyond ASCII stand side by side, as in every text of other letters. */
function hasNeighbors(sample: Buffer): boolean {
  return sample.some((byte, i) => byte >= 0x80 && sample[i + 1] >= 0x80);
}

/** UTF-16 without a byte order mark: its byte order, or null for anything else. */
export function guessUtf16(sample: Buffer): 'utf-16le' | 'utf-16be' | null {
  const zeros = [0, 0];
  let isAscii = true;
  for (const [i, byte] of sample.entries()) {
    if (byte === 0) zeros[i % 2]++;
    if (byte >= 0x80) isAscii = false;
  }
  if (zeros[0] + zeros[1] === 0 || (zeros[0] > 0 && zeros[1] > 0)) return null;
  const encoding = zeros[1] > 0 ? 'utf-16le' : 'utf-16be';
  const text = decoded(sample.subarray(0, sample.length & ~1), encoding);
  // Two letters of ASCII are one ideograph: then a NUL is the mark of binary data.
  if (isAscii && /[\u2e80-\uffff]/.test(text ?? '')) return null;
  return text !== null && shareOf(text, READABLE) === 1 ? encoding : null;
}

interface Rule {
  readonly encoding: string;
  readonly accepts: (text: string, bytes: Buffer) => boolean;
}

function isPlausible({ encoding, accepts }: Rule, sample: Buffer): boolean {
  const text = decoded(sample, encoding);
  return text !== null && accepts(text, sample);
}

const READABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\t\r\n]/u;

const THAI: Rule = {
  encoding: 'windows-874',
  // Signs above and below stand on a consonant.
  accepts: (text) =>
    shareOf(text, /\p{Script=Thai}/u) > 0.9 &&
    /[ก-ฮ].*[ก-ฮ]/s.test(text) &&
    !/[ฃฅฯฺ฿๏๚๛]|[a-z][\u0e01-\u0e5b]|[\u0e01-\u0e5b][a-z]/i.test(text) &&
    !/(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/.test(
      text,
    ),
};

/** What the text would have to look like, for short texts of which chardet is not sure. */
const RULES: readonly Rule[] = [
  ...['shift_jis', 'euc-jp'].map((encoding) => ({
    encoding,
    accepts: (text: string) =>
      /\p{Script=Hiragana}/u.test(text) &&
      shareOf(text, /[\p{Script=Hiragana}\u30a0-\u30ff\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e]/u) >
        0.9,
  })),
  { encoding: 'euc-kr', accepts: (text) => shareOf(text, /[가-힣\u3000-\u303f]/) > 0.9 },
  { encoding: 'gb18030', accepts: (_, bytes) => leadShare(bytes, 0xb0, 0xd7) > 0.9 },
  { encoding: 'big5', accepts: (_, bytes) => leadShare(bytes, 0xa4, 0xc6) > 0.9 },
];

const CYRILLIC: readonly Rule[] = ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'].map(
  (encoding) => ({
    encoding,
    accepts: (text: string) =>
      shareOf(text, /[а-яё]/) > 0.8 && !/[a-z][а-яё]|[а-яё][a-z]/i.test(text),
  }),
);

/** Share of the characters beyond ASCII that match; of all where there are none. */
function shareOf(text: string, pattern: RegExp): number {
  const beyond = Array.from(text).filter((character) => character > '\x7f');
  const characters = beyond.length === 0 ? Array.from(text) : beyond;
  return characters.filter((character) => pattern.test(character)).length / characters.length;
}

/** Share of the characters of two bytes whose first byte lies in the range, or is punctuation. */
function leadShare(bytes: Buffer, from: number, to: number): number {
  let pairs = 0;
  let within = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] < 0x80) continue;
    pairs++;
    const lead = bytes[at++];
    if ((lead >= from && lead <= to) || (lead >= 0xa1 && lead <= 0xa3)) within++;
  }
  return within / pairs;
}

function labelOf(name: string): string {
  const label = name.toLowerCase();
  return SUPERSETS[label] ?? label;
}

function fits(sample: Buffer, name: string): boolean {
  const text = decoded(sample, labelOf(name));
  return text !== null && !/[\x80-\x9f]/.test(text);
}

/** null where a byte is wrong, or the encoding is unknown. The end may be cut off. */
function decoded(sample: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true });
  } catch {
    return null;
  }
}
