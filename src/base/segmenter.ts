/** Unicode segmentation of text into words and sentences. */

type Granularity = 'word' | 'sentence';

const segmenters: Readonly<Record<Granularity, Map<string, Intl.Segmenter>>> = {
  word: new Map(),
  sentence: new Map(),
};

/** One for each language and granularity: making one takes longer than using it. */
export function segmenterOf(lang: string, granularity: Granularity): Intl.Segmenter {
  const known = segmenters[granularity];
  let segmenter = known.get(lang);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(lang, { granularity });
    known.set(lang, segmenter);
  }
  return segmenter;
}

/** A character of a script that is written without spaces. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
