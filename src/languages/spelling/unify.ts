/**
 * Spelling variants of one word become one form. Each table of this folder lists those of a script
 * or a language; docs/words.md shows them.
 */
import { DOTTED_I } from '../languages.js';
import { ARABIC } from './arabic.js';
import { KANA } from './asian.js';
import {
  CYRILLIC,
  DOTLESS,
  GREEK,
  LATIN,
  OLD_RUSSIAN,
  ROMANIAN,
  TURKISH,
  VIETNAMESE,
} from './european.js';
import { HAN_LANGUAGES, unifyHan } from './han.js';
import { BENGALI, DEVANAGARI, TELUGU } from './indic.js';
import { unifyLookalikes } from './lookalikes.js';
import type { SpellingTable } from './table.js';

const TABLES: readonly SpellingTable[] = [
  ARABIC,
  DEVANAGARI,
  BENGALI,
  TELUGU,
  GREEK,
  CYRILLIC,
  OLD_RUSSIAN,
  LATIN,
  DOTLESS,
  TURKISH,
  ROMANIAN,
  VIETNAMESE,
  KANA,
];

const tablesByLanguage = new Map<string, readonly SpellingTable[]>();

function tablesOf(lang: string): readonly SpellingTable[] {
  let tables = tablesByLanguage.get(lang);
  if (tables === undefined) {
    tables = TABLES.filter(
      (table) => (table.languages?.has(lang) ?? true) && !(table === DOTLESS && DOTTED_I.has(lang)),
    );
    tablesByLanguage.set(lang, tables);
  }
  return tables;
}

/**
 * The lines that may have variants, in order: few words of a list have any, and looking at each for
 * all of them takes long.
 */
export function* linesWithVariants(lines: string, lang: string): Generator<number> {
  const letters = tablesOf(lang).map((table) => table.letters.source);
  const pattern = new RegExp(
    [...letters, HAN_LANGUAGES.has(lang) ? '\\p{Script=Han}' : 'ı|ة$'].join('|'),
    'gmu',
  );
  let line = 0;
  // The end of that line, -1 for the last one.
  let at = lines.indexOf('\n');
  let last = -1;
  for (const { index } of lines.matchAll(pattern)) {
    while (at >= 0 && at < index) {
      line++;
      at = lines.indexOf('\n', at + 1);
    }
    if (line !== last) yield line;
    last = line;
  }
}

/** @param word in lower case and NFKC */
export function unifySpelling(word: string, lang: string): string {
  let form = unifyHan(unifyLookalikes(word), lang);
  for (const { letters, rules } of tablesOf(lang)) {
    if (!letters.test(form)) continue;
    for (const [pattern, replacement] of rules) form = form.replace(pattern, replacement as string);
    form = form.normalize('NFC');
  }
  return form === '' ? word : form;
}
