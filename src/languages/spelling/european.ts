/** Greek, Cyrillic and Latin: accents that are not always written, old and new orthography. */
import { DOTTED_I } from '../languages.js';
import type { SpellingTable } from './table.js';

export const GREEK: SpellingTable = {
  letters: /ς|[\u0370-\u03ff\u1f00-\u1fff][\u0300-\u036f]|[άέήίόύώΐΰϊϋ\u1f00-\u1fff]/u,
  rules: [
    // Accents are left out in capitals and at ease, and older texts have more of them:
    // ΑΘΗΝΑ, Αθήνα, Ἀθῆναι
    [/.+/su, (word) => word.normalize('NFD').replace(/[\u0300-\u036f]/gu, '')],
    // A capital sigma does not say whether it is the last letter.
    [/ς/gu, 'σ'],
  ],
};

/** All languages that are written in Cyrillic. */
export const CYRILLIC: SpellingTable = {
  letters: /ё|ѐ|ѝ|\u0300|\u0301/u,
  rules: [
    // The dots are left out: ёлка, елка
    [/ё/gu, 'е'],
    // A stress mark: за́мок, замок
    [/(?<=\p{Script=Cyrillic})[\u0300\u0301]/gu, ''],
    [/ѐ/gu, 'е'],
    [/ѝ/gu, 'и'],
  ],
};

/** Russian before the reform of 1918: хлѣбъ, хлеб; Россія, Россия */
export const OLD_RUSSIAN: SpellingTable = {
  languages: new Set(['ru']),
  letters: /[ѣіѳѵ]|ъ$/u,
  rules: [
    [/ѣ/gu, 'е'],
    [/[іѵ]/gu, 'и'],
    [/ѳ/gu, 'ф'],
    [/(?<=.)ъ$/gu, ''],
  ],
};

export const LATIN: SpellingTable = {
  letters: /œ|æ|\u0307/u,
  rules: [
    // cœur, coeur; encyclopædia, encyclopaedia
    [/œ/gu, 'oe'],
    [/æ/gu, 'ae'],
    // What lower case leaves of the Turkish İ in other languages.
    [/i\u0307/gu, 'i'],
  ],
};

/** Letters without a dot in text that is not Turkish: ıstanbul, istanbul */
export const DOTLESS: SpellingTable = {
  letters: /ı/u,
  rules: [[/ı/gu, 'i']],
};

/** Circumflexes, which newer spelling leaves out: kâğıt, kağıt */
export const TURKISH: SpellingTable = {
  languages: DOTTED_I,
  letters: /[âîû]/u,
  rules: [
    [/â/gu, 'a'],
    [/î/gu, 'i'],
    [/û/gu, 'u'],
  ],
};

export const ROMANIAN: SpellingTable = {
  languages: new Set(['ro', 'mo']),
  letters: /[şţî]/u,
  rules: [
    // A comma below, or the cedilla of older fonts: știință, ştiinţă
    [/ş/gu, 'ș'],
    [/ţ/gu, 'ț'],
    // Inside a word the spelling until 1993 had î: pîine, pâine
    [/(?<=\p{L})î(?=\p{L})/gu, 'â'],
  ],
};

/** Where the tone is written in syllables that end in oa, oe or uy: hoà, hòa; thuý, thúy */
const TONES: Readonly<Record<string, string>> = {
  oà: 'òa',
  oá: 'óa',
  oả: 'ỏa',
  oã: 'õa',
  oạ: 'ọa',
  oè: 'òe',
  oé: 'óe',
  oẻ: 'ỏe',
  oẽ: 'õe',
  oẹ: 'ọe',
  uỳ: 'ùy',
  uý: 'úy',
  uỷ: 'ủy',
  uỹ: 'ũy',
  uỵ: 'ụy',
};
const I_OF: Readonly<Record<string, string>> = { y: 'i', ỳ: 'ì', ý: 'í', ỷ: 'ỉ', ỹ: 'ĩ', ỵ: 'ị' };

export const VIETNAMESE: SpellingTable = {
  languages: new Set(['vi']),
  letters: /o[àáảãạèéẻẽẹ]$|[yỳýỷỹỵ]$/u,
  rules: [
    [/(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])$/u, (end) => TONES[end] ?? end],
    // kỹ thuật, kĩ thuật; quý, quí
    [/(?<=^(?:h|k|l|m|s|t|v|qu))[yỳýỷỹỵ]$/u, (end) => I_OF[end]],
  ],
};
