/**
 * The languages in which a question is searched: the one that was given, else every plausible one
 * with its weight, and what people should know about them.
 */

import { passageLanguages as countedLanguages, type Snapshot } from '../indexing/snapshot.js';
import { detectLanguage } from '../languages/detect.js';
import { languageName } from '../languages/languages.js';
import { languageWithoutTables, plausibleLanguages } from '../languages/plausible.js';
import { requireLanguage } from '../languages/tags.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { KnownWords } from '../languages/vocabulary.js';
import type { SearchView } from './opened/searchable.js';
import type { SearchOptions } from './options.js';

export interface QuestionLanguages {
  /** At least one; weights sum to 1. */
  readonly languages: readonly LanguageWeight[];
  readonly known: 'given' | 'detected';
  /** Those that neither the pack nor the passages have words of. */
  readonly withoutTables: readonly string[];
  /** Sentences for people. */
  readonly warnings: readonly string[];
}

/** What is known of languages where a question is searched. */
interface KnownLanguages extends KnownWords {
  /** True: vectors bring together texts of languages that no table joins. */
  readonly byMeaning?: boolean;
}

/** Below this weight the likeliest language is said to be a guess. */
const SURE = 0.6;

/**
 * @param given a language code or tag, or a weighting over several
 * @param words the vocabularies of the pack
 * @throws XqgError XQG_NOT_A_LANGUAGE, XQG_UNKNOWN_LANGUAGE if `given` is no language code
 */
export async function questionLanguages(
  question: string,
  given: string | readonly LanguageWeight[] | undefined,
  words: KnownLanguages,
): Promise<QuestionLanguages> {
  const { languages: known } = words;
  const withWarnings = (
    languages: readonly LanguageWeight[],
    how: QuestionLanguages['known'],
    named = languages,
    warnings: readonly string[] = [],
  ): QuestionLanguages => {
    const withoutTables = named.map(({ lang }) => lang).filter((lang) => !known.includes(lang));
    const lacking = withoutTables.map((lang) => lackOf(lang, words));
    return { languages, known: how, withoutTables, warnings: [...lacking, ...warnings] };
  };
  if (given !== undefined) {
    const weighted = typeof given === 'string' ? [{ lang: given, weight: 1 }] : given;
    const languages = weighted.map(({ lang, weight }) => ({
      lang: requireLanguage(lang, "the question's language", known.join(' ')),
      weight,
    }));
    return withWarnings(languages, 'given');
  }
  const { candidates } = await detectLanguage(question, words);
  if (candidates.length === 0)
    return withWarnings(
      [{ lang: 'und', weight: 1 }],
      'detected',
      [],
      ['The language of the question is not known: name it with --lang.'],
    );
  const foreign = words.byMeaning ? languageWithoutTables(candidates, words) : null;
  if (foreign !== null) return withWarnings([{ lang: foreign, weight: 1 }], 'detected');
  const languages = plausibleLanguages(candidates, words);
  const [likeliest] = candidates;
  if (!known.includes(likeliest.lang) && likeliest.weight >= SURE)
    return withWarnings(languages, 'detected', [likeliest]);
  const guess = `The language of the question is a guess (${shares(languages)}): name it with --lang for better results.`;
  return withWarnings(languages, 'detected', [], languages[0].weight < SURE ? [guess] : []);
}

/** What a search in a language without tables does, for people. */
function lackOf(lang: string, { byMeaning = false }: KnownLanguages): string {
  const name = `${languageName(lang)} (${lang})`;
  return byMeaning
    ? `No tables for ${name}: found by meaning alone (dense leg); of words, only shared ones, names and numbers match.`
    : `The pack does not know ${name}: only shared words and romanized n-grams match.`;
}

function shares(candidates: readonly LanguageWeight[]): string {
  return candidates
    .slice(0, 4)
    .map(({ lang, weight }) => `${lang} ${Math.round(weight * 100)} %`)
    .join(', ');
}

/** The languages of a question to this corpus, which knows the words of its own languages. */
export function languagesOf(
  text: string,
  lang: SearchOptions['lang'],
  { snapshot, recipe: { encoder, generator } }: Pick<SearchView, 'snapshot' | 'recipe'>,
): Promise<QuestionLanguages> {
  // An index without queries still knows the words of its passages' languages.
  const generated = generator?.languages ?? snapshot.queryLanguages;
  const languages = [...new Set([...generated, ...passageLanguages(snapshot)])];
  const factors = generator?.distribution?.factors;
  return questionLanguages(text, lang, {
    languages,
    vocabulary: (code) => factors?.vocabulary?.(code) ?? null,
    byMeaning: encoder.tuning !== 'static',
  });
}

/** Counted once for each version: there may be millions of passages. */
const languagesOfPassages = new WeakMap<Snapshot, readonly string[]>();

function passageLanguages(snapshot: Snapshot): readonly string[] {
  const languages = languagesOfPassages.get(snapshot) ?? countedLanguages(snapshot);
  languagesOfPassages.set(snapshot, languages);
  return languages;
}
