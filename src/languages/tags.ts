/** Codes and tags of languages, as data and people write them. */
import { XqgError } from '../base/errors.js';
import { ENCODER_LANGUAGES, languageName } from './languages.js';

/** ISO 639 codes and subtags that name no particular language. */
const NO_LANGUAGE = new Set(['und', 'mul', 'mis', 'zxx', 'root']);

/** A code that ICU leaves as it is, and the one that xqg and most data use. */
const CANONICAL: Readonly<Record<string, string>> = { nb: 'no', tl: 'fil', kr: 'kau' };

/** The code of Kanuri, under which data have Korean. */
const MISUSED = /^kr$/i;

const nameOf = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const regionOf = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/**
 * The ISO 639-1 code (639-3 where there is none) of a BCP 47 tag, of a locale, or of a two- or
 * three-letter code of ISO 639: `pt-BR` gives `pt`, `ger` and `deu` `de`, `iw` `he`, `cmn-Hans`
 * `zh`, `hi-Latn` `hi`, `de_DE.UTF-8` `de`. Undefined if the tag names no language (`jp`, `gr`).
 */
export function languageOfTag(tag: string): string | undefined {
  try {
    const plain = tag.trim().replace(/(?<=.)[.@].*$/s, '');
    if (MISUSED.test(plain)) return undefined;
    const { language } = new Intl.Locale(plain.replaceAll('_', '-'));
    if (!/^[a-z]{2,3}$/.test(language) || NO_LANGUAGE.has(language)) return undefined;
    // All codes of two letters have names; of those with three only the better known ones have.
    if (language.length === 2 && nameOf.of(language) === undefined) return undefined;
    return CANONICAL[language] ?? language;
  } catch {
    return undefined;
  }
}

/**
 * The code of the language that is meant by what names none: `jp`, the country, by `ja`; `German`
 * and `Deutsch` by `de`. Undefined if that is not clear.
 */
export function intendedLanguage(tag: string): string | undefined {
  const [first] = tag.trim().split(/[,;\s]+/);
  return languageOfTag(first) ?? languageOfRegion(first) ?? languageNames().get(nameKey(tag));
}

/** Codes of CLDR for an unknown region and for tests. */
const NO_REGION = /^(?:zz|xa|xb|qo)$/i;

/** The likeliest language of a country, of CLDR. */
function languageOfRegion(code: string): string | undefined {
  const [region] = code.split(/[-_]/);
  if (!/^[a-z]{2}$/i.test(region) || NO_REGION.test(region)) return undefined;
  if (regionOf.of(region.toUpperCase()) === undefined) return undefined;
  const { language } = new Intl.Locale(`und-${region}`).maximize();
  return languageOfTag(language);
}

let codesByName: ReadonlyMap<string, string> | undefined;

/** Codes by the names of languages in English and in the language itself. */
function languageNames(): ReadonlyMap<string, string> {
  codesByName ??= new Map(
    [...ENCODER_LANGUAGES].flatMap((code) =>
      ['en', code].flatMap((locale): [string, string][] => {
        const name = new Intl.DisplayNames(locale, { type: 'language' }).of(code);
        return name === undefined ? [] : [[nameKey(name), code]];
      }),
    ),
  );
  return codesByName;
}

function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/**
 * `languageOfTag`, of what a person gives as a language.
 * @param where it was given, for the message
 * @param known the languages to choose from
 * @throws XqgError XQG_NOT_A_LANGUAGE where the right code is clear, else XQG_UNKNOWN_LANGUAGE
 */
export function requireLanguage(
  tag: string,
  where: string,
  known = 'the codes of ISO 639 (en, th)',
): string {
  const lang = languageOfTag(tag);
  if (lang !== undefined) return lang;
  const intended = intendedLanguage(tag);
  if (intended === undefined)
    throw new XqgError('XQG_UNKNOWN_LANGUAGE', { language: tag, where, known });
  throw new XqgError('XQG_NOT_A_LANGUAGE', {
    given: tag,
    where,
    lang: intended,
    name: languageName(intended),
  });
}
