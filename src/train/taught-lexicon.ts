/**
 * Lexicon entries for languages that a multilingual teacher knows and whose dictionaries are thin:
 * which words it is asked for, and what becomes of its answers. Words alone are asked for, never
 * sentences.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { wordsOf } from '../languages/analysis.js';
import { LANGUAGES } from '../languages/languages.js';
import { type PivotData, PivotVocabulary } from '../pack/pivot.js';
import { type LexiconRow, POLICIES, readBitext, readWordCounts, trainingFiles } from './corpora.js';
import { type InductionOptions, induce } from './induction.js';
import { type TeacherCard, teach } from './teachers.js';

export interface TaughtLexiconOptions extends InductionOptions {
  /** Words of the language that the teacher is asked for, the most frequent ones. */
  readonly words: number;
  /** Stems of the pivot that it is asked for, the most frequent ones. */
  readonly stems: number;
  /** Stems that say less than this (smooth inverse frequency) get no entry. */
  readonly leastWeight: number;
}

/**
 * One count of running text is worth this many of the list of film subtitles; less is a part of a
 * word that the list did not cut.
 */
const SUBTITLE_COUNTS = 500;
const PART_COUNTS = 5000;

/** Running text whose words are asked for too: freely licensed passages of data/train/qa. */
const PASSAGES: Readonly<Record<string, { readonly file: string; readonly source: string }>> = {
  ar: { file: 'ar.arcd.jsonl.gz', source: 'arcd' },
  th: { file: 'th.iapp-train.jsonl.gz', source: 'iapp' },
};

/**
 * @param data folder with bitext/, words/ and qa/
 * @param cache folder for the teacher's answers
 */
export async function taughtLexicon(
  lang: string,
  data: string,
  pivot: PivotData,
  teacher: TeacherCard,
  cache: string,
  options: TaughtLexiconOptions,
): Promise<LexiconRow[]> {
  const passages = passagesOf(lang, data);
  const words = await frequentWords(lang, data, passages, options.words);
  const forms = pivot.surfaces.slice(0, options.stems);
  const vocabulary = new PivotVocabulary(pivot);
  const pairs = await induce(
    await teach(teacher, words, cache),
    await teach(teacher, forms, cache),
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

/** Words in the language's own script, most frequent first. */
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
  const script = new RegExp(`^[\\p{Script=${LANGUAGES[lang].script}}\\p{M}']+$`, 'u');
  return [...counts]
    .filter(([word]) => word.length > 1 && script.test(word))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word);
}

function passagesOf(lang: string, data: string): Set<string> {
  const path = join(data, 'qa', PASSAGES[lang]?.file ?? '');
  if (!PASSAGES[lang] || !existsSync(path)) return new Set();
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').filter(Boolean);
  return new Set(lines.map((line) => JSON.parse(line).context as string));
}
