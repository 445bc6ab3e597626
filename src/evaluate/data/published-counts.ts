/** The published numbers of passages and questions of XQuAD-R and MLQA-R by language. */
import { XqgError } from '../../base/errors.js';
import { formatCount } from '../../base/numbers.js';
import type { LanguagePart } from './collection.js';

/** Numbers of passages and questions in a language. */
export type LanguageCounts = readonly [passages: number, questions: number];
/** By language. */
export type PublishedCounts = Readonly<Record<string, LanguageCounts>>;

/** XQuAD-R's sentences and questions (LAReQA, arXiv 2004.05484). */
export const XQUAD_R: PublishedCounts = {
  ar: [1222, 1190],
  de: [1276, 1190],
  el: [1234, 1190],
  en: [1180, 1190],
  es: [1215, 1190],
  hi: [1244, 1190],
  ru: [1219, 1190],
  th: [852, 1190],
  tr: [1167, 1190],
  vi: [1209, 1190],
  zh: [1196, 1190],
};

/** MLQA-R's sentences and questions (LAReQA; built from MLQA dev). */
export const MLQA_R: PublishedCounts = {
  ar: [2545, 517],
  de: [2362, 512],
  en: [6264, 1148],
  es: [1787, 500],
  hi: [2426, 507],
  vi: [2828, 511],
  zh: [2322, 504],
};

/**
 * Checks a language against its published counts.
 * @throws XqgError XQG_EVALUATION_DATA when the counts differ or the language was not published
 */
export function checkCounts(
  dataset: string,
  directory: string,
  lang: string,
  { passages, questions }: LanguagePart,
  published: PublishedCounts,
): void {
  const expected = published[lang];
  const found = `${lang} has ${formatCount(passages.length)} sentences and ${formatCount(questions.size)} questions`;
  if (expected?.[0] === passages.length && expected[1] === questions.size) return;
  const reason = expected
    ? `${found}, but ${formatCount(expected[0])} and ${formatCount(expected[1])} were published`
    : `${found}, but that language was not published`;
  const remedy =
    'Download that file again (xqg data get), or convert other data to a BEIR folder (xqg evaluate beir).';
  throw new XqgError('XQG_EVALUATION_DATA', { dataset, directory, reason, remedy });
}
