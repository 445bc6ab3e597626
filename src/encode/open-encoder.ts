/**
 * From an encoder's spec to the encoder: `hf:NAME` and a model's folder run here, `openai:MODEL`
 * behind an endpoint. `static` comes from a pack and is opened where the pack is.
 */
import { readFileSync } from 'node:fs';
import { XqgError } from '../base/errors.js';
import { findModel, namesModel } from '../models/places.js';
import { type EndpointFields, endpointOf } from '../models/remote/endpoint.js';
import type { Encoder } from './encoder.js';
import { type CardFields, cardFields, describeCard } from './neural/card.js';

/** What names an encoder again: an index remembers it, beside the identity of what it named. */
export interface EncoderSpec {
  /** `hf:NAME`, the path of a model's folder, or `openai:MODEL`. */
  readonly spec: string;
  /** The fields, or JSON, or a file of them. */
  readonly card?: string | CardFields;
  /** Settings of an endpoint, or a file of them. */
  readonly endpoint?: string | EndpointFields;
}

export interface OpenEncoderOptions extends Omit<EncoderSpec, 'spec'> {
  readonly workers?: number;
  readonly threads?: number;
  readonly batch?: number;
  readonly signal?: AbortSignal;
  /** Told what the encoder is and how it is used, before the first text. */
  readonly onOpened?: (description: string) => void;
}

/**
 * @throws XqgError XQG_UNKNOWN_ENCODER, XQG_MODEL_CARD, and what opening the encoder throws
 */
export async function openEncoder(
  spec: string,
  options: OpenEncoderOptions = {},
): Promise<Encoder> {
  const card = readCardFields(options.card);
  if (namesModel(spec)) {
    const { NeuralEncoder } = await import('./neural/neural.js');
    const { workers, threads, batch } = options;
    const encoder = await NeuralEncoder.open(findModel(spec), { card, workers, threads, batch });
    options.onOpened?.(
      `${spec}: ${encoder.identity.dim} dimensions, ${describeCard(encoder.card)}`,
    );
    return encoder;
  }
  if (spec.startsWith('openai:')) {
    const { RemoteEncoder } = await import('./remote-encoder.js');
    const endpoint = endpointOf(options.endpoint);
    const encoder = await RemoteEncoder.open(spec.slice('openai:'.length), {
      endpoint,
      card,
      signal: options.signal,
    });
    options.onOpened?.(
      `${spec} at ${endpoint.url}: ${encoder.identity.dim} dimensions; passages leave this machine`,
    );
    return encoder;
  }
  throw new XqgError('XQG_UNKNOWN_ENCODER', { encoder: spec });
}

/** @throws XqgError XQG_MODEL_CARD */
export function readCardFields(given: string | CardFields | undefined): CardFields {
  if (given === undefined) return {};
  let value: unknown = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8'));
    } catch (cause) {
      const problems = (cause as Error).message;
      throw new XqgError('XQG_MODEL_CARD', { card: given, problems }, { cause });
    }
  }
  const parsed = cardFields.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'it'}: ${message}`,
  );
  throw new XqgError('XQG_MODEL_CARD', {
    card: JSON.stringify(value),
    problems: problems.join('; '),
  });
}
