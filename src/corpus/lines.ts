/**
 * Lines of a text that are layout, not meaning: a paragraph that was wrapped at a fixed width
 * becomes one line again, and a word that was divided at the end of a line becomes whole.
 */

/** Narrower lines are verse, addresses or lists; wider ones were not wrapped by a program. */
const NARROWEST = 36;
const WIDEST = 132;
/** A wrapped line may end this share of the width before the next word would not have fitted. */
const SLACK = 0.1;

/** Scripts without spaces between words: lines are joined without one. */
const UNSPACED =
  /[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Of two columns in a terminal or an editor. */
const BEYOND_LATIN = /[\u1100-\uffff]/;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g;

/** An item of a list, a quotation, a rule, a row of a table, or an indented line. */
const OWN_LINE = /^(?:\s|[-*+•‣▪·–—>|#=]|\d{1,3}[.)]\s)|\||\t|\S {3,}\S/u;

/** Joins the lines of paragraphs that were wrapped; other line breaks stay. */
export function unwrapLines(text: string): string {
  if (!/\S[^\S\n]*\n[^\S\n]*\S/.test(text)) return text;
  const hyphens = new LineEndHyphens(text);
  return text
    .split(/(\r?\n(?:[^\S\n]*\n)+)/)
    .map((part, i) => {
      return i % 2 === 1 ? part : unwrapParagraph(part, hyphens);
    })
    .join('');
}

function unwrapParagraph(paragraph: string, hyphens: LineEndHyphens): string {
  const lines = paragraph.split(/\r?\n/);
  if (lines.length < 2) return paragraph;
  const widths = lines.map(columnsOf);
  const width = widths.reduce((most, columns) => Math.max(most, columns), 0);
  if (width < NARROWEST || width > WIDEST) return paragraph;
  const pieces = [lines[0]];
  for (let i = 1; i < lines.length; i++) {
    const next = lines[i];
    const fitted = widths[i - 1] + 1 + firstWordWidth(next) <= width * (1 - SLACK);
    const isCell = lines[i - 1].includes('|') || lines[i - 1].includes('\t');
    if (next.trim() === '' || fitted || isCell || OWN_LINE.test(next)) pieces.push('\n', next);
    else pieces.push(...hyphens.meet(pieces.pop()!, next));
  }
  return pieces.join('');
}

/** Width of a line, where characters of two columns count twice. */
export function columnsOf(line: string): number {
  const end = line.trimEnd().length;
  return BEYOND_LATIN.test(line) ? end + (line.match(WIDE)?.length ?? 0) : end;
}

/** In columns. A line without spaces may be wrapped after any character. */
function firstWordWidth(line: string): number {
  if (line >= '\u0e00' && UNSPACED.test(line[0])) return 2;
  const end = line.indexOf(' ');
  return end < 0 ? line.length : end;
}

const HYPHEN = /[-\u2010\u00ad]/;
/** Longer words are not divided. */
const LONGEST_PART = 64;
const LEFT_PART = /(?<![\p{L}\p{M}])([\p{L}\p{M}]+)[-\u2010\u00ad]$/u;

/** Joins words that were divided at the end of a line, by what else the text writes. */
export class LineEndHyphens {
  private words: Set<string> | undefined;

  constructor(private readonly text: string) {}

  /** True where the end of a line seems to divide a word. */
  static divides(line: string, next: string): boolean {
    return LEFT_PART.test(line.slice(-LONGEST_PART).trimEnd()) && /^\p{Ll}/u.test(next.trimStart());
  }

  /** Two lines as one: with a space between them where the script has spaces. */
  join(line: string, next: string): string {
    // Only its end decides, and a text that grows line by line is not looked through every time.
    const start = Math.max(0, line.length - LONGEST_PART);
    return line.slice(0, start) + this.meet(line.slice(start), next).join('');
  }

  /** The two parts of two lines that are one: `['ventila', 'tion of']`, `['the hall ', 'and']`. */
  meet(line: string, next: string): [before: string, after: string] {
    const before = line.trimEnd();
    const after = next.trimStart();
    const last = before.at(-1) ?? '';
    if (HYPHEN.test(last)) {
      const left = LEFT_PART.exec(before)?.[1];
      const right = /^[\p{L}\p{M}]+/u.exec(after)?.[0];
      if (left !== undefined && right !== undefined) {
        const isDivided = last === '\u00ad' || this.isDivided(left, right);
        return [isDivided ? before.slice(0, -1) : before, after];
      }
    }
    const isUnspaced = last >= '\u0e00' && UNSPACED.test(last) && UNSPACED.test(after[0] ?? '');
    return [isUnspaced ? before : `${before} `, after];
  }

  /** False for a hyphen that the word has anyway: "well-known". */
  private isDivided(left: string, right: string): boolean {
    if (!/^\p{Ll}/u.test(right)) return false;
    this.words ??= wordsOf(this.text.toLowerCase());
    const [whole, hyphenated] = [left + right, `${left}-${right}`].map((word) =>
      word.toLowerCase(),
    );
    return this.words.has(whole) || !this.words.has(hyphenated);
  }
}

/** Each word once: a list of all would take many times the memory of the text. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const [word] of text.matchAll(/[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)*/gu)) words.add(word);
  return words;
}
