/**
 * Measures the stages of indexing on this machine with a few hundred synthetic passages, in a
 * folder that is deleted again. An endpoint is not called: its rates follow from its settings.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuse } from '../augment/fuse.js';
import { encodesGeneratedQueries, encodesSentences } from '../augment/tuned.js';
import { XqgError } from '../base/errors.js';
import type { Passage } from '../corpus/passage.js';
import type { Encoder } from '../encode/encoder.js';
import type { Generator } from '../generate/generator.js';
import { Graph } from '../indexing/ann/graph.js';
import { SegmentBuilder } from '../indexing/lexical/segment-builder.js';
import { lexicalRow } from '../indexing/lexical/segments.js';
import type { Recipe } from '../indexing/recipe.js';
import { passageBag } from '../languages/bags.js';
import type { TermBag } from '../languages/terms.js';
import { endpointOfCost } from '../models/cost.js';
import { loadPack } from '../pack/format.js';
import { SearchMatrix } from '../search/dense/exact-top-k.js';
import { LanceStore } from '../store/lance/lance-store.js';
import { quantizedBytes } from '../store/quantize.js';
import type { IndexedPassage } from '../store/store.js';
import {
  machineIdentity,
  prices,
  QUERY,
  type Rates,
  type RatesIdentity,
  remoteSeconds,
} from './rates.js';
import { Stopwatch, samplePassages, sampleSentences, sampleVocabulary } from './sample.js';

/** The recipe that is measured. */
type MeasuredRecipe = Pick<Recipe, 'encoder' | 'generator'>;

const PASSAGES = 1024;
/** Slow encoders and generators are measured with as many texts as they manage in this time (s). */
const BUDGET = 2;
/** Query languages that are measured. */
const LANGUAGES = 3;
const QUERIES = 2;

export function ratesIdentity(
  { encoder, generator }: MeasuredRecipe,
  words: number,
): RatesIdentity {
  return {
    encoder: `${encoder.identity.name} ${encoder.identity.weights.slice(0, 16)}`,
    generator: generator && `${generator.identity.name} ${generator.identity.weights.slice(0, 16)}`,
    ...machineIdentity(),
    words,
  };
}

/** @param words of a passage */
export async function calibrate(
  recipe: MeasuredRecipe,
  queryLanguages: readonly string[],
  words: number,
): Promise<Rates> {
  const { encoder, generator } = recipe;
  const whole = new Stopwatch();
  const pack = await loadPack('base');
  const passages = samplePassages(pack, PASSAGES, words);
  const langs = queryLanguages.filter((lang) => lang !== 'en').slice(0, LANGUAGES);
  const { dim, unitLength } = encoder.identity;
  const encode = (): Promise<number> =>
    paced(passages, 64, async (batch) => {
      if (endpointOfCost(encoder) === null) await encoder.encodePassages(batch);
    });
  const first = await encode();
  // An encoder of bags caches words: later passages hold few new ones.
  const encoded = encoder.bags === undefined ? first : await encode();
  const sentences = passages.flatMap(sampleSentences);
  const sentence = await paced(sentences, 64, async (batch) => {
    if (endpointOfCost(encoder) === null) await encoder.encodePassages(batch);
  });
  const distribution = generator?.distribution ?? null;
  const began = new Stopwatch();
  const pivots = passages.map((passage) => distribution?.pivot(passage) ?? null);
  const pivotSeconds = began.seconds / PASSAGES;
  const expected = await expectations(encoder, generator, pivots, langs);
  const drawn =
    generator === null || expected !== null ? null : await draws(recipe, passages, langs);
  const rows = passages.map(
    (passage, i): IndexedPassage => ({
      ...passage,
      documentHash: 'f'.repeat(64),
      vector: unitVector(dim, i),
      sums: new Map(langs.map((lang, l) => [lang, unitVector(dim, i * 31 + l)])),
      sentences: null,
      own: passageBag(passage),
      pivot: pivots[i],
      drawn: null,
    }),
  );
  const stored = await storeRates(rows, langs, dim);
  const lexical = lexicalRates(rows);
  const graph = await measureGraph(
    rows.map(({ vector }) => vector),
    dim,
    unitLength,
  );
  return {
    identity: ratesIdentity(recipe, words),
    dim,
    unitLength,
    expectation: expected !== null,
    drawn: generator !== null && distribution === null,
    processorShare: whole.processorShare,
    secondsPerPassage: {
      pivot: distribution === null ? 0 : pivotSeconds,
      encode: remoteSeconds(encoder) ?? encoded,
      write: stored.write,
      join: stored.join,
      seal: lexical.seconds,
      matrix: matrixSeconds(rows, langs[0], dim) + stored.read,
      ann: graph?.seconds ?? null,
    },
    encodesGeneratedQueries: encodesGeneratedQueries(encoder),
    encodesSentences: encodesSentences(encoder),
    secondsPerSentence: remoteSeconds(encoder) ?? sentence,
    secondsPerQuery: {
      generate: drawn === null ? 0 : (remoteSeconds(generator, 1) ?? drawn.generate),
      encode: drawn === null ? 0 : (remoteSeconds(encoder) ?? drawn.encode),
    },
    secondsPerExpectation: expected ?? { sum: 0, part: 0 },
    parts: expected === null ? 0 : sampleVocabulary(pack),
    secondsOnce: Math.max(
      0,
      ((first - encoded) * PASSAGES * sampleVocabulary(pack)) / distinctWords(passages),
    ),
    annRows: graph?.rows ?? 2,
    bytesPerPassage: { texts: stored.bytes, lexical: lexical.bytes, graph: graph?.bytes ?? 0 },
    bytesPerQuery: QUERY_BYTES,
    price: prices(recipe, passages[0].text),
  };
}

/** Text of a drawn query in its row, and its terms in the lexical index. */
const QUERY_BYTES = 90;

/** Seconds of one text, of as many batches as there is time for. */
async function paced<T>(
  items: readonly T[],
  size: number,
  run: (batch: readonly T[]) => Promise<void>,
): Promise<number> {
  const began = new Stopwatch();
  let done = 0;
  for (let next = Math.min(8, size); done < items.length; next = size) {
    const batch = items.slice(done, done + next);
    await run(batch);
    done += batch.length;
    if (began.seconds > BUDGET) break;
  }
  return began.seconds / done;
}

/**
 * null where queries have to be drawn. The second pass finds the parts that the first one computed.
 */
async function expectations(
  encoder: Encoder,
  generator: Generator | null,
  pivots: readonly (TermBag | null)[],
  langs: readonly string[],
): Promise<Rates['secondsPerExpectation'] | null> {
  const { bags } = encoder;
  const distribution = generator?.distribution;
  if (bags === undefined || distribution === undefined) return null;
  if (langs.length === 0) return { sum: 0, part: 0 };
  const mixtures = pivots as readonly TermBag[];
  const one = Float32Array.of(1);
  const partOf = (stem: string, lang: string): TermBag =>
    distribution.expectation({ terms: [stem], weights: one }, lang);
  const pass = async (): Promise<number> => {
    const began = new Stopwatch();
    for (const lang of langs) await bags.encodeMixtures(mixtures, partOf, lang);
    return began.seconds;
  };
  const first = await pass();
  const second = await pass();
  const distinct = new Set(mixtures.flatMap(({ terms }) => terms)).size;
  return {
    sum: second / (mixtures.length * langs.length),
    part: Math.max(0, first - second) / Math.max(1, distinct * langs.length),
  };
}

/** Seconds of one query: drawing it, and encoding it. */
async function draws(
  { encoder, generator }: MeasuredRecipe,
  passages: readonly Passage[],
  langs: readonly string[],
): Promise<{ generate: number; encode: number }> {
  const texts: { text: string; lang: string }[] = [];
  const [lang] = langs;
  if (lang === undefined) return { generate: 0, encode: 0 };
  const generate =
    generator !== null && endpointOfCost(generator) === null
      ? await paced(passages, 16, async (batch) => {
          const queries = await generator.draw(batch, lang, QUERIES, 0);
          for (const text of queries.flat()) texts.push({ text, lang });
        })
      : 0;
  if (texts.length === 0) for (const _ of passages) texts.push({ text: QUERY, lang });
  const encode =
    endpointOfCost(encoder) === null
      ? await paced(texts, 64, async (batch) => {
          const queries = batch.map(({ text, lang }) => ({
            text,
            languages: [{ lang, weight: 1 }],
          }));
          await encoder.encodeQueries(queries);
        })
      : 0;
  return { generate: generate / QUERIES, encode };
}

/**
 * Writes the rows twice, joins them and reads vectors back: seconds and bytes of one row, the bytes
 * without vectors and sums.
 */
async function storeRates(rows: readonly IndexedPassage[], langs: readonly string[], dim: number) {
  const dir = await mkdtemp(join(tmpdir(), 'xqg-plan-'));
  try {
    const store = await LanceStore.create(dir, {
      dim,
      queryLanguages: [...langs].sort(),
      sumBits: 8,
    });
    // The first write also loads what all others need.
    await store.upsert(rows.slice(0, 32), { allNew: true });
    const others = rows.slice(32);
    const write = await timed(others.length, () => store.upsert(others, { allNew: true }));
    const join = await timed(rows.length, () => store.compact([], { force: true }));
    const bytes = (await bytesUnder(dir)) / rows.length;
    const reader = await store.snapshot();
    const read = await timed(rows.length, async () => {
      for await (const _ of reader.scan(['vector', 'sums'], { languages: langs.slice(0, 1) }));
    });
    reader.close();
    store.close();
    const vectors = 4 * dim + langs.length * quantizedBytes(dim, 8);
    return { write, join, read, bytes: Math.max(0, bytes - vectors) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What more rows take in a segment: the first ones bring most of its terms. */
function lexicalRates(rows: readonly IndexedPassage[]): { seconds: number; bytes: number } {
  const build = (count: number): { seconds: number; bytes: number } => {
    const began = new Stopwatch();
    const builder = new SegmentBuilder();
    for (const row of rows.slice(0, count)) builder.add(lexicalRow(row));
    return { bytes: builder.finish().length, seconds: began.seconds };
  };
  const half = build(rows.length >> 1);
  const whole = build(rows.length);
  const more = rows.length - (rows.length >> 1);
  return { seconds: whole.seconds / rows.length, bytes: (whole.bytes - half.bytes) / more };
}

function distinctWords(passages: readonly Passage[]): number {
  return new Set(passages.flatMap(({ text }) => text.split(' '))).size;
}

/** Fusing one language, and the copy in 8 bits. */
function matrixSeconds(
  rows: readonly IndexedPassage[],
  lang: string | undefined,
  dim: number,
): number {
  const repeat = 16;
  const passages = new Float32Array(rows.length * repeat * dim);
  for (let i = 0; i < rows.length * repeat; i++)
    passages.set(rows[i % rows.length].vector, i * dim);
  const began = new Stopwatch();
  const languages = lang === undefined ? [] : [{ lang, sums: passages, weight: 1, queries: 1 }];
  const fused = fuse(passages, languages, { variant: 'mean', alpha: 0.5, renormalize: true, dim });
  void new SearchMatrix(fused, dim).bytes;
  return began.seconds / (rows.length * repeat);
}

async function timed(items: number, run: () => Promise<unknown>): Promise<number> {
  const began = new Stopwatch();
  await run();
  return began.wallSeconds / items;
}

async function bytesUnder(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

/** A vector of unit length, the same for the same number. */
function unitVector(dim: number, seed: number): Float32Array {
  const vector = Float32Array.from({ length: dim }, (_, d) =>
    Math.sin((seed + 1) * (d + 1) * 12.9898),
  );
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** What a row of an ANN index takes. */
interface GraphRate {
  /** Of one row, added to a graph of `rows`. */
  readonly seconds: number;
  /** Of one row on disk, without its vector. */
  readonly bytes: number;
  readonly rows: number;
}

/** null where no graph can be built: its package is not installed. */
async function measureGraph(
  vectors: readonly Float32Array[],
  dim: number,
  unitLength: boolean,
): Promise<GraphRate | null> {
  const path = join(tmpdir(), `xqg-plan-${process.pid}.usearch`);
  try {
    const graph = await Graph.create({ dim, unitLength });
    const half = vectors.length >> 1;
    const matrix = (rows: readonly Float32Array[]): Float32Array => {
      const joined = new Float32Array(rows.length * dim);
      for (const [i, row] of rows.entries()) joined.set(row, i * dim);
      return joined;
    };
    graph.add(0, matrix(vectors.slice(0, half)));
    const rest = matrix(vectors.slice(half));
    const began = new Stopwatch();
    graph.add(half, rest);
    const seconds = began.seconds / (vectors.length - half);
    graph.save(path);
    const bytes = (await stat(path)).size / vectors.length - dim * (unitLength ? 1 : 2);
    return { seconds, bytes, rows: vectors.length };
  } catch (error) {
    if (error instanceof XqgError && error.code === 'XQG_ANN_PACKAGE') return null;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}
