/** Trains the pivot vocabulary of a pack: English stems with their frequencies and vectors. */

import { existsSync } from 'node:fs';
import { wordsOf } from '../languages/analysis.js';
import type { PivotData } from '../pack/pivot.js';
import {
  type DataPolicy,
  readBitext,
  readLexicon,
  readWordCounts,
  trainingFiles,
} from './corpora.js';
import type { Teacher } from './teachers.js';
import { reduceWordVectors, stemVectors, type WordVectorOptions } from './word-vectors.js';

export interface PivotOptions extends WordVectorOptions {
  /** Training folder. */
  readonly data: string;
  readonly languages: readonly string[];
  readonly policy: DataPolicy;
  readonly teachers: readonly Teacher[];
  /** The most frequent forms get a vector; stems without any such form are dropped. */
  readonly mostForms: number;
}

export async function trainPivot(
  options: PivotOptions,
  say: (message: string) => void,
): Promise<PivotData> {
  const { dim } = options;
  const vocabulary = await countPivotWords(options.data, options.languages, options.policy);
  const forms: { form: string; stem: number; count: number }[] = [];
  for (let stem = 0; stem < vocabulary.size; stem++)
    for (const [form, count] of vocabulary.formsOf(stem)) forms.push({ form, stem, count });
  forms.sort((a, b) => b.count - a.count || (a.form < b.form ? -1 : 1));
  forms.length = Math.min(forms.length, options.mostForms);
  say(`${forms.length} English words of ${vocabulary.size} stems`);

  const words = forms.map(({ form }) => form);
  const wordVectors: { vectors: Float32Array; dim: number }[] = [];
  for (const teacher of options.teachers) {
    say(`encoding words with ${teacher.name}`);
    wordVectors.push({ vectors: await teacher.vectors(words), dim: teacher.dim });
  }
  say('reducing the word vectors');
  const reduced = reduceWordVectors(
    wordVectors,
    forms.map(({ count }) => count),
    options,
  );

  // Stems are numbered by frequency, the most frequent first.
  const counts = new Map<number, number>();
  for (const { stem, count } of forms) counts.set(stem, (counts.get(stem) ?? 0) + count);
  const order = [...counts.keys()].sort(
    (a, b) =>
      counts.get(b)! - counts.get(a)! || (vocabulary.terms[a] < vocabulary.terms[b] ? -1 : 1),
  );
  const numberOf = new Map(order.map((stem, number) => [stem, number]));
  const vectors = stemVectors(
    reduced,
    dim,
    forms.map(({ stem, count }) => ({ stem: numberOf.get(stem)!, count })),
    order.length,
  );
  const { bytes, scales } = quantizeRows(vectors, dim);
  return {
    stems: order.map((stem) => vocabulary.terms[stem]),
    surfaces: order.map((stem) => vocabulary.surfaceOf(stem)),
    counts: Float32Array.from(order, (stem) => counts.get(stem)!),
    total: forms.reduce((sum, { count }) => sum + count, 0),
    vectors: bytes,
    scales,
    dim,
  };
}

/** Quantizes rows to int8 with one scale per row, so that the largest entry becomes 127. */
function quantizeRows(rows: Float32Array, dim: number): { bytes: Int8Array; scales: Float32Array } {
  const bytes = new Int8Array(rows.length);
  const scales = new Float32Array(rows.length / dim);
  for (let r = 0; r < scales.length; r++) {
    let largest = 0;
    for (let d = 0; d < dim; d++) largest = Math.max(largest, Math.abs(rows[r * dim + d]));
    scales[r] = largest / 127;
    if (largest > 0)
      for (let d = 0; d < dim; d++)
        bytes[r * dim + d] = Math.round((rows[r * dim + d] / largest) * 127);
  }
  return { bytes, scales };
}

/** One occurrence in running text counts as much as this many in the list of film subtitles. */
const SUBTITLE_COUNTS = 500;
/** Count of a word for being in the dictionaries of enough languages. */
const DICTIONARY_COUNT = 0.3;
const MIN_DICTIONARIES = 3;

/**
 * Counts the English words of the training data. A sentence that is in several bitexts counts once.
 */
async function countPivotWords(
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
        const entry = dictionaries.get(key);
        if (entry) entry.languages.add(lang);
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
  for (const [key, { surface, languages: inDictionary }] of dictionaries) {
    if (inDictionary.size >= MIN_DICTIONARIES)
      vocabulary.add(key.slice(0, key.indexOf('\t')), surface, DICTIONARY_COUNT);
  }
  return vocabulary;
}

/**
 * Assigns ids to terms during training, and counts the terms and their written forms. Stems are
 * matched, but people read words, so generated queries show the most frequent form.
 */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly terms: string[] = [];
  readonly counts: number[] = [];
  readonly #forms: Map<string, number>[] = [];

  get size(): number {
    return this.terms.length;
  }

  /** Counts occurrences of a term in a written form and returns the term's id. */
  add(term: string, surface: string, count = 1): number {
    let id = this.#ids.get(term);
    if (id === undefined) {
      id = this.terms.length;
      this.#ids.set(term, id);
      this.terms.push(term);
      this.counts.push(0);
      this.#forms.push(new Map());
    }
    this.counts[id] += count;
    const forms = this.#forms[id];
    forms.set(surface, (forms.get(surface) ?? 0) + count);
    return id;
  }

  id(term: string): number | undefined {
    return this.#ids.get(term);
  }

  /** Written forms of a term with their counts. */
  formsOf(id: number): ReadonlyMap<string, number> {
    return this.#forms[id];
  }

  /** The most frequent written form; ties go to the shorter, then to the first in UTF-16 order. */
  surfaceOf(id: number): string {
    let best = '';
    let most = -1;
    for (const [form, count] of this.#forms[id]) {
      const better =
        count > most ||
        (count === most &&
          (form.length < best.length || (form.length === best.length && form < best)));
      if (better) {
        best = form;
        most = count;
      }
    }
    return best;
  }
}
