export interface LanguageFacts {
  /** English name. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Script (ISO 15924) that the language is mostly written in. */
  readonly script: string;
}

const ltr = (name: string, script = 'Latn'): LanguageFacts => ({ name, direction: 'ltr', script });

export const LANGUAGES: Readonly<Record<string, LanguageFacts>> = {
  ar: { name: 'Arabic', direction: 'rtl', script: 'Arab' },
  bn: ltr('Bengali', 'Beng'),
  de: ltr('German'),
  el: ltr('Greek', 'Grek'),
  en: ltr('English'),
  es: ltr('Spanish'),
  fi: ltr('Finnish'),
  fr: ltr('French'),
  hi: ltr('Hindi', 'Deva'),
  ja: ltr('Japanese', 'Jpan'),
  ko: ltr('Korean', 'Hang'),
  ro: ltr('Romanian'),
  ru: ltr('Russian', 'Cyrl'),
  te: ltr('Telugu', 'Telu'),
  th: ltr('Thai', 'Thai'),
  tr: ltr('Turkish'),
  vi: ltr('Vietnamese'),
  zh: ltr('Chinese', 'Hans'),
};

/** The writing direction of a language; other languages go by their most common script. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return (
    LANGUAGES[code]?.direction ?? (/^(ar|fa|he|iw|ps|sd|ug|ur|yi|dv)$/.test(code) ? 'rtl' : 'ltr')
  );
}

/** ISO 639 codes and subtags that name no particular language. */
const NO_LANGUAGE = new Set(['und', 'mul', 'mis', 'zxx', 'root']);

/**
 * The ISO 639-1 code (639-3 where there is none) of a BCP 47 tag or of a two- or three-letter code:
 * `pt-BR` gives `pt`, `deu` `de`, `iw` `he`, `cmn-Hans` `zh`, `hi-Latn` `hi`. Undefined if the tag
 * names no language.
 */
export function languageOfTag(tag: string): string | undefined {
  try {
    const { language } = new Intl.Locale(tag.trim().replaceAll('_', '-'));
    return /^[a-z]{2,3}$/.test(language) && !NO_LANGUAGE.has(language) ? language : undefined;
  } catch {
    return undefined;
  }
}
