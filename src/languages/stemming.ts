/**
 * Stems words: Snowball where there is a stemmer for the language, light suffix rules for Korean,
 * Bengali and Telugu, and accent folding.
 */
import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hindi } from '@orama/stemmers/indian';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { DOTTED_I } from './languages.js';

type Stemmer = (word: string) => string;

const SNOWBALL: Readonly<Record<string, Stemmer>> = {
  ar: arabic,
  de: german,
  el: greek,
  en: english,
  es: spanish,
  fi: finnish,
  fr: french,
  hi: hindi,
  ro: romanian,
  ru: russian,
  tr: turkish,
};

/**
 * Particles that follow Korean nouns, longest first. At least two syllables of the noun remain, or
 * one before a long particle.
 */
const KOREAN_PARTICLES =
  /(?<=..)(?:에게서|으로부터|이라는|에서는|에서의|으로서|으로써|에서도|까지|부터|에게|에서|에는|에도|으로|이나|이며|이라|라는|하고|보다|처럼|만|은|는|이|가|을|를|의|에|와|과|로|도)$|(?<=.)(?:에게서|으로부터|에서는|까지|부터|에게|에서|으로|은|는|을|를|의)$/u;

/** Case endings and articles of Bengali nouns. */
const BENGALI_ENDINGS =
  /(?<=..)(?:গুলোর|গুলির|গুলো|গুলি|দেরকে|দের|টির|টার|টিকে|টি|টা|কে|তে|এর|ের|েই|য়ের|রা|র|ে)$/u;

/** Case endings and plurals of Telugu nouns. */
const TELUGU_ENDINGS = /(?<=...)(?:లలో|లకు|లను|లతో|లపై|ల్లో|లోని|లోకి|లు|లో|కు|కి|ను|ని|తో|పై|నుండి|గా|ల)$/u;

const LIGHT: Readonly<Record<string, Stemmer>> = {
  ko: (word) => (/\p{Script=Hangul}/u.test(word) ? word.replace(KOREAN_PARTICLES, '') : word),
  bn: (word) => word.replace(BENGALI_ENDINGS, ''),
  te: (word) => word.replace(TELUGU_ENDINGS, ''),
};

/** Drops what an apostrophe attaches to a word: elided articles, possessives, case endings. */
const APOSTROPHE: Readonly<Record<string, (word: string) => string>> = {
  en: (word) => word.replace(/'s?$/u, ''),
  fr: (word) => word.replace(/^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'/u, ''),
  tr: (word) => word.replace(/'.*$/su, ''),
};

const COMBINING_MARKS = /\p{Mn}/gu;
/** Languages in which people often type without accents; accents are dropped after stemming. */
const UNACCENTED = new Set(['de', 'el', 'en', 'es', 'fr', 'ro']);

/** People type a heh for it: مدرسة, مدرسه */
const FINAL_TEH = /ة$/u;
/**
 * The form of a word that is matched in `lang`.
 * @param word lower case, in NFKC, its variants of spelling unified
 */
export function stem(word: string, lang: string): string {
  let form = word.includes("'") ? (APOSTROPHE[lang]?.(word) ?? word) : word;
  form = (SNOWBALL[lang] ?? LIGHT[lang])?.(form) || form;
  return foldTerm(form, lang) || word;
}

/** The form of a stem: without the accents and dots that people leave out. */
export function foldTerm(form: string, lang: string): string {
  if (UNACCENTED.has(lang))
    return form.normalize('NFD').replace(COMBINING_MARKS, '').replaceAll('ß', 'ss');
  if (lang === 'ar') return form.replace(FINAL_TEH, 'ه');
  // Capitals often lack the dot, ISTANBUL, which stemming needs.
  return DOTTED_I.has(lang) ? form.replaceAll('ı', 'i') : form;
}
