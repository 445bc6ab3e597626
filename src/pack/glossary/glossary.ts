/**
 * A company's own terms in several languages: where they stand in a text, and the text with a token
 * of each concept in their place, the same in every language, so that what analyzes words sees one
 * word. Terms are compared as words are matched: stemmed and without regard to case.
 */
import { sha256 } from '../../base/identity.js';
import { romanize, type Word, wordsOf } from '../../languages/analysis.js';

/** Terms by language (ISO 639-1 code); the first of a language is the one that is written. */
export type ConceptTerms = Readonly<Record<string, readonly string[]>>;

export interface Concept {
  /** One word to every analysis, and stable under every stemmer; depends on this concept alone. */
  readonly token: string;
  readonly terms: ConceptTerms;
}

/** An occurrence; offsets are UTF-16 units of the text in NFC. */
export interface GlossarySpan {
  readonly start: number;
  readonly end: number;
  readonly concept: Concept;
}

/** A term as a sequence of matched words. */
interface Entry {
  readonly words: readonly string[];
  readonly concept: Concept;
}

interface TextInLanguage {
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

/** What may stand between the words of a term. */
const GAP = /^[\s\p{Pd}.·'’/]*$/u;

export class Glossary {
  readonly concepts: readonly Concept[];
  /** Languages that have a term. */
  readonly languages: readonly string[];
  /** Over the concepts in any order (hex). */
  readonly sha256: string;
  readonly #byToken: ReadonlyMap<string, Concept>;
  /** By language and first word, longest first. */
  readonly #entries = new Map<string, Map<string, Entry[]>>();
  readonly #rewritten = new WeakMap<TextInLanguage, TextInLanguage>();

  /**
   * @param concepts without a term that means two of them (see `termKey`); at least one term each
   */
  constructor(concepts: readonly ConceptTerms[]) {
    this.concepts = concepts.map((terms) => ({ token: tokenOf(terms), terms }));
    this.languages = [...new Set(concepts.flatMap((terms) => Object.keys(terms)))].sort();
    const canonical = this.concepts.map(({ terms }) => canonicalTerms(terms)).sort();
    this.sha256 = sha256(canonical.join('\n'));
    this.#byToken = new Map(this.concepts.map((concept) => [concept.token, concept]));
    for (const concept of this.concepts) {
      for (const [lang, terms] of Object.entries(concept.terms))
        for (const term of terms) this.#add(lang, { words: matchedWords(term, lang), concept });
    }
  }

  concept(token: string): Concept | undefined {
    return this.#byToken.get(token);
  }

  /** Occurrences in order, none over another: the leftmost, and of those the longest. */
  spans(text: string, lang: string): GlossarySpan[] {
    const entries = this.#entries.get(lang);
    if (entries === undefined) return [];
    const normalized = text.normalize('NFC');
    const words = wordsOf(normalized, lang);
    const spans: GlossarySpan[] = [];
    for (let at = 0; at < words.length; at++) {
      const found = entries
        .get(words[at].term)
        ?.find((entry) => standsAt(entry, words, at, normalized));
      if (found === undefined) continue;
      const last = at + found.words.length - 1;
      spans.push({ start: words[at].start, end: words[last].end, concept: found.concept });
      at = last;
    }
    return spans;
  }

  /** The text in NFC with tokens in place of terms; the text itself if it has none. */
  rewrite(text: string, lang: string): string {
    const spans = this.spans(text, lang);
    if (spans.length === 0) return text;
    const normalized = text.normalize('NFC');
    let out = '';
    let from = 0;
    for (const { start, end, concept } of spans) {
      out += `${normalized.slice(from, start)} ${concept.token} `;
      from = end;
    }
    return out + normalized.slice(from);
  }

  /**
   * A passage with tokens; the passage itself if it has no term. Remembered for as long as the
   * passage lives.
   */
  rewritten<P extends TextInLanguage>(passage: P): P {
    let found = this.#rewritten.get(passage);
    if (found === undefined) {
      const { title, text, lang } = passage;
      const [ofTitle, ofText] = [this.rewrite(title, lang), this.rewrite(text, lang)];
      found =
        ofTitle === title && ofText === text
          ? passage
          : { ...passage, title: ofTitle, text: ofText };
      this.#rewritten.set(passage, found);
    }
    return found as P;
  }

  /** Tokens replaced by what is written in `lang`, or in the concept's first language. */
  shown(text: string, lang: string): string {
    return text.replace(TOKEN, (found) => {
      // Scripts without blanks may have put letters before it.
      for (let from = 0; from < found.length; from++) {
        const terms = this.#byToken.get(found.slice(from))?.terms;
        if (terms !== undefined)
          return found.slice(0, from) + (terms[lang] ?? terms[firstLanguage(terms)])[0];
      }
      return found;
    });
  }

  /** The concepts of a text. @param langs that it may be written in */
  conceptsIn(text: string, langs: readonly string[]): Concept[] {
    return [
      ...new Set(langs.flatMap((lang) => this.spans(text, lang).map(({ concept }) => concept))),
    ];
  }

  #add(lang: string, entry: Entry): void {
    const ofLanguage = this.#entries.get(lang) ?? new Map<string, Entry[]>();
    this.#entries.set(lang, ofLanguage);
    const [first] = entry.words;
    const list = [...(ofLanguage.get(first) ?? []), entry];
    ofLanguage.set(
      first,
      list.sort((a, b) => b.words.length - a.words.length),
    );
  }
}

/** Terms are the same to matching if this is equal; empty for what holds no word. */
export function termKey(term: string, lang: string): string {
  return matchedWords(term, lang).join(' ');
}

/** JSON that is equal for equal terms. */
export function canonicalTerms(terms: ConceptTerms): string {
  return JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function matchedWords(term: string, lang: string): string[] {
  return wordsOf(term, lang).map((word) => word.term);
}

function standsAt(
  { words }: Entry,
  text: readonly Word[],
  at: number,
  normalized: string,
): boolean {
  return words.every((word, i) => {
    const there = text[at + i];
    if (there?.term !== word) return false;
    return i === 0 || GAP.test(normalized.slice(text[at + i - 1].end, there.start));
  });
}

const TOKEN = /[a-z0-9_]*?_[0-9a-f]{6}_/g;
/** Of the readable part. */
const TOKEN_LENGTH = 40;

/**
 * The first term, romanized, for people who read an explanation; the hash keeps concepts apart, the
 * last sign stems off.
 */
function tokenOf(terms: ConceptTerms): string {
  const lang = firstLanguage(terms);
  const [term] = terms[lang];
  const readable = wordsOf(term, lang)
    .map(({ surface }) => romanize(surface))
    .filter((word) => word !== '')
    .join('_')
    .slice(0, TOKEN_LENGTH);
  const hash = sha256(`${lang}\t${termKey(term, lang)}`).slice(0, 6);
  return `${readable}_${hash}_`;
}

/** English, where there is a term. */
export function firstLanguage(terms: ConceptTerms): string {
  return 'en' in terms ? 'en' : Object.keys(terms).sort()[0];
}
