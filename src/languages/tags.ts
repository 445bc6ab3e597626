/** Language tags as they are found in data, brought to the codes that xqg uses. Knows no list of languages. */

const NO_LANGUAGE = new Set(['und', 'mul', 'mis', 'zxx', 'root']);

/**
 * The ISO 639-1 code (639-3 where there is none) of a BCP 47 tag or of a two- or three-letter code: `pt-BR` is `pt`,
 * `deu` is `de`, `iw` is `he`, `cmn-Hans` is `zh`, `hi-Latn` is `hi`. Undefined if the tag names no language.
 */
export function languageOfTag(tag: string): string | undefined {
  try {
    const { language } = new Intl.Locale(tag.trim().replaceAll('_', '-'));
    return /^[a-z]{2,3}$/.test(language) && !NO_LANGUAGE.has(language) ? language : undefined;
  } catch {
    return undefined;
  }
}
