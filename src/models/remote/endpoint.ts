/**
 * Settings of an endpoint that speaks OpenAI's API, from a JSON file or the environment. Secrets
 * come from environment variables only: a settings file names the variable, never the key.
 */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { readTextSync } from '../../base/small-file.js';
import { DEFAULT_KEY_VARIABLE, endpointEntry } from '../../base/trust.js';
import { namesFolder } from '../places.js';

const positive = z.number().positive('is not more than 0');
const whole = z.int('is not a whole number').min(1, 'is less than 1');

const endpointFields = z.strictObject({
  /** Base address, e.g. http://127.0.0.1:11434/v1. Default: $OPENAI_BASE_URL. */
  url: z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }).optional(),
  /** Environment variable that holds the key; an endpoint on this machine may need none. */
  keyVariable: z
    .string()
    .regex(/^\w+$/, 'is no name of an environment variable')
    .default(DEFAULT_KEY_VARIABLE),
  timeoutSeconds: positive.default(60),
  /** Attempts after the first one that failed. */
  retries: z.int().min(0).default(6),
  /**
   * Pause before the second attempt; doubles with each, unless the endpoint says how long to wait.
   */
  backoffSeconds: positive.default(0.5),
  /** Requests under way at once. */
  concurrency: whole.default(4),
  requestsPerMinute: positive.optional(),
  /** Texts in one embedding request. */
  itemsPerRequest: whole.default(64),
  /** Tokens in one embedding request, estimated. */
  tokensPerRequest: whole.default(50_000),
  /** Asks for shorter embeddings, where the model can. */
  dimensions: whole.optional(),
  /** Prices in any one currency, for estimates and the limit. */
  pricePerMillionInput: z.number().min(0).default(0),
  pricePerMillionOutput: z.number().min(0).default(0),
  /** No request begins once a run has spent this much. */
  costLimit: positive.optional(),
});

export type EndpointFields = z.input<typeof endpointFields>;
export type Endpoint = Omit<z.output<typeof endpointFields>, 'url'> & { readonly url: string };

/**
 * @param given a settings file, or the settings
 * @throws XqgError XQG_ENDPOINT_SETTINGS, XQG_ENDPOINT_ADDRESS where the address is not configured
 */
export function endpointOf(given: string | EndpointFields = {}): Endpoint {
  const where = typeof given === 'string' ? given : 'settings';
  const fields = checkedFields(typeof given === 'string' ? readSettings(given) : given, where);
  const url = fields.url ?? process.env.OPENAI_BASE_URL;
  if (!url) throw new XqgError('XQG_ENDPOINT_ADDRESS');
  // Addresses are shown to people and kept in manifests.
  if (/^[^/]*\/\/[^/]*@/.test(url)) {
    const problems =
      'url: holds a name or password; name the variable of a key instead (keyVariable)';
    throw new XqgError('XQG_ENDPOINT_SETTINGS', { where, problems });
  }
  return { ...fields, url: url.replace(/(?<!\/)\/+$/, '') };
}

/**
 * The settings themselves, in place of a file of them: an index names no file outside its folder.
 * @throws XqgError XQG_ENDPOINT_SETTINGS
 */
export function endpointSettings(given: string | EndpointFields): EndpointFields {
  if (typeof given !== 'string') return given;
  const settings = readSettings(given);
  checkedFields(settings, given);
  return settings as EndpointFields;
}

/** What a spec names outside of xqg and of the models on this machine, as entries of trust. */
export function outsideOf(spec: string, endpoint: string | EndpointFields | undefined): string[] {
  if (spec.startsWith('openai:')) {
    const { url, keyVariable } = endpointOf(endpoint);
    return [endpointEntry(url, keyVariable)];
  }
  const isFile = spec.startsWith('file:') || /\.jsonl(\.gz)?$/.test(spec) || namesFolder(spec);
  return isFile ? [spec] : [];
}

function checkedFields(value: unknown, where: string): z.output<typeof endpointFields> {
  const parsed = endpointFields.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'it'}: ${message}`,
  );
  throw new XqgError('XQG_ENDPOINT_SETTINGS', { where, problems: problems.join('; ') });
}

/** Tokens of a text, roughly: a token for every 3 bytes is on the safe side for most scripts. */
export function estimatedTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

function readSettings(file: string): unknown {
  try {
    return JSON.parse(readTextSync(file));
  } catch (cause) {
    const problems = (cause as Error).message;
    throw new XqgError('XQG_ENDPOINT_SETTINGS', { where: file, problems }, { cause });
  }
}
