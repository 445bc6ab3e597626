/**
 * What indexing will cost an encoder that is slow or paid: encodings, hours and price, estimated
 * before it starts from the sizes of the files and a few texts.
 */

import { CorpusProgress } from '../corpus/progress.js';
import type { Encoder } from '../encode/encoder.js';
import { NeuralEncoder } from '../encode/neural/neural.js';
import type { Generator } from '../generate/generator.js';
import { endpointOfCost } from '../models/cost.js';
import { estimatedTokens } from '../models/remote/endpoint.js';
import type { XqgIndex } from '../xqg-index.js';

export interface EncodingWork {
  readonly passages: number;
  /** Languages of the generated queries. */
  readonly languages: number;
  /** Generated queries of a passage that will be encoded. */
  readonly queriesEach: number;
  /** Sentences of a passage that will be encoded; 0: none. */
  readonly sentencesEach: number;
  /** Passages, sentences and queries. */
  readonly encodings: number;
  readonly hours: number;
  /** As measured here, of the passages; null where the encoder does not count them. */
  readonly tokensPerSecond: number | null;
  /** In the currency of the endpoint's prices; null for an encoder of this machine. */
  readonly cost: number | null;
}

/** Bytes of a passage with its markup, and words of passages and queries, on average. */
const PASSAGE_BYTES = 1200;
const SENTENCE =
  'Everyone has the right to take part in the government of the country, directly or through representatives who are freely chosen. ';
const SENTENCES = 7;
const PASSAGE = SENTENCE.repeat(SENTENCES);
const QUERY = 'who has the right to vote';
const TIMED = 4;

/** How many passages files and folders hold, by their sizes; at least 1. */
async function estimatedPassages(paths: readonly string[]): Promise<number> {
  const { bytes } = await CorpusProgress.of(paths);
  return Math.max(1, Math.round(bytes.total / PASSAGE_BYTES));
}

/** null for an encoder of negligible cost: that of a pack. */
export async function encodingWork(
  index: XqgIndex,
  paths: readonly string[],
): Promise<EncodingWork | null> {
  const { encoder, generator } = index.recipe;
  if (encoder.cost === 'negligible') return null;
  const passages = await estimatedPassages(paths);
  const { queries, encoded, sentences, ...generation } = index.generation;
  const sentencesEach = sentences ? SENTENCES : 0;
  const languages = generation.languages.length;
  const queriesEach = generator === null || !encoded ? 0 : languages * queries;
  const encodings = passages * (1 + sentencesEach + queriesEach);
  const counts = { passages, languages, queriesEach, sentencesEach, encodings };
  const endpoint = endpointOfCost(encoder);
  if (endpoint === null) {
    const tokensBefore = tokensOf(encoder);
    const passage = await secondsPerEncoding(encoder, 'passage');
    const tokens = (tokensOf(encoder) - tokensBefore) / TIMED;
    const sentence = sentencesEach === 0 ? 0 : await secondsPerEncoding(encoder, 'sentence');
    const query = queriesEach === 0 ? 0 : await secondsPerEncoding(encoder, 'query');
    const seconds = passages * (passage + sentencesEach * sentence + queriesEach * query);
    const tokensPerSecond = tokens === 0 ? null : tokens / passage;
    return { ...counts, hours: seconds / 3600, tokensPerSecond, cost: null };
  }
  const { pricePerMillionInput, itemsPerRequest, requestsPerMinute } = endpoint;
  const tokens =
    passages *
    (estimatedTokens(PASSAGE) +
      sentencesEach * estimatedTokens(SENTENCE) +
      queriesEach * estimatedTokens(QUERY));
  const requests = encodings / itemsPerRequest;
  const minutes = requests / (requestsPerMinute ?? REQUESTS_PER_MINUTE);
  return {
    ...counts,
    hours: minutes / 60,
    tokensPerSecond: null,
    cost: (tokens * pricePerMillionInput) / 1e6,
  };
}

/** Where the endpoint states no limit. */
const REQUESTS_PER_MINUTE = 60;

/** Tokens that a model of this machine has run. */
function tokensOf(encoder: Encoder): number {
  return encoder instanceof NeuralEncoder ? encoder.counts.tokens : 0;
}

async function secondsPerEncoding(
  encoder: Encoder,
  kind: 'passage' | 'sentence' | 'query',
): Promise<number> {
  const started = performance.now();
  if (kind === 'query') {
    const languages = [{ lang: 'en', weight: 1 }];
    await encoder.encodeQueries(Array.from({ length: TIMED }, () => ({ text: QUERY, languages })));
  } else {
    const text = kind === 'passage' ? PASSAGE : SENTENCE;
    await encoder.encodePassages(
      Array.from({ length: TIMED }, () => ({ title: '', text, lang: 'en' })),
    );
  }
  return (performance.now() - started) / 1000 / TIMED;
}

/**
 * What writing queries will cost where a model writes them: calls, hours and price, estimated
 * before it starts from the sizes of the files and one short passage.
 */
export interface GeneratingWork {
  readonly passages: number;
  readonly languages: number;
  /** Requests of an endpoint; null for a model of this machine. */
  readonly calls: number | null;
  readonly hours: number;
  /** In the currency of the endpoint's prices; null for a model of this machine. */
  readonly cost: number | null;
}

/** Of a prompt without its passage, and of what JSON adds to a query. */
const PROMPT_TOKENS = 150;
const MARKUP_TOKENS = 4;
/** Of one call, where the endpoint states no limit. */
const SECONDS_A_CALL = 5;

/** null for a generator of negligible cost: that of a pack, recorded queries, or none. */
export async function generatingWork(
  { recipe, generation }: XqgIndex,
  paths: readonly string[],
): Promise<GeneratingWork | null> {
  const generator = recipe.generator?.filter?.unfiltered ?? recipe.generator;
  if (generator === null || generator.cost === 'negligible') return null;
  const passages = await estimatedPassages(paths);
  const { languages, queries } = generation;
  const common = { passages, languages: languages.length };
  const endpoint = endpointOfCost(generator);
  if (endpoint === null) {
    const seconds =
      passages * languages.length * (await secondsPerDraw(generator, languages[0], queries));
    return { ...common, calls: null, hours: seconds / 3600, cost: null };
  }
  const { pricePerMillionInput, pricePerMillionOutput, requestsPerMinute, concurrency } = endpoint;
  const input = passages * (PROMPT_TOKENS + estimatedTokens(PASSAGE));
  const output = passages * languages.length * queries * (estimatedTokens(QUERY) + MARKUP_TOKENS);
  const perMinute = requestsPerMinute ?? (60 * concurrency) / SECONDS_A_CALL;
  return {
    ...common,
    // All languages of a passage are one call.
    calls: passages,
    hours: passages / perMinute / 60,
    cost: (input * pricePerMillionInput + output * pricePerMillionOutput) / 1e6,
  };
}

/** Of the queries of a passage in one language. */
async function secondsPerDraw(
  generator: Generator,
  lang: string | undefined,
  queries: number,
): Promise<number> {
  if (lang === undefined) return 0;
  const passage = { id: 'timed', title: '', text: PASSAGE, lang: 'en' };
  const started = performance.now();
  await generator.draw([passage], lang, queries, 0);
  return (performance.now() - started) / 1000;
}
