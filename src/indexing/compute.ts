/**
 * Passages to rows: vectors, generated queries and their sums, terms. A row depends on its passage
 * and on what makes it, not on the passages beside it.
 */

import { ItemErrors, XqgError } from '../base/errors.js';
import type { Passage } from '../corpus/passage.js';
import { passageSentences } from '../corpus/sentences.js';
import { type Encoder, generatedQueryId, sentenceId } from '../encode/encoder.js';
import { type Generator, writesIn } from '../generate/generator.js';
import { passageBag } from '../languages/bags.js';
import type { TermBag } from '../languages/terms.js';
import { checkVector } from '../store/passage-check.js';
import { quantizedBytes, quantizeInto } from '../store/quantize.js';
import type { IndexedPassage } from '../store/store.js';
import type { ExpectedQueries } from './expected-queries.js';

export interface RowRecipe {
  readonly encoder: Encoder;
  readonly generator: Generator | null;
  /** null where queries are drawn. */
  readonly expectations: ExpectedQueries | null;
  /** False: generated queries serve the lexical leg alone. Default true. */
  readonly encodeQueries?: boolean;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  readonly seed: number;
  /** True: sentences are encoded too. Default: they are not. */
  readonly sentences?: boolean;
}

/** What is computed for a passage. */
export type ComputedRow = Omit<IndexedPassage, 'documentHash'>;

/**
 * Rows in the order of the passages; in place of a row the error of a passage that encoder or
 * generator could not work on, XQG_QUERY_COUNT where the generator did not do its work,
 * XQG_VECTOR_NOT_FINITE where the encoder did not with a sentence.
 * @throws XqgError XQG_VECTOR_LENGTH, and what encoder and generator throw
 */
export async function computeRows(
  passages: readonly Passage[],
  recipe: RowRecipe,
): Promise<(ComputedRow | XqgError)[]> {
  const failed = new Map<Passage, XqgError>();
  for (;;) {
    const others = passages.filter((passage) => !failed.has(passage));
    try {
      const rows = (await rowsOf(others, recipe))[Symbol.iterator]();
      return passages.map((passage) => failed.get(passage) ?? rows.next().value!);
    } catch (error) {
      if (!(error instanceof ItemErrors)) throw error;
      // What an endpoint has answered for the others is in its cache.
      for (const [i, problem] of error.problems) failed.set(others[i], problem);
    }
  }
}

/** @throws ItemErrors with the indexes of passages */
async function rowsOf(
  passages: readonly Passage[],
  recipe: RowRecipe,
): Promise<(ComputedRow | XqgError)[]> {
  const {
    encoder,
    generator,
    expectations,
    queryLanguages,
    queriesPerLanguage,
    encodeQueries = true,
  } = recipe;
  const { dim } = encoder.identity;
  const vectors = await encoder.encodePassages(passages);
  checkSize(vectors, passages.length, dim, 'passages');
  const distribution = generator?.distribution;
  const pivots = passages.map((passage) => distribution?.pivot(passage) ?? null);
  const own = passages.map((passage) => passageBag(passage));
  const sums = passages.map(() => new Map<string, Float32Array>());
  const drawn = passages.map(() => new Map<string, readonly string[]>());
  const problems = new Map<number, XqgError>();
  const sentences = recipe.sentences
    ? await sentencesOf(passages, encoder, (row, error) => problems.set(row, error))
    : null;
  const tasks = (generator === null ? [] : queryLanguages)
    .map((lang) => ({
      lang,
      rows: [...passages.keys()].filter((row) => writesIn(generator!, lang, passages[row].lang)),
    }))
    .filter(({ rows }) => rows.length > 0);
  if (expectations !== null) {
    const request = { pivots: pivots as TermBag[], tasks, queries: queriesPerLanguage };
    const expected = await expectations.sums(request);
    tasks.forEach(({ lang, rows }, task) => {
      checkSize(expected[task], rows.length, dim, `${lang} expectations`);
      keepSums(expected[task], rows, lang, dim, sums);
    });
  } else if (encodeQueries || distribution === undefined) {
    // The lexical leg takes a distribution from its pivot stems, and needs drawn queries only where
    // there is none.
    for (const { lang, rows } of tasks) {
      const targets = rows.map((row) => passages[row]);
      const queries = await generator!
        .draw(targets, lang, queriesPerLanguage, recipe.seed)
        .catch(ofOwners(rows));
      rows.forEach((row, i) => {
        // A generator that finds nothing to ask about writes none.
        if (queries[i].length === 0) return;
        const fewer = generator!.drawsFewer === true && queries[i].length < queriesPerLanguage;
        if (fewer || queries[i].length === queriesPerLanguage) drawn[row].set(lang, queries[i]);
        else
          problems.set(
            row,
            countError(passages[row].id, lang, queries[i].length, queriesPerLanguage),
          );
      });
      if (encodeQueries)
        keepSums(
          await sumsOf(targets, queries, lang, encoder, queriesPerLanguage).catch(ofOwners(rows)),
          rows,
          lang,
          dim,
          sums,
        );
    }
  }
  return passages.map(
    (passage, row) =>
      problems.get(row) ?? {
        ...passage,
        vector: vectors.subarray(row * dim, (row + 1) * dim),
        sums: sums[row],
        sentences: sentences?.[row] ?? null,
        own: own[row],
        pivot: pivots[row],
        drawn: pivots[row] === null && generator !== null ? drawn[row] : null,
      },
  );
}

/** Rethrows errors of items as errors of what each item belongs to. */
function ofOwners(owners: readonly number[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ItemErrors)) throw error;
    const problems = [...error.problems].map(([i, problem]) => [owners[i], problem] as const);
    throw new ItemErrors(new Map(problems));
  };
}

/** Quantized vectors of the sentences of each passage, each sentence encoded alone. */
async function sentencesOf(
  passages: readonly Passage[],
  encoder: Encoder,
  onProblem: (row: number, error: XqgError) => void,
): Promise<(Uint8Array | null)[]> {
  const { dim } = encoder.identity;
  const texts = passages.map(({ id, text, lang }) =>
    passageSentences(text, lang).map(({ start, end }, i) => {
      return { id: sentenceId(id, i), title: '', text: text.slice(start, end), lang };
    }),
  );
  const all = texts.flat();
  if (all.length === 0) return passages.map(() => null);
  const owners = texts.flatMap((ofPassage, row) => ofPassage.map(() => row));
  const vectors = await encoder.encodePassages(all).catch(ofOwners(owners));
  checkSize(vectors, all.length, dim, 'sentences');
  const size = quantizedBytes(dim, 8);
  let next = 0;
  return texts.map((ofPassage, row) => {
    if (ofPassage.length === 0) return null;
    const bytes = new Uint8Array(ofPassage.length * size);
    ofPassage.forEach(({ id }, i) => {
      const vector = vectors.subarray(next * dim, ++next * dim);
      try {
        checkVector(vector, dim, `sentence ${id}`);
        quantizeInto(vector, 8, bytes, i * size);
      } catch (error) {
        if (!(error instanceof XqgError)) throw error;
        onProblem(row, error);
      }
    });
    return bytes;
  });
}

/**
 * (queries.length x dim): `perPassage` times the mean of each passage's queries, of which there may
 * be fewer.
 */
async function sumsOf(
  passages: readonly Passage[],
  queries: readonly (readonly string[])[],
  lang: string,
  encoder: Encoder,
  perPassage: number,
): Promise<Float32Array> {
  const { dim } = encoder.identity;
  const languages = [{ lang, weight: 1 }];
  const texts = queries.flatMap((ofPassage, p) =>
    ofPassage.map((text, i) => ({
      id: generatedQueryId(passages[p].id, lang, i),
      text,
      languages,
    })),
  );
  const owners = queries.flatMap((ofPassage, p) => ofPassage.map(() => p));
  const vectors = await encoder.encodeQueries(texts).catch(ofOwners(owners));
  checkSize(vectors, texts.length, dim, `${lang} queries`);
  const sums = new Float32Array(queries.length * dim);
  let from = 0;
  queries.forEach((ofPassage, i) => {
    for (let q = 0; q < ofPassage.length; q++, from += dim) {
      for (let d = 0; d < dim; d++) sums[i * dim + d] += vectors[from + d];
    }
    if (ofPassage.length === perPassage) return;
    const share = perPassage / Math.max(1, ofPassage.length);
    for (let d = 0; d < dim; d++) sums[i * dim + d] *= share;
  });
  return sums;
}

/** A zero sum says nothing and is left out. */
function keepSums(
  vectors: Float32Array,
  rows: readonly number[],
  lang: string,
  dim: number,
  sums: readonly Map<string, Float32Array>[],
): void {
  rows.forEach((row, i) => {
    const sum = vectors.subarray(i * dim, (i + 1) * dim);
    if (sum.some((value) => value !== 0)) sums[row].set(lang, sum);
  });
}

function checkSize(vectors: Float32Array, n: number, dim: number, what: string): void {
  if (vectors.length === n * dim) return;
  throw new XqgError('XQG_VECTOR_LENGTH', {
    what: `${n} ${what} together`,
    found: vectors.length,
    expected: `${n} times ${dim} numbers`,
  });
}

function countError(id: string, language: string, found: number, expected: number): XqgError {
  return new XqgError('XQG_QUERY_COUNT', { id, language, found, expected });
}
