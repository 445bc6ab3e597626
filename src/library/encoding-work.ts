/**
 * What indexing will cost an encoder that is slow or paid: encodings, hours and price, estimated before it starts from the
 * sizes of the files and a few texts. Knows no format.
 */
import type { Encoder } from '../encode/encoder.js';
import type { RemoteClient } from '../remote/client.js';
import { estimatedTokens } from '../remote/endpoint.js';
import { CorpusProgress } from './corpus-progress.js';
import type { XqgIndex } from './xqg-index.js';

export interface EncodingWork {
  readonly passages: number;
  /** Languages of the generated queries. */
  readonly languages: number;
  /** Generated queries of a passage that will be encoded. */
  readonly queriesEach: number;
  /** Passages and queries. */
  readonly encodings: number;
  readonly hours: number;
  /** In the currency of the endpoint's prices; null for an encoder of this machine. */
  readonly cost: number | null;
}

/** Bytes of a passage with its markup, and words of passages and queries, on average. */
const PASSAGE_BYTES = 1200;
export const PASSAGE = 'Everyone has the right to take part in the government of the country. '.repeat(12);
export const QUERY = 'who has the right to vote';
const TIMED = 4;

/** How many passages files and folders hold, by their sizes; at least 1. */
export async function estimatedPassages(paths: readonly string[]): Promise<number> {
  const { bytes } = await CorpusProgress.of(paths);
  return Math.max(1, Math.round(bytes.total / PASSAGE_BYTES));
}

/** null for an encoder that needs no such warning: that of a pack. */
export async function encodingWork(index: XqgIndex, paths: readonly string[]): Promise<EncodingWork | null> {
  const { encoder, generator } = index.makers;
  if ('encodeMixtures' in encoder) return null;
  const passages = await estimatedPassages(paths);
  const { queries, encoded, ...generation } = index.generation;
  const languages = generation.languages.length;
  const queriesEach = generator === null || !encoded ? 0 : languages * queries;
  const encodings = passages * (1 + queriesEach);
  const client = (encoder as { client?: RemoteClient }).client;
  if (client === undefined) {
    const seconds =
      passages * (await secondsOf(encoder, 'passage')) +
      passages * queriesEach * (await secondsOf(encoder, 'query'));
    return { passages, languages, queriesEach, encodings, hours: seconds / 3600, cost: null };
  }
  const { pricePerMillionInput, itemsPerRequest, requestsPerMinute } = client.endpoint;
  const tokens = passages * (estimatedTokens(PASSAGE) + queriesEach * estimatedTokens(QUERY));
  const requests = encodings / itemsPerRequest;
  const minutes = requests / (requestsPerMinute ?? REQUESTS_PER_MINUTE);
  return {
    passages,
    languages,
    queriesEach,
    encodings,
    hours: minutes / 60,
    cost: (tokens * pricePerMillionInput) / 1e6,
  };
}

/** Where the endpoint states no limit. */
const REQUESTS_PER_MINUTE = 60;

async function secondsOf(encoder: Encoder, kind: 'passage' | 'query'): Promise<number> {
  const started = performance.now();
  if (kind === 'passage') {
    await encoder.encodePassages(
      Array.from({ length: TIMED }, () => ({ title: '', text: PASSAGE, lang: 'en' })),
    );
  } else {
    const languages = [{ lang: 'en', weight: 1 }];
    await encoder.encodeQueries(Array.from({ length: TIMED }, () => ({ text: QUERY, languages })));
  }
  return (performance.now() - started) / 1000 / TIMED;
}
