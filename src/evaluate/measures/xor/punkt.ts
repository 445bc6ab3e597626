/** Splits text into sentences with NLTK's Punkt (Kiss and Strunk 2006; NLTK 3.10). */
import { DIGIT, rstrip, SPACE, WORD } from './python-strings.js';

/** The trained parameters of a language. */
export interface PunktParameters {
  /** Abbreviations in lower case without their last period, such as `u.s`. */
  readonly abbreviations: ReadonlySet<string>;
  /** Pairs of words (`first\tsecond`) between which a period does not end a sentence. */
  readonly collocations: ReadonlySet<string>;
  /** Words that often start a sentence, in lower case. */
  readonly starters: ReadonlySet<string>;
  /** By word: the contexts and cases in which it occurs, as a bit set of ORTHOGRAPHY. */
  readonly orthography: ReadonlyMap<string, number>;
}

/** Position of a word (start of a sentence, middle or unknown) and case of its first letter. */
const ORTHOGRAPHY = {
  beginningUpper: 2,
  middleUpper: 4,
  unknownUpper: 8,
  beginningLower: 16,
  middleLower: 32,
  unknownLower: 64,
} as const;
const ANY_UPPER = ORTHOGRAPHY.beginningUpper | ORTHOGRAPHY.middleUpper | ORTHOGRAPHY.unknownUpper;
const ANY_LOWER = ORTHOGRAPHY.beginningLower | ORTHOGRAPHY.middleLower | ORTHOGRAPHY.unknownLower;

/** Common English abbreviations, for use without NLTK's trained parameters. */
export const FEW_ABBREVIATIONS: PunktParameters = {
  abbreviations: new Set(
    (
      'mr mrs ms dr prof st jr sr vs inc ltd co corp u.s u.k u.n d.c a.m p.m ph.d gen col sen rep ' +
      'jan feb aug sept oct nov dec'
    ).split(' '),
  ),
  collocations: new Set(),
  starters: new Set(),
  orthography: new Map(),
};

const S = `[${SPACE}]`;
const NOT_S = `[^${SPACE}]`;
const NON_WORD = `[)";}\\]*:@'({[‘’“”«»?!]`;
const MULTIPLE = `(?:-{2,}|\\.{2,}|(?:\\.${S}){2,}\\.)`;
const WORD_END = `(?=${S}|$|${NON_WORD}|${MULTIPLE}|,(?=$|${S}|${NON_WORD}|${MULTIPLE}))`;
const WORDS = new RegExp(
  `${MULTIPLE}|(?=[^("\`{[:;&#*@)}\\]\\-,])${NOT_S}+?${WORD_END}|${NOT_S}`,
  'gu',
);
/** A punctuation mark that may end a sentence, with the text that follows. */
const CANDIDATE = new RegExp(
  `[.?!](?=(?<after>${NON_WORD}|(?<gap>${S}+)(?<next>${NOT_S}+)))`,
  'gu',
);
/** Closing marks at the start of a sentence, which belong to the previous one. */
const CLOSING = new RegExp(`^["')\\]}‘’“”«»]+?(?:${S}+|(?=--)|(?=\\n)|$)`, 'u');
const NUMBER = new RegExp(`^-?[.,]?[${DIGIT}][${DIGIT},.\\-]*\\.?$`, 'u');
const INITIAL = new RegExp(`^(?![${DIGIT}])[${WORD}]\\.$`, 'u');
const ELLIPSIS = /^\.\.+$/u;
const PUNCTUATION = new Set([';', ':', ',', '.', '!', '?']);

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The sentences of a text, without the white space between them. */
export function sentencesOf(text: string, parameters: PunktParameters): string[] {
  return realigned(text, [...slices(text, parameters)]).map(({ from, to }) => text.slice(from, to));
}

function* slices(text: string, parameters: PunktParameters): Generator<Span> {
  let from = 0;
  for (const { end, next, context } of candidates(text)) {
    if (!endsSentence(context, parameters)) continue;
    yield { from, to: end };
    from = next ?? end;
  }
  yield { from, to: rstrip(text).length };
}

interface Candidate {
  /** Offset after the mark. */
  readonly end: number;
  /** Offset of the next word if white space follows the mark, else null. */
  readonly next: number | null;
  /** The word before the mark, the mark, and the text that follows. */
  readonly context: string;
}

/** The last mark of each run of marks after a word. */
function* candidates(text: string): Generator<Candidate> {
  let word: Span = { from: 0, to: 0 };
  let last: Candidate | null = null;
  for (const match of text.matchAll(CANDIDATE)) {
    const space = lastSpace(text.slice(word.to, match.index));
    const from = space > 0 ? word.to + space + 1 : word.from;
    if (last !== null && word.to <= from) yield last;
    word = { from, to: match.index };
    const { after, gap } = match.groups!;
    const end = match.index + 1;
    last = {
      end,
      next: gap === undefined ? null : end + gap.length,
      context: `${text.slice(from, end)}${after}`,
    };
  }
  if (last !== null) yield last;
}

/** Index of the last ASCII white space; 0 if there is none. */
function lastSpace(text: string): number {
  for (let i = text.length - 1; i > 0; i--) if (/[ \t\n\r\v\f]/.test(text[i])) return i;
  return 0;
}

/** Moves closing marks from the start of a sentence to the end of the previous one. */
function realigned(text: string, spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  let moved = 0;
  spans.forEach((span, i) => {
    const sentence = { from: span.from + moved, to: span.to };
    const next = spans[i + 1];
    const closing = next === undefined ? null : CLOSING.exec(text.slice(next.from, next.to));
    if (closing !== null) {
      out.push({ from: sentence.from, to: next.from + rstrip(closing[0]).length });
      moved = closing[0].length;
      return;
    }
    moved = 0;
    if (sentence.from < sentence.to) out.push(sentence);
  });
  return out;
}

interface Token {
  readonly text: string;
  /** The token in lower case, or a placeholder for any number. */
  readonly type: string;
  breaks: boolean;
  abbreviation: boolean;
  readonly ellipsis: boolean;
}

/** Whether a sentence ends before the last word of the context. */
function endsSentence(context: string, parameters: PunktParameters): boolean {
  const tokens = context
    .split('\n')
    .flatMap((line) => line.match(WORDS) ?? [])
    .map((text) => tokenOf(text, parameters));
  for (let i = 0; i + 1 < tokens.length; i++) {
    reconsider(tokens[i], tokens[i + 1], parameters);
    if (tokens[i].breaks) return true;
  }
  return false;
}

function tokenOf(text: string, { abbreviations }: PunktParameters): Token {
  const lower = text.toLowerCase();
  const type = NUMBER.test(lower) ? '##number##' : lower;
  const token = { text, type, breaks: false, abbreviation: false, ellipsis: ELLIPSIS.test(text) };
  if (text === '.' || text === '?' || text === '!') return { ...token, breaks: true };
  if (token.ellipsis || !text.endsWith('.') || text.endsWith('..')) return token;
  const word = lower.slice(0, -1);
  const abbreviation = abbreviations.has(word) || abbreviations.has(word.split('-').at(-1)!);
  return { ...token, abbreviation, breaks: !abbreviation };
}

/**
 * Second pass: revises the decision about a token that ends in a period by the token that follows
 * (sections 4.1 to 4.3 of the paper).
 */
function reconsider(token: Token, next: Token, parameters: PunktParameters): void {
  if (!token.text.endsWith('.')) return;
  const type = withoutPeriod(token.type);
  const nextType = next.breaks ? withoutPeriod(next.type) : next.type;
  const initial = INITIAL.test(token.text);
  if (parameters.collocations.has(`${type}\t${nextType}`)) {
    token.breaks = false;
    token.abbreviation = true;
    return;
  }
  const starts = startsSentence(next, nextType, parameters);
  if ((token.abbreviation || token.ellipsis) && !initial) {
    if (starts === true || (isUpper(next) && parameters.starters.has(nextType))) {
      token.breaks = true;
      return;
    }
  }
  if (!initial && type !== '##number##') return;
  const neverLower = ((parameters.orthography.get(nextType) ?? 0) & ANY_LOWER) === 0;
  if (starts === false || (starts === 'unknown' && initial && isUpper(next) && neverLower)) {
    token.breaks = false;
    token.abbreviation = true;
  }
}

function withoutPeriod(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type;
}

function isUpper({ text }: Token): boolean {
  return /^\p{Uppercase}/u.test(text);
}

/** Whether a word starts a sentence, judged by its case (the orthographic heuristic). */
function startsSentence(
  token: Token,
  type: string,
  { orthography }: PunktParameters,
): boolean | 'unknown' {
  if (PUNCTUATION.has(token.text)) return false;
  const seen = orthography.get(type) ?? 0;
  if (isUpper(token) && (seen & ANY_LOWER) !== 0 && (seen & ORTHOGRAPHY.middleUpper) === 0)
    return true;
  const isLower = /^\p{Lowercase}/u.test(token.text);
  if (isLower && ((seen & ANY_UPPER) !== 0 || (seen & ORTHOGRAPHY.beginningLower) === 0))
    return false;
  return 'unknown';
}
