/**
 * Splits a sentence into words by the rules of the Penn Treebank, exactly as NLTK's
 * `NLTKWordTokenizer` (3.10), which the XOR-Retrieve script uses to count tokens.
 */
import { DIGIT, SPACE, splitWhitespace, WORD } from './python-strings.js';

type Rule = readonly [pattern: RegExp, replacement: string];

const S = `[${SPACE}]`;
const START = `(?<![${WORD}])(?=[${WORD}])`;
const END = `(?<=[${WORD}])(?![${WORD}])`;

/** Opening quotes; straight double quotes that open become ``. */
const OPENING: readonly Rule[] = [
  [/([«“‘„]|`+)/gu, ' $1 '],
  [/^"/u, '``'],
  [/``/gu, ' $& '],
  [/([ ([{<])(?:"|'{2})/gu, '$1 `` '],
  [new RegExp(`(?<![${WORD}])'(?!(?:re|ve|ll|m|t|s|d|n)(?![${WORD}]))(?=[${WORD}])`, 'giu'), "' "],
];

const PUNCTUATION: readonly Rule[] = [
  // The final period, possibly before closing marks.
  [new RegExp(`([^.])(\\.)([\\])}>"'»”’ ]*)${S}*$`, 'u'), '$1 $2 $3 '],
  [new RegExp(`([:,])([^${DIGIT}])`, 'gu'), ' $1 $2'],
  [/([:,])$/u, ' $1 '],
  [/\.{2,}/gu, ' $& '],
  [/[;@#$%&]/gu, ' $& '],
  [/[\u2012-\u2015]/gu, ' $& '],
  [new RegExp(`([^.])(\\.)([\\])}>"']*)${S}*$`, 'u'), '$1 $2$3 '],
  [/[?!]/gu, ' $& '],
  [/([^'])' /gu, "$1 ' "],
  [/[*]/gu, ' $& '],
  [/[\][(){}<>]/gu, ' $& '],
  [/--/gu, ' -- '],
];

/** Closing quotes and contracted endings. */
const ENDINGS: readonly Rule[] = [
  [/[»”’]/gu, ' $& '],
  [/''/gu, " '' "],
  [/"/gu, " '' "],
  [new RegExp(`${S}+`, 'gu'), ' '],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
];

/** Contractions of two words. */
const CONTRACTIONS: readonly Rule[] = [
  ...[
    '(can)(not)',
    "(d)('ye)",
    '(gim)(me)',
    '(gon)(na)',
    '(got)(ta)',
    '(lem)(me)',
    "(more)('n)",
  ].map((halves): Rule => [new RegExp(`${START}${halves}${END}`, 'giu'), ' $1 $2 ']),
  [new RegExp(`${START}(wan)(na)(?=${S})`, 'giu'), ' $1 $2 '],
  ...["('t)(is)", "('t)(was)"].map(
    (halves): Rule => [new RegExp(` ${halves}${END}`, 'giu'), ' $1 $2 '],
  ),
];

/** The words and punctuation marks of one sentence. */
export function treebankTokens(sentence: string): string[] {
  let text = sentence;
  for (const [pattern, replacement] of [...OPENING, ...PUNCTUATION])
    text = text.replace(pattern, replacement);
  text = ` ${text} `;
  for (const [pattern, replacement] of [...ENDINGS, ...CONTRACTIONS])
    text = text.replace(pattern, replacement);
  return splitWhitespace(text);
}
