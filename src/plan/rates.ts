/**
 * How fast and how large the stages of an index are on some machine: what was measured, or what a
 * file says.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../base/atomic-write.js';
import { XqgError } from '../base/errors.js';
import { canonicalJson, sha256 } from '../base/identity.js';
import type { Encoder } from '../encode/encoder.js';
import type { Generator } from '../generate/generator.js';
import type { Recipe } from '../indexing/recipe.js';
import { endpointOfCost } from '../models/cost.js';
import { cacheFolder } from '../models/places.js';
import { estimatedTokens } from '../models/remote/endpoint.js';

const positive = z.number('is not a number').min(0, 'is less than 0');

const rateFields = z.strictObject({
  /** What was measured where; for people, and to know whether rates fit. */
  identity: z.strictObject({
    encoder: z.string(),
    generator: z.string().nullable(),
    machine: z.string(),
    cores: z.int().min(1),
    node: z.string(),
    words: z.int().min(1),
  }),
  dim: z.int().min(1),
  unitLength: z.boolean(),
  /**
   * True: the generator states a distribution and the encoder takes bags, so the number of queries
   * costs nothing.
   */
  expectation: z.boolean(),
  /** True: terms of queries are in the index only as drawn texts. */
  drawn: z.boolean(),
  /**
   * Processor time by time while measuring; well below 1: the machine was busy, and times of
   * writing are too long.
   */
  processorShare: positive,
  secondsPerPassage: z.strictObject({
    /** Pivot stems of a distribution; 0 where queries are drawn. */
    pivot: positive,
    encode: positive,
    write: positive,
    /** Rewriting rows when small pieces are joined. */
    join: positive,
    seal: positive,
    /** Reading and fusing for one matrix. */
    matrix: positive,
    /** Adding to an ANN index of `annRows` rows; null where none can be built here. */
    ann: positive.nullable(),
  }),
  /** True: generated queries are encoded, if nothing else is said. */
  encodesGeneratedQueries: z.boolean(),
  /** True: sentences are encoded, if nothing else is said. */
  encodesSentences: z.boolean(),
  /** Encoding one sentence of a passage alone. */
  secondsPerSentence: positive,
  /** Drawing one query. */
  secondsPerQuery: z.strictObject({ generate: positive, encode: positive }),
  /**
   * Summing the expected queries of a passage in one language; and computing one part of them for
   * the first time.
   */
  secondsPerExpectation: z.strictObject({ sum: positive, part: positive }),
  /** Parts in one language that there can be. */
  parts: positive,
  /**
   * Encoding words of passages for the first time, all there can be; 0 for encoders that cache
   * none.
   */
  secondsOnce: positive,
  annRows: z.int().min(2),
  bytesPerPassage: z.strictObject({
    /** Without vectors and sums. */
    texts: positive,
    /** Without terms of drawn queries. */
    lexical: positive,
    /** Graph of an ANN index, without its vectors. */
    graph: positive,
  }),
  /** Of one drawn query: its text, and its terms in the lexical index. */
  bytesPerQuery: positive,
  /** Price in the currency of the endpoint; 0 for what runs here. */
  price: z.strictObject({ passage: positive, query: positive, generatedQuery: positive }),
});

export type Rates = z.output<typeof rateFields>;
export type RatesIdentity = Rates['identity'];

/** What makes rates those of this machine. */
export function machineIdentity(): Pick<RatesIdentity, 'machine' | 'cores' | 'node'> {
  return {
    machine: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
  };
}

/** @throws XqgError XQG_RATES_FILE with every problem of the file */
export async function readRates(file: string): Promise<Rates> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new XqgError('XQG_RATES_FILE', { file, problems: (cause as Error).message }, { cause });
  }
  // What `xqg plan --json` prints holds them too.
  const rates = (value as { rates?: unknown } | null)?.rates ?? value;
  const parsed = rateFields.safeParse(rates);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'it'}: ${message}`,
  );
  throw new XqgError('XQG_RATES_FILE', { file, problems: problems.join('; ') });
}

/** Rates that were measured before with the same recipe on this machine; null if there are none. */
export async function cachedRates(identity: RatesIdentity): Promise<Rates | null> {
  try {
    const rates = await readRates(pathOf(identity));
    return canonicalJson(rates.identity) === canonicalJson(identity) ? rates : null;
  } catch (error) {
    if (error instanceof XqgError) return null;
    throw error;
  }
}

export async function cacheRates(rates: Rates): Promise<void> {
  await mkdir(join(cacheFolder(), 'rates'), { recursive: true });
  await writeAtomically(pathOf(rates.identity), `${JSON.stringify(rates, null, 2)}\n`);
}

function pathOf(identity: RatesIdentity): string {
  const name = sha256(canonicalJson(identity)).slice(0, 16);
  return join(cacheFolder(), 'rates', `${name}.json`);
}

/** Where an endpoint states no limit. */
const REQUESTS_PER_MINUTE = 60;
/** Text of a generated query. */
export const QUERY = 'who has the right to take part in the government';

/** Seconds of one text behind an endpoint, from its limits; null for what runs here. */
export function remoteSeconds(
  worker: Encoder | Generator | null,
  perRequest?: number,
): number | null {
  const endpoint = worker && endpointOfCost(worker);
  if (endpoint === null) return null;
  const { requestsPerMinute, itemsPerRequest } = endpoint;
  return 60 / (requestsPerMinute ?? REQUESTS_PER_MINUTE) / (perRequest ?? itemsPerRequest);
}

export function prices(
  { encoder, generator }: Pick<Recipe, 'encoder' | 'generator'>,
  passage: string,
): Rates['price'] {
  const encoding = endpointOfCost(encoder)?.pricePerMillionInput ?? 0;
  const chat = generator && endpointOfCost(generator);
  const tokens = { passage: estimatedTokens(passage), query: estimatedTokens(QUERY) };
  return {
    passage: (encoding * tokens.passage) / 1e6,
    query: (encoding * tokens.query) / 1e6,
    generatedQuery:
      chat === null
        ? 0
        : (chat.pricePerMillionInput * tokens.passage + chat.pricePerMillionOutput * tokens.query) /
          1e6,
  };
}
