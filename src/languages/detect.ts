/**
 * Detects the language of a text as weights over several candidates, because a question of two
 * words is often ambiguous. Letters are counted by script first. Where a script leaves a choice, a
 * neural detector (CLD3, WebAssembly) and, where a pack is at hand, its vocabularies are consulted;
 * the shorter the text, the less the detector is trusted.
 */
import { type Word, wordsOf } from './analysis.js';
import { SCRIPTS, type Script, scriptsOf, TELLTALE_LETTERS } from './scripts.js';
import { languageOfTag } from './tags.js';
import type { LanguageWeight } from './terms.js';
import { type KnownWords, wordLikelihood } from './vocabulary.js';

export interface Detection {
  /**
   * ISO 639-1 code (639-3 where there is none); `und` if the text has no letters of a known script.
   */
  readonly lang: string;
  /**
   * Share of the evidence for `lang`, in [0, 1]: its weight before the lightest candidates were
   * dropped.
   */
  readonly confidence: number;
  /** Heaviest first; the weights sum to 1. Empty if `lang` is `und`. */
  readonly candidates: readonly LanguageWeight[];
}

/** Detection reads this many UTF-16 code units from the start of the text. */
const SAMPLE_LENGTH = 4000;

/** Candidates below this weight are dropped. */
const MIN_WEIGHT = 0.01;

/** @param words vocabularies that are consulted where the detector is not sure */
export async function detectLanguage(text: string, words?: KnownWords): Promise<Detection> {
  const sample = text
    .slice(0, SAMPLE_LENGTH)
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, ' ');
  const parts = discountLatin(partsByScript(sample));
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const weights = new Map<string, number>();
  for (const part of parts) {
    for (const { lang, weight } of await languagesOf(part, sample, words)) {
      weights.set(lang, (weights.get(lang) ?? 0) + (weight * part.size) / total);
    }
  }
  const ranked = [...weights]
    .filter(([, weight]) => weight >= MIN_WEIGHT)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (ranked.length === 0) return { lang: 'und', confidence: 0, candidates: [] };
  const sum = ranked.reduce((all, [, weight]) => all + weight, 0);
  const candidates = ranked.map(([lang, weight]) => ({ lang, weight: weight / sum }));
  return { lang: candidates[0].lang, confidence: ranked[0][1], candidates };
}

/** The letters of a text that belong to one script. */
interface Part {
  readonly script: Script;
  /** In the order of the text. */
  readonly letters: string;
  /**
   * Number of letters; a syllabic or ideographic character counts as much as several letters of an
   * alphabet.
   */
  readonly size: number;
}

function partsByScript(text: string): Part[] {
  const parts = SCRIPTS.map((script) => {
    const letters = (text.match(script.letters) ?? []).join('');
    return { script, letters, size: [...letters].length * script.lettersEach };
  }).filter(({ size }) => size > 0);
  // Han characters next to kana are Japanese.
  const kana = parts.find(({ script }) => script.name === 'Kana');
  const han = parts.find(({ script }) => script.name === 'Hani');
  if (kana === undefined || han === undefined) return parts;
  return parts.map((part) => (part === han ? { ...han, script: kana.script } : part));
}

/**
 * What a Latin letter counts beside other scripts: text in other scripts is full of Latin names,
 * while text in Latin letters seldom quotes another script.
 */
const LATIN_DISCOUNT = 0.5;

function discountLatin(parts: readonly Part[]): readonly Part[] {
  if (parts.length < 2) return parts;
  return parts.map((part) =>
    part.script.name === 'Latn' ? { ...part, size: part.size * LATIN_DISCOUNT } : part,
  );
}

/** The languages that text in a script may be in; weights sum to 1. */
async function languagesOf(
  { script, letters }: Part,
  text: string,
  words: KnownWords | undefined,
): Promise<readonly LanguageWeight[]> {
  if (!script.ambiguous) return script.languages;
  const { findLanguage } = await detector();
  // Words in other scripts would mislead the detector, and so do capitals alone.
  const own = text.replace(script.others, ' ');
  const { language, probability } = findLanguage(LOWER.test(own) ? own : own.toLowerCase());
  const lang = languageOfTag(language);
  const detected = lang === undefined ? 0 : probability * trust(lang, script, letters);
  const weights = new Map(
    script.languages.map((prior) => [prior.lang, prior.weight * (1 - detected)]),
  );
  for (const other of words?.languages ?? []) {
    if (scriptsOf(other).has(script.name) && !weights.has(other))
      weights.set(other, OTHER_PRIOR * (1 - detected));
  }
  if (lang !== undefined) weights.set(lang, (weights.get(lang) ?? 0) + detected);
  const candidates = [...weights].map(([code, weight]) => ({ lang: code, weight }));
  if (words === undefined) return candidates;
  const isKnown = lang !== undefined && words.languages.includes(lang);
  if (isCertain(detected, letters, isKnown)) return candidates;
  return weighedByWords(candidates, own, script, words);
}

const LOWER = /\p{Ll}/u;

/** Prior weight of a language of the pack that the script does not list. */
const OTHER_PRIOR = 0.05;

/** Where the detector is as sure of as many letters, no vocabulary is read. */
function isCertain(detected: number, letters: string, isKnown: boolean): boolean {
  return (
    (detected >= 0.9 && letters.length >= 32) ||
    (isKnown && detected >= 0.7 && letters.length >= 64)
  );
}

/** Exponent of the likelihood of words, which are no independent draws. */
const WORD_WEIGHT = 0.8;
/** The same of Chinese characters: names are common to Chinese and Japanese. */
const HAN_WEIGHT = 0.35;
/** A word in a language without a vocabulary, against its spelling in the others on average. */
const UNKNOWN_LANGUAGE = 0.2;
/** A smaller vocabulary says nothing about the words that it lacks. */
const LEAST_TERMS = 2000;
/** Words that are read. */
const MOST_WORDS = 24;

/**
 * Bayes' rule: the weights of candidates as priors, the words as what was observed. In a language
 * without a vocabulary, a word is as likely as its spelling is in the others on average.
 */
function weighedByWords(
  candidates: readonly LanguageWeight[],
  text: string,
  script: Script,
  words: KnownWords,
): readonly LanguageWeight[] {
  const vocabularies = candidates.flatMap(({ lang }) => {
    const isKnown = words.languages.includes(lang) && scriptsOf(lang).has(script.name);
    const vocabulary = isKnown ? words.vocabulary(lang) : null;
    return vocabulary === null || vocabulary.size < LEAST_TERMS ? [] : [{ lang, vocabulary }];
  });
  if (vocabularies.length === 0 || candidates.length < 2) return candidates;
  const sums = new Map<string, number>();
  /** By word: the sum of its probabilities by spelling. */
  const spelled: number[] = [];
  for (const { lang, vocabulary } of vocabularies) {
    let sum = 0;
    for (const [i, { term, surface }] of lettered(text, lang).entries()) {
      const word = wordLikelihood(vocabulary, term, surface);
      sum += Math.log(word.likelihood);
      spelled[i] = (spelled[i] ?? 0) + word.spelled;
    }
    sums.set(lang, sum);
  }
  const scale = UNKNOWN_LANGUAGE / vocabularies.length;
  const unknown = spelled.reduce((sum, p) => sum + Math.log(scale * p), 0);
  const exponent = script.name === 'Hani' ? HAN_WEIGHT : WORD_WEIGHT;
  const likelihoods = candidates.map(({ lang }) => exponent * (sums.get(lang) ?? unknown));
  const most = Math.max(...likelihoods);
  const posterior = candidates.map(({ lang, weight }, i) => ({
    lang,
    weight: weight * Math.exp(likelihoods[i] - most),
  }));
  const total = posterior.reduce((sum, { weight }) => sum + weight, 0);
  return posterior.map(({ lang, weight }) => ({ lang, weight: weight / total }));
}

function lettered(text: string, lang: string): Word[] {
  return wordsOf(text, lang)
    .filter(({ surface }) => /\p{L}/u.test(surface))
    .slice(0, MOST_WORDS);
}

/**
 * How far the detector is trusted, in [0, 1), given the letters. Fitted on fragments of 1
 * to 8 words of the training bitexts: from six letters on, an expected language is right with about
 * the probability that the detector states, while an unexpected one (Frisian for "berlin wall") is
 * hardly ever right in short text.
 */
function trust(lang: string, script: Script, letters: string): number {
  const count = [...letters].length;
  if (script.languages.some((expected) => expected.lang === lang))
    return count / (count + script.halfTrust);
  const halfTrust = TELLTALE_LETTERS[lang]?.test(letters)
    ? TELLTALE_HALF_TRUST
    : UNEXPECTED_HALF_TRUST;
  return count ** 2 / (count ** 2 + halfTrust ** 2);
}

/** Number of letters at which the trust in an unexpected language is one half. */
const UNEXPECTED_HALF_TRUST = 20;
/** The same where the text has letters that only such a language has. */
const TELLTALE_HALF_TRUST = 4;

interface Detector {
  findLanguage(text: string): { readonly language: string; readonly probability: number };
}

let loading: Promise<Detector> | undefined;

/** The detector, loaded on first use (about 70 ms). */
function detector(): Promise<Detector> {
  loading ??= import('cld3-asm').then(async ({ loadModule }) => {
    const identifier = (await loadModule()).create(0, SAMPLE_LENGTH);
    return { findLanguage: (text) => identifier.findLanguage(text) };
  });
  return loading;
}
