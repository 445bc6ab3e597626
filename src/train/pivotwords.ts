/**
 * The English words that get a vector of their own, with how often they are met: from the English side of the bitext, a list
 * of word counts and the dictionaries. Knows no teacher.
 */
import { existsSync } from 'node:fs';
import { wordsOf } from '../languages/analysis.js';
import { type DataPolicy, readBitext, readLexicon, readWordCounts, trainingFiles } from './corpora.js';
import { Vocabulary } from './vocabulary.js';

/** One count of running text is worth this many of the (much larger) list of film subtitles. */
const SUBTITLE_COUNTS = 500;
/** What a word counts that only dictionaries know, and in how many of them it must stand. */
const DICTIONARY_COUNT = 0.3;
const DICTIONARIES = 3;

/** Counts every English word of the training data; the same sentence in several bitexts counts once. */
export async function countPivotWords(
  folder: string,
  languages: readonly string[],
  policy: DataPolicy,
): Promise<Vocabulary> {
  const vocabulary = new Vocabulary();
  const seen = new Set<string>();
  const dictionaries = new Map<string, { surface: string; languages: Set<string> }>();
  for (const lang of languages) {
    const files = trainingFiles(folder, lang);
    for await (const { pivot } of readBitext(files.bitext, policy)) {
      if (seen.has(pivot)) continue;
      seen.add(pivot);
      for (const word of wordsOf(pivot, 'en')) vocabulary.add(word.term, word.surface);
    }
    for await (const { pivot } of readLexicon(files.lexicon, policy)) {
      for (const word of wordsOf(pivot, 'en')) {
        const key = `${word.term}\t${word.surface}`;
        const known = dictionaries.get(key);
        if (known) known.languages.add(lang);
        else dictionaries.set(key, { surface: word.surface, languages: new Set([lang]) });
      }
    }
  }
  const list = trainingFiles(folder, 'en').words;
  if (existsSync(list)) {
    for await (const { word, count } of readWordCounts(list)) {
      for (const { term, surface } of wordsOf(word, 'en'))
        vocabulary.add(term, surface, count / SUBTITLE_COUNTS);
    }
  }
  for (const [key, { surface, languages: known }] of dictionaries) {
    if (known.size >= DICTIONARIES)
      vocabulary.add(key.slice(0, key.indexOf('\t')), surface, DICTIONARY_COUNT);
  }
  return vocabulary;
}
