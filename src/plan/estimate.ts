/**
 * What indexing will cost an encoder that is slow or paid: encodings, hours and price, estimated
 * before it starts from the sizes of the files and a few texts.
 */

import type { CorpusOptions } from '../corpus/split.js';
import type { Encoder, PassageText } from '../encode/encoder.js';
import { NeuralEncoder } from '../encode/neural/neural.js';
import type { Generator } from '../generate/generator.js';
import { endpointOfCost } from '../models/cost.js';
import { estimatedTokens } from '../models/remote/endpoint.js';
import type { XqgIndex } from '../xqg-index.js';
import { type CorpusSample, sampleCorpus, spread } from './corpus-sample.js';

interface EncodingWork {
  readonly passages: number;
  /** Languages of the generated queries. */
  readonly languages: number;
  /** Generated queries of a passage that will be encoded. */
  readonly queriesEach: number;
  /** Sentences of a passage that will be encoded, on the mean; 0: none. */
  readonly sentencesEach: number;
  /** Passages, sentences and queries. */
  readonly encodings: number;
  readonly hours: number;
  /** As measured here, of the passages; null where the encoder does not count them. */
  readonly tokensPerSecond: number | null;
  /** In the currency of the endpoint's prices; null for an encoder of this machine. */
  readonly cost: number | null;
}

const QUERY = 'who has the right to vote';
/** Texts of each kind that are encoded to see how long it takes. */
const TIMED = 4;

interface IndexingWork {
  /** null for a generator of negligible cost: that of a pack, recorded queries, or none. */
  readonly generating: GeneratingWork | null;
  /** null for an encoder of negligible cost: that of a pack. */
  readonly encoding: EncodingWork | null;
}

/** Reads a sample of the corpus only where one of them matters. */
export async function indexingWork(
  index: XqgIndex,
  paths: readonly string[],
  splitting?: CorpusOptions,
): Promise<IndexingWork> {
  const { encoder } = index.recipe;
  const generator = index.recipe.generator?.filter?.unfiltered ?? index.recipe.generator;
  const generates = generator !== null && generator.cost !== 'negligible';
  const encodes = encoder.cost !== 'negligible';
  if (!generates && !encodes) return { generating: null, encoding: null };
  const sample = await sampleCorpus(paths, splitting);
  return {
    generating: generates ? await generatingWork(index, generator, sample) : null,
    encoding: encodes ? await encodingWork(index, sample) : null,
  };
}

async function encodingWork(index: XqgIndex, sample: CorpusSample): Promise<EncodingWork> {
  const { encoder, generator } = index.recipe;
  const { passages, texts } = sample;
  const { queries, encoded, sentences, ...generation } = index.generation;
  const sentencesEach = sentences ? sample.sentences.length / Math.max(1, texts.length) : 0;
  const languages = generation.languages.length;
  const queriesEach = generator === null || !encoded ? 0 : languages * queries;
  const encodings = Math.round(passages * (1 + sentencesEach + queriesEach));
  const counts = { passages, languages, queriesEach, sentencesEach, encodings };
  const endpoint = endpointOfCost(encoder);
  if (endpoint === null) {
    const tokensBefore = tokensOf(encoder);
    const started = performance.now();
    const passage = await secondsPerText(encoder, texts);
    const tokens = tokensOf(encoder) - tokensBefore;
    const tokensPerSecond = tokens === 0 ? null : tokens / ((performance.now() - started) / 1000);
    const sentence = sentencesEach === 0 ? 0 : await secondsPerText(encoder, sample.sentences);
    const query = queriesEach === 0 ? 0 : await secondsPerQuery(encoder);
    const seconds = passages * (passage + sentencesEach * sentence + queriesEach * query);
    return { ...counts, hours: seconds / 3600, tokensPerSecond, cost: null };
  }
  const { pricePerMillionInput, itemsPerRequest, requestsPerMinute } = endpoint;
  const tokens =
    passages *
    (tokensEach(texts) +
      (sentencesEach === 0 ? 0 : sentencesEach * tokensEach(sample.sentences)) +
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

/** Of a text of their mean length; no time at all without texts. */
async function secondsPerText(encoder: Encoder, all: readonly PassageText[]): Promise<number> {
  const timed = spread(all, TIMED);
  const length = (texts: readonly PassageText[]): number =>
    texts.reduce((sum, { text }) => sum + text.length, 0);
  if (length(timed) === 0) return 0;
  const started = performance.now();
  await encoder.encodePassages(timed);
  const seconds = (performance.now() - started) / 1000;
  return (seconds / length(timed)) * (length(all) / all.length);
}

async function secondsPerQuery(encoder: Encoder): Promise<number> {
  const languages = [{ lang: 'en', weight: 1 }];
  const started = performance.now();
  await encoder.encodeQueries(Array.from({ length: TIMED }, () => ({ text: QUERY, languages })));
  return (performance.now() - started) / 1000 / TIMED;
}

/** Of a text, on the mean. */
function tokensEach(texts: CorpusSample['texts']): number {
  const tokens = texts.reduce((sum, { text }) => sum + estimatedTokens(text), 0);
  return tokens / Math.max(1, texts.length);
}

/**
 * What writing queries will cost where a model writes them: calls, hours and price, estimated
 * before it starts from the sizes of the files and one short passage.
 */
interface GeneratingWork {
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

async function generatingWork(
  { generation }: XqgIndex,
  generator: Generator,
  { passages, texts }: CorpusSample,
): Promise<GeneratingWork> {
  const { languages, queries } = generation;
  const common = { passages, languages: languages.length };
  const endpoint = endpointOfCost(generator);
  if (endpoint === null) {
    const seconds =
      passages * languages.length * (await secondsPerDraw(generator, texts, languages[0], queries));
    return { ...common, calls: null, hours: seconds / 3600, cost: null };
  }
  const { pricePerMillionInput, pricePerMillionOutput, requestsPerMinute, concurrency } = endpoint;
  const input = passages * (PROMPT_TOKENS + tokensEach(texts));
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
  texts: readonly PassageText[],
  lang: string | undefined,
  queries: number,
): Promise<number> {
  const [text] = spread(texts, 1);
  if (lang === undefined || text === undefined) return 0;
  const passage = { ...text, id: 'timed' };
  const started = performance.now();
  await generator.draw([passage], lang, queries, 0);
  return (performance.now() - started) / 1000;
}
