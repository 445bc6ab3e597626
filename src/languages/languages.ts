/**
 * The languages that xqg ships knowledge of. A pack may know others; then only their code is known
 * here, and text is analyzed by the general rules.
 */
import { XqgError } from '../base/errors.js';

export interface LanguageFacts {
  /** English name. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Unicode script (ISO 15924) that its text is mostly written in. */
  readonly script: string;
}

const left = (name: string, script = 'Latn'): LanguageFacts => ({ name, direction: 'ltr', script });

export const LANGUAGES: Readonly<Record<string, LanguageFacts>> = {
  ar: { name: 'Arabic', direction: 'rtl', script: 'Arab' },
  bn: left('Bengali', 'Beng'),
  de: left('German'),
  el: left('Greek', 'Grek'),
  en: left('English'),
  es: left('Spanish'),
  fi: left('Finnish'),
  fr: left('French'),
  hi: left('Hindi', 'Deva'),
  ja: left('Japanese', 'Jpan'),
  ko: left('Korean', 'Hang'),
  ro: left('Romanian'),
  ru: left('Russian', 'Cyrl'),
  te: left('Telugu', 'Telu'),
  th: left('Thai', 'Thai'),
  tr: left('Turkish'),
  vi: left('Vietnamese'),
  zh: left('Chinese', 'Hans'),
};

/**
 * Returns `code` if it is one of `known`.
 * @param where what named the language, for the message: an option, a file and line
 * @throws XqgError XQG_UNKNOWN_LANGUAGE
 */
export function requireLanguage(
  code: string,
  where: string,
  known: readonly string[] = Object.keys(LANGUAGES),
): string {
  if (known.includes(code)) return code;
  throw new XqgError('XQG_UNKNOWN_LANGUAGE', { language: code, where, known: known.join(' ') });
}

/** 'rtl' for languages written from right to left, unknown ones by their most common script. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return (
    LANGUAGES[code]?.direction ?? (/^(ar|fa|he|iw|ps|sd|ug|ur|yi|dv)$/.test(code) ? 'rtl' : 'ltr')
  );
}

/** Language tags as they are found in data, brought to the codes that xqg uses. */
const NO_LANGUAGE = new Set(['und', 'mul', 'mis', 'zxx', 'root']);

/**
 * The ISO 639-1 code (639-3 where there is none) of a BCP 47 tag or of a two- or three-letter code:
 * `pt-BR` is `pt`, `deu` is `de`, `iw` is `he`, `cmn-Hans` is `zh`, `hi-Latn` is `hi`. Undefined if
 * the tag names no language.
 */
export function languageOfTag(tag: string): string | undefined {
  try {
    const { language } = new Intl.Locale(tag.trim().replaceAll('_', '-'));
    return /^[a-z]{2,3}$/.test(language) && !NO_LANGUAGE.has(language) ? language : undefined;
  } catch {
    return undefined;
  }
}
