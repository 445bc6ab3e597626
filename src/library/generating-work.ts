/**
 * What writing queries will cost where a model writes them: calls, hours and price, estimated before it starts from the sizes of
 * the files and one short passage. Knows no format.
 */
import { FilteredGenerator } from '../generate/filters/filtered.js';
import { type Generator, hasDistribution } from '../generate/generator.js';
import type { RemoteClient } from '../remote/client.js';
import { estimatedTokens } from '../remote/endpoint.js';
import { estimatedPassages, PASSAGE, QUERY } from './encoding-work.js';
import type { XqgIndex } from './xqg-index.js';

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

/** null for a generator that needs no such warning: that of a pack, recorded queries, or none. */
export async function generatingWork(
  { makers, generation }: XqgIndex,
  paths: readonly string[],
): Promise<GeneratingWork | null> {
  const generator =
    makers.generator instanceof FilteredGenerator ? makers.generator.unfiltered : makers.generator;
  if (generator === null || hasDistribution(generator) || generator.identity.name.startsWith('recorded'))
    return null;
  const passages = await estimatedPassages(paths);
  const { languages, queries } = generation;
  const common = { passages, languages: languages.length };
  const client = (generator as { client?: RemoteClient }).client;
  if (client === undefined) {
    const seconds = passages * languages.length * (await secondsOf(generator, languages[0], queries));
    return { ...common, calls: null, hours: seconds / 3600, cost: null };
  }
  const { endpoint } = client;
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
async function secondsOf(generator: Generator, lang: string | undefined, queries: number): Promise<number> {
  if (lang === undefined) return 0;
  const passage = { id: 'timed', title: '', text: PASSAGE, lang: 'en' };
  const started = performance.now();
  await generator.draw([passage], lang, queries, 0);
  return (performance.now() - started) / 1000;
}
