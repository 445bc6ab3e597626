/**
 * Which language a text is in, as a weighting over several: a question of two words seldom says.
 * The script is counted first; only where it leaves a choice does a neural detector (CLD3,
 * WebAssembly) speak, and the shorter the text, the less it is believed.
 */

import { languageOfTag } from './languages.js';
import { SCRIPTS, type Script } from './scripts.js';
import type { LanguageWeight } from './terms.js';

export interface Detection {
  /**
   * ISO 639-1 code (639-3 where there is none); `und` if the text has no letters of a known script.
   */
  readonly lang: string;
  /**
   * Share of the evidence that speaks for `lang`, in [0, 1]: its weight before the least candidates
   * were dropped.
   */
  readonly confidence: number;
  /** Heaviest first; the weights sum to 1. Empty if `lang` is `und`. */
  readonly candidates: readonly LanguageWeight[];
}

/** UTF-16 code units that are looked at. */
const LONGEST_SAMPLE = 4000;

/** Candidates below this weight are dropped. */
const LEAST_WEIGHT = 0.01;

export async function detectLanguage(text: string): Promise<Detection> {
  const sample = text
    .slice(0, LONGEST_SAMPLE)
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, ' ');
  const parts = withoutBorrowings(partsByScript(sample));
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const weights = new Map<string, number>();
  for (const { script, letters, size } of parts) {
    for (const { lang, weight } of await languagesOf(script, letters, sample)) {
      weights.set(lang, (weights.get(lang) ?? 0) + (weight * size) / total);
    }
  }
  const kept = [...weights]
    .filter(([, weight]) => weight >= LEAST_WEIGHT)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (kept.length === 0) return { lang: 'und', confidence: 0, candidates: [] };
  const sum = kept.reduce((all, [, weight]) => all + weight, 0);
  const candidates = kept.map(([lang, weight]) => ({ lang, weight: weight / sum }));
  return { lang: candidates[0].lang, confidence: kept[0][1], candidates };
}

interface Part {
  readonly script: Script;
  /** Its letters, in the order of the text. */
  readonly letters: string;
  /**
   * How much they say: one of a syllabic or ideographic script as much as several of an alphabet.
   */
  readonly size: number;
}

function partsByScript(text: string): Part[] {
  const found = SCRIPTS.map((script) => {
    const letters = (text.match(script.letters) ?? []).join('');
    return { script, letters, size: [...letters].length * script.lettersEach };
  }).filter(({ size }) => size > 0);
  // Characters shared with Chinese are Japanese where kana stand beside them.
  const kana = found.find(({ script }) => script.name === 'Kana');
  const han = found.find(({ script }) => script.name === 'Hani');
  if (kana === undefined || han === undefined) return found;
  return found.map((part) => (part === han ? { ...han, script: kana.script } : part));
}

/**
 * Text in other scripts is full of Latin names; text in Latin letters seldom quotes another script.
 */
const LATIN_AMONG_OTHERS = 0.5;

function withoutBorrowings(parts: readonly Part[]): readonly Part[] {
  if (parts.length < 2) return parts;
  return parts.map((part) =>
    part.script.name === 'Latn' ? { ...part, size: part.size * LATIN_AMONG_OTHERS } : part,
  );
}

/** Weights that sum to 1. */
async function languagesOf(
  script: Script,
  letters: string,
  text: string,
): Promise<LanguageWeight[]> {
  if (!script.undecided) return [...script.languages];
  const { findLanguage } = await detector();
  // Words of other scripts would be taken for a part of the language.
  const { language, probability } = findLanguage(text.replace(script.others, ' '));
  const lang = languageOfTag(language);
  const belief = lang === undefined ? 0 : probability * trust(lang, script, [...letters].length);
  const rest = script.languages.map((prior) => ({
    lang: prior.lang,
    weight: prior.weight * (1 - belief),
  }));
  return lang === undefined ? rest : [{ lang, weight: belief }, ...rest];
}

/**
 * How far an answer of the detector is believed, by the number of letters; fitted on fragments of 1
 * to 8 words of the training bitexts. An expected language is right with about the stated
 * probability from six letters on. An unexpected one (Frisian for "berlin wall") is hardly ever
 * right in short text.
 */
function trust(lang: string, script: Script, letters: number): number {
  if (script.languages.some((expected) => expected.lang === lang))
    return letters / (letters + script.doubt);
  return letters ** 2 / (letters ** 2 + UNEXPECTED ** 2);
}

/** Letters at which an unexpected language is believed by half. */
const UNEXPECTED = 20;

interface Detector {
  findLanguage(text: string): { readonly language: string; readonly probability: number };
}

let loading: Promise<Detector> | undefined;

/** Loaded once, when first needed (some 70 ms). */
function detector(): Promise<Detector> {
  loading ??= import('cld3-asm').then(async ({ loadModule }) => {
    const identifier = (await loadModule()).create(0, LONGEST_SAMPLE);
    return { findLanguage: (text) => identifier.findLanguage(text) };
  });
  return loading;
}
