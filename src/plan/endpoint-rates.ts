/** Time and price of what is behind an endpoint, from its settings: it is not asked. Knows no machine. */
import type { Encoder } from '../encode/encoder.js';
import type { Generator } from '../generate/generator.js';
import type { RemoteClient } from '../remote/client.js';
import { estimatedTokens } from '../remote/endpoint.js';
import type { Rates } from './rates.js';

/** Where an endpoint states no limit. */
const REQUESTS_PER_MINUTE = 60;
/** Text of a generated query. */
export const QUERY = 'who has the right to take part in the government';

export function clientOf(maker: Encoder | Generator | null): RemoteClient | null {
  return (maker as { client?: RemoteClient } | null)?.client ?? null;
}

/** Seconds of one text behind an endpoint, from its limits; null for what runs here. */
export function remoteSeconds(maker: Encoder | Generator | null, perRequest?: number): number | null {
  const client = clientOf(maker);
  if (client === null) return null;
  const { requestsPerMinute, itemsPerRequest } = client.endpoint;
  return 60 / (requestsPerMinute ?? REQUESTS_PER_MINUTE) / (perRequest ?? itemsPerRequest);
}

export function prices(
  { encoder, generator }: { readonly encoder: Encoder; readonly generator: Generator | null },
  passage: string,
): Rates['price'] {
  const encoding = clientOf(encoder)?.endpoint.pricePerMillionInput ?? 0;
  const chat = clientOf(generator)?.endpoint;
  const tokens = { passage: estimatedTokens(passage), query: estimatedTokens(QUERY) };
  return {
    passage: (encoding * tokens.passage) / 1e6,
    query: (encoding * tokens.query) / 1e6,
    generatedQuery:
      chat === undefined
        ? 0
        : (chat.pricePerMillionInput * tokens.passage + chat.pricePerMillionOutput * tokens.query) / 1e6,
  };
}
