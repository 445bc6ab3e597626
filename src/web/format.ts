/** Formats languages, numbers and durations for display. */
import { directionOf, LANGUAGES } from '../languages/languages.js';

const names = new Intl.DisplayNames('en', { type: 'language' });

export function languageName(code: string): string {
  if (code === 'und') return 'unknown language';
  try {
    return LANGUAGES[code]?.name ?? names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Value of the `dir` attribute for text in a language; `auto` if the language is unknown. */
export function direction(code: string): 'ltr' | 'rtl' | 'auto' {
  return code === 'und' || code === '' ? 'auto' : directionOf(code);
}

export const count = (value: number): string => value.toLocaleString('en-US');

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.ceil(seconds)} s`;
}
