/**
 * The aligned text of one language as numbers: every lexicon entry and sentence pair as two runs of
 * term ids. Flat typed arrays, since alignment visits each many times.
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
  /** Terms of pair i: ids[starts[i] .. starts[i + 1]). */
  readonly pivotIds: Int32Array;
  readonly pivotStarts: Int32Array;
  readonly foreignIds: Int32Array;
  readonly foreignStarts: Int32Array;
  /** How much each pair counts. */
  readonly weights: Float32Array;
  readonly sentences: number;
  readonly entries: number;
  /** Names of the sources that were used. */
  readonly sources: readonly string[];
}

export interface PairOptions {
  readonly lang: string;
  readonly policy: DataPolicy;
  readonly lexicon: string;
  readonly bitext: string;
  /** Word counts of the language (optional): they choose the written form that people see. */
  readonly words?: string;
  /** Entries that are in no file: what a teacher says of single words. */
  readonly induced?: readonly LexiconRow[];
  /** Longer sentences are left out (terms). */
  readonly longestSentence: number;
  /** Longer lexicon entries are left out (terms on either side). */
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

/** Dictionaries list verbs as "to go"; the particle translates nothing. */
function withoutInfinitive(words: Word[]): Word[] {
  return words.length > 1 && words[0].surface === 'to' ? words.slice(1) : words;
}

/**
 * Adds the forms of a word list to terms that are known already; scaled so that running text keeps
 * its say.
 */
async function countForms(vocabulary: Vocabulary, path: string, lang: string): Promise<void> {
  for await (const { word, count } of readWordCounts(path)) {
    const [first, ...rest] = wordsOf(word, lang);
    if (first && rest.length === 0 && vocabulary.id(first.term) !== undefined)
      vocabulary.add(first.term, first.surface, count / 1000);
  }
}
