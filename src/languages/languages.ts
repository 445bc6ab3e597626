export interface LanguageFacts {
  /** English name. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Script (ISO 15924) that the language is mostly written in. */
  readonly script: string;
}

const ltr = (name: string, script = 'Latn'): LanguageFacts => ({ name, direction: 'ltr', script });

/** Languages with an i with and an i without a dot. */
export const DOTTED_I: ReadonlySet<string> = new Set(['tr', 'az']);

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

/**
 * The languages of XLM-RoBERTa (Conneau et al., ACL 2020), of which multilingual-e5 and most other
 * multilingual sentence encoders descend.
 */
export const ENCODER_LANGUAGES: ReadonlySet<string> = new Set(
  (
    'af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fil fr fy ga gd gl gu ha ' +
    'he hi hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om ' +
    'or pa pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tr ug uk ur uz vi xh yi zh'
  ).split(' '),
);

/** The English name of a language by its code; the code where it has none. */
export function languageName(code: string): string {
  return (
    LANGUAGES[code]?.name ?? new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code
  );
}

/** The writing direction of a language; other languages go by their most common script. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return (
    LANGUAGES[code]?.direction ?? (/^(ar|fa|he|iw|ps|sd|ug|ur|yi|dv)$/.test(code) ? 'rtl' : 'ltr')
  );
}
