/**
 * Reads the parallel data of one language into flat typed arrays for alignment: every lexicon entry
 * and sentence pair becomes two sequences of term ids.
 */
import { type Word, wordsOf } from '../languages/analysis.js';
import {
  type DataPolicy,
  type LexiconRow,
  readBitext,
  readLexicon,
  readWordCounts,
} from './corpora.js';
import { Vocabulary } from './pivot.js';

export interface PairSet {
  readonly pivot: Vocabulary;
  readonly foreign: Vocabulary;
  /** The terms of pair i are entries [starts[i], starts[i + 1]) of the ids. */
  readonly pivotIds: Int32Array;
  readonly pivotStarts: Int32Array;
  readonly foreignIds: Int32Array;
  readonly foreignStarts: Int32Array;
  /** Weight of each pair. */
  readonly weights: Float32Array;
  readonly sentences: number;
  readonly entries: number;
  /** Names of the sources that contributed a pair, in alphabetical order. */
  readonly sources: readonly string[];
}

export interface PairOptions {
  readonly lang: string;
  readonly policy: DataPolicy;
  readonly lexicon: string;
  readonly bitext: string;
  /** File of word counts; the most frequent form of a term is the one to display. */
  readonly words?: string;
  /** Additional entries, which `induceLexicon` found. */
  readonly induced?: readonly LexiconRow[];
  /** Sentence pairs with more terms on either side are skipped. */
  readonly longestSentence: number;
  /** Lexicon entries with more terms on either side are skipped. */
  readonly longestEntry: number;
  /** Factor on the weights of lexicon entries. */
  readonly lexiconWeight: number;
}

export async function readPairs(options: PairOptions): Promise<PairSet> {
  const { lang, policy } = options;
  const pivot = new Vocabulary();
  const foreign = new Vocabulary();
  const pivotIds: number[] = [];
  const foreignIds: number[] = [];
  const pivotStarts = [0];
  const foreignStarts = [0];
  const weights: number[] = [];
  const sources = new Set<string>();
  const push = (left: Word[], right: Word[], weight: number) => {
    for (const word of left) pivotIds.push(pivot.add(word.term, word.surface));
    for (const word of right) foreignIds.push(foreign.add(word.term, word.surface));
    pivotStarts.push(pivotIds.length);
    foreignStarts.push(foreignIds.length);
    weights.push(weight);
  };
  const fits = (words: Word[], most: number) => words.length > 0 && words.length <= most;

  let entries = 0;
  const addEntry = (row: LexiconRow) => {
    const left = withoutInfinitive(wordsOf(row.pivot, 'en'));
    const right = wordsOf(row.foreign, lang);
    if (!fits(left, options.longestEntry) || !fits(right, options.longestEntry)) return;
    push(left, right, row.weight * options.lexiconWeight);
    for (const source of row.sources) sources.add(source);
    entries++;
  };
  for await (const row of readLexicon(options.lexicon, policy)) addEntry(row);
  for (const row of options.induced ?? []) addEntry(row);
  let sentences = 0;
  for await (const row of readBitext(options.bitext, policy)) {
    const left = wordsOf(row.pivot, 'en');
    const right = wordsOf(row.foreign, lang);
    if (!fits(left, options.longestSentence) || !fits(right, options.longestSentence)) continue;
    push(left, right, 1);
    sources.add(row.source);
    sentences++;
  }
  if (options.words) await countForms(foreign, options.words, lang);
  return {
    pivot,
    foreign,
    pivotIds: Int32Array.from(pivotIds),
    pivotStarts: Int32Array.from(pivotStarts),
    foreignIds: Int32Array.from(foreignIds),
    foreignStarts: Int32Array.from(foreignStarts),
    weights: Float32Array.from(weights),
    sentences,
    entries,
    sources: [...sources].sort(),
  };
}

/** Drops the "to" of infinitives, which dictionaries list as "to go". */
function withoutInfinitive(words: Word[]): Word[] {
  return words.length > 1 && words[0].surface === 'to' ? words.slice(1) : words;
}

/**
 * Counts the forms of a word list, but adds no new terms. Counts are scaled down, because word
 * lists are much larger than the bitext.
 */
async function countForms(vocabulary: Vocabulary, path: string, lang: string): Promise<void> {
  for await (const { word, count } of readWordCounts(path)) {
    const [first, ...rest] = wordsOf(word, lang);
    if (first && rest.length === 0 && vocabulary.id(first.term) !== undefined)
      vocabulary.add(first.term, first.surface, count / 1000);
  }
}
