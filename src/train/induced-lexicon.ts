/**
 * Induces lexicon entries for languages with small dictionaries: a multilingual teacher encodes the
 * most frequent words of the language and of English, and words with similar vectors are paired.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { wordsOf } from '../languages/analysis.js';
import { LANGUAGES } from '../languages/languages.js';
import { type PivotData, PivotVocabulary } from '../pack/pivot.js';
import { type LexiconRow, POLICIES, readBitext, readWordCounts, trainingFiles } from './corpora.js';
import { type InductionOptions, induce } from './induction.js';
import type { Teacher } from './teachers.js';

export interface InducedLexiconOptions extends InductionOptions {
  /** Number of words of the language, the most frequent ones. */
  readonly words: number;
  /** Number of pivot stems, the most frequent ones. */
  readonly stems: number;
  /** Stems with a lower weight (smooth inverse frequency) get no entry. */
  readonly leastWeight: number;
}

/** One occurrence in running text counts as much as this many in the list of film subtitles. */
const SUBTITLE_COUNTS = 500;
/** The same for parts of an entry of that list that is not a single word. */
const PART_COUNTS = 5000;

/** Letters of scripts whose ISO 15924 code is none of Unicode's. */
const LETTERS: Readonly<Record<string, string>> = {
  Hans: '\\p{Script=Hani}',
  Jpan: '\\p{Script=Hira}\\p{Script=Kana}\\p{Script=Hani}ー',
};

/** Freely licensed passages of data/train/qa, whose words are counted with those of the bitext. */
const PASSAGES: Readonly<Record<string, { readonly file: string; readonly source: string }>> = {
  ar: { file: 'ar.arcd.jsonl.gz', source: 'arcd' },
  th: { file: 'th.iapp-train.jsonl.gz', source: 'iapp' },
};

/** @param data folder with bitext/, words/ and qa/ */
export async function induceLexicon(
  lang: string,
  data: string,
  pivot: PivotData,
  teacher: Teacher,
  options: InducedLexiconOptions,
): Promise<LexiconRow[]> {
  const passages = passagesOf(lang, data);
  const words = await frequentWords(lang, data, passages, options.words);
  const forms = pivot.surfaces.slice(0, options.stems);
  const vocabulary = new PivotVocabulary(pivot);
  const pairs = await induce(
    await teacher.vectors(words),
    await teacher.vectors(forms),
    teacher.dim,
    (stem) => vocabulary.weight(stem) >= options.leastWeight,
    options,
  );
  const sources = passages.size > 0 ? [teacher.name, PASSAGES[lang].source] : [teacher.name];
  return pairs.map((pair) => ({
    pivot: forms[pair.pivot],
    foreign: words[pair.foreign],
    weight: pair.weight,
    sources,
  }));
}

/** The most frequent words in the language's own script, most frequent first. */
async function frequentWords(
  lang: string,
  data: string,
  passages: Iterable<string>,
  most: number,
): Promise<string[]> {
  const files = trainingFiles(data, lang);
  const counts = new Map<string, number>();
  const add = (text: string, count: number) => {
    for (const { surface } of wordsOf(text, lang))
      counts.set(surface, (counts.get(surface) ?? 0) + count);
  };
  for await (const { word, count } of readWordCounts(files.words)) {
    add(word, count / (wordsOf(word, lang).length === 1 ? SUBTITLE_COUNTS : PART_COUNTS));
  }
  for await (const { foreign } of readBitext(files.bitext, POLICIES.base)) add(foreign, 1);
  for (const passage of passages) add(passage, 1);
  const { script } = LANGUAGES[lang];
  const word = new RegExp(`^[${LETTERS[script] ?? `\\p{Script=${script}}`}\\p{M}']+$`, 'u');
  return [...counts]
    .filter(([each]) => each.length > 1 && word.test(each))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([each]) => each);
}

function passagesOf(lang: string, data: string): Set<string> {
  const path = join(data, 'qa', PASSAGES[lang]?.file ?? '');
  if (!PASSAGES[lang] || !existsSync(path)) return new Set();
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').filter(Boolean);
  return new Set(lines.map((line) => JSON.parse(line).context as string));
}
