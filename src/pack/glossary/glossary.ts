/**
 * A glossary: an organization's own terms in several languages. It finds the terms in a text and
 * replaces each by its concept's token, which is one word and the same in every language. Terms are
 * matched as search matches words: stemmed and case-insensitive.
 */
import { sha256 } from '../../base/identity.js';
import { romanize, type Word, wordsOf } from '../../languages/analysis.js';

/** Terms by language (ISO 639-1 code); the first term of a language is the preferred one. */
export type ConceptTerms = Readonly<Record<string, readonly string[]>>;

export interface Concept {
  /** A single word in every language that no stemmer changes; depends only on this concept. */
  readonly token: string;
  readonly terms: ConceptTerms;
}

/** An occurrence of a term; offsets are UTF-16 code units into the text in NFC. */
export interface GlossarySpan {
  readonly start: number;
  readonly end: number;
  readonly concept: Concept;
}

/** A term as the sequence of its stemmed words. */
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
  /** Languages with at least one term. */
  readonly languages: readonly string[];
  /** Digest of the concepts (hex), independent of their order. */
  readonly sha256: string;
  readonly #byToken: ReadonlyMap<string, Concept>;
  /** Terms by language and first word, longest first. */
  readonly #entries = new Map<string, Map<string, Entry[]>>();
  readonly #rewritten = new WeakMap<TextInLanguage, TextInLanguage>();

  /** @param concepts with at least one term each; no two share a term (see `termKey`) */
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

  /** Occurrences in order, without overlap: leftmost first, and the longest term wins. */
  spans(text: string, lang: string): GlossarySpan[] {
    const entries = this.#entries.get(lang);
    if (entries === undefined) return [];
    const normalized = text.normalize('NFC');
    const words = wordsOf(normalized, lang);
    const spans: GlossarySpan[] = [];
    for (let at = 0; at < words.length; at++) {
      const entry = entries
        .get(words[at].term)
        ?.find((candidate) => matchesAt(candidate, words, at, normalized));
      if (entry === undefined) continue;
      const last = at + entry.words.length - 1;
      spans.push({ start: words[at].start, end: words[last].end, concept: entry.concept });
      at = last;
    }
    return spans;
  }

  /** The text in NFC with terms replaced by tokens; the text itself if it has no term. */
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
   * The passage with terms replaced by tokens; the passage itself if it has no term. Cached for as
   * long as the passage object lives.
   */
  rewritten<P extends TextInLanguage>(passage: P): P {
    let rewritten = this.#rewritten.get(passage);
    if (rewritten === undefined) {
      const { lang } = passage;
      const [title, text] = [this.rewrite(passage.title, lang), this.rewrite(passage.text, lang)];
      rewritten =
        title === passage.title && text === passage.text ? passage : { ...passage, title, text };
      this.#rewritten.set(passage, rewritten);
    }
    return rewritten as P;
  }

  /** Replaces tokens by the preferred term in `lang`, or else in the concept's first language. */
  shown(text: string, lang: string): string {
    return text.replace(TOKEN, (match) => {
      // In scripts without spaces the match may start with letters that precede the token.
      for (let from = 0; from < match.length; from++) {
        const terms = this.#byToken.get(match.slice(from))?.terms;
        if (terms !== undefined)
          return match.slice(0, from) + (terms[lang] ?? terms[firstLanguage(terms)])[0];
      }
      return match;
    });
  }

  /**
   * The concepts that occur in a text.
   * @param langs languages that the text may be in
   */
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

/** Two terms with equal keys match the same text. Empty for a term without words. */
export function termKey(term: string, lang: string): string {
  return matchedWords(term, lang).join(' ');
}

/** JSON with the languages in a fixed order. */
export function canonicalTerms(terms: ConceptTerms): string {
  return JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function matchedWords(term: string, lang: string): string[] {
  return wordsOf(term, lang).map((word) => word.term);
}

function matchesAt(
  { words }: Entry,
  text: readonly Word[],
  at: number,
  normalized: string,
): boolean {
  return words.every((word, i) => {
    const candidate = text[at + i];
    if (candidate?.term !== word) return false;
    return i === 0 || GAP.test(normalized.slice(text[at + i - 1].end, candidate.start));
  });
}

const TOKEN = /[a-z0-9_]*?_[0-9a-f]{6}_/g;
/** Longest readable part of a token, in characters. */
const MAX_READABLE_LENGTH = 40;

/**
 * The token of a concept: its first term, romanized, which makes explanations readable; a hash,
 * which makes it unique; and an underscore, which keeps stemmers from changing it.
 */
function tokenOf(terms: ConceptTerms): string {
  const lang = firstLanguage(terms);
  const [term] = terms[lang];
  const readable = wordsOf(term, lang)
    .map(({ surface }) => romanize(surface))
    .filter((word) => word !== '')
    .join('_')
    .slice(0, MAX_READABLE_LENGTH);
  const hash = sha256(`${lang}\t${termKey(term, lang)}`).slice(0, 6);
  return `${readable}_${hash}_`;
}

/** English if there is an English term, else the first language in alphabetical order. */
export function firstLanguage(terms: ConceptTerms): string {
  return 'en' in terms ? 'en' : Object.keys(terms).sort()[0];
}
