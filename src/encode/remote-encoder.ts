/**
 * A sentence encoder behind an endpoint that speaks OpenAI's embeddings API. Each batch's vectors
 * are cached as they arrive.
 */

import { XqgError } from '../base/errors.js';
import { Answers } from '../models/remote/answer-cache.js';
import { RemoteClient, UnusableAnswer } from '../models/remote/client.js';
import { type Endpoint, estimatedTokens } from '../models/remote/endpoint.js';
import type { Encoder, EncoderIdentity, PassageText, QueryText } from './encoder.js';
import type { CardFields } from './neural/card.js';
import { toUnitLength } from './neural/model-runner.js';

export interface RemoteEncoderOptions {
  readonly endpoint: Endpoint;
  /** Prefixes, and whether vectors are brought to unit length (default true). */
  readonly card?: CardFields;
  readonly signal?: AbortSignal;
  /** Cache of vectors; default: a file of the model in the cache folder. */
  readonly answers?: Answers;
}

interface EmbeddingsAnswer {
  readonly data?: readonly { readonly index: number; readonly embedding: readonly number[] }[];
}

export class RemoteEncoder implements Encoder {
  readonly client: RemoteClient;
  readonly #model: string;
  readonly #answers: Answers;
  readonly #prefixes: { readonly query: string; readonly passage: string };
  #identity: EncoderIdentity;

  private constructor(
    model: string,
    answers: Answers,
    { endpoint, card, signal }: RemoteEncoderOptions,
  ) {
    const { queryPrefix = '', passagePrefix = '', normalize = true } = card ?? {};
    this.client = new RemoteClient(endpoint, signal);
    this.#model = model;
    this.#answers = answers;
    this.#prefixes = { query: queryPrefix, passage: passagePrefix };
    this.#identity = {
      name: `openai/${model}`,
      dim: endpoint.dimensions ?? 0,
      weights: 'unknown: the model is remote',
      unitLength: normalize,
      settings: { queryPrefix, passagePrefix, normalize, dimensions: endpoint.dimensions ?? 'all' },
    };
  }

  /**
   * @throws XqgError XQG_REMOTE_REFUSED, XQG_REMOTE_FAILED: a first text is sent to learn the
   * length of vectors
   */
  static async open(model: string, options: RemoteEncoderOptions): Promise<RemoteEncoder> {
    const { dimensions } = options.endpoint;
    const answers =
      options.answers ?? (await Answers.inCache(`embeddings ${model} ${dimensions ?? 'all'}`));
    const encoder = new RemoteEncoder(model, answers, options);
    const [probe] = await encoder.#vectorsOf(['a']);
    encoder.#identity = { ...encoder.#identity, dim: probe.length };
    return encoder;
  }

  get identity(): EncoderIdentity {
    return this.#identity;
  }

  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    const { passage } = this.#prefixes;
    return this.#encode(
      passages.map(({ title, text }) => `${passage}${title ? `${title} ${text}` : text}`),
    );
  }

  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.#encode(queries.map(({ text }) => `${this.#prefixes.query}${text}`));
  }

  get cost(): Endpoint {
    return this.client.endpoint;
  }

  close(): Promise<void> {
    return this.#answers.close();
  }

  async #encode(texts: readonly string[]): Promise<Float32Array> {
    const { dim, unitLength, name } = this.identity;
    const rows = new Float32Array(texts.length * dim);
    (await this.#vectorsOf(texts)).forEach((vector, i) => {
      if (vector.length !== dim) {
        const expected = `${dim}, as before`;
        throw new XqgError('XQG_VECTOR_LENGTH', {
          what: `a text by ${name}`,
          found: vector.length,
          expected,
        });
      }
      const row = rows.subarray(i * dim, (i + 1) * dim);
      row.set(vector);
      if (unitLength) toUnitLength(row);
    });
    return rows;
  }

  /** From the cache, and from the endpoint for the others; every text once. */
  async #vectorsOf(texts: readonly string[]): Promise<Float32Array[]> {
    const keys = texts.map((text) => Answers.key(text));
    const missing = new Map<string, string>();
    keys.forEach((key, i) => {
      if (!this.#answers.has(key)) missing.set(key, texts[i]);
    });
    const requests = await Promise.allSettled(
      this.#requests([...missing]).map((items) => this.#request(items)),
    );
    for (const each of requests) if (each.status === 'rejected') throw each.reason;
    return Promise.all(
      keys.map(async (key) => {
        const bytes = Buffer.from((await this.#answers.get<string>(key))!, 'base64');
        return new Float32Array(
          bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
        );
      }),
    );
  }

  /** Cut into requests by the endpoint's limits on items and tokens. */
  #requests(texts: readonly (readonly [string, string])[]): (readonly [string, string])[][] {
    const { itemsPerRequest, tokensPerRequest } = this.client.endpoint;
    const requests: (readonly [string, string])[][] = [];
    let tokens = Infinity;
    for (const item of texts) {
      const more = estimatedTokens(item[1]);
      const last = requests.at(-1);
      if (
        last === undefined ||
        last.length >= itemsPerRequest ||
        tokens + more > tokensPerRequest
      ) {
        requests.push([item]);
        tokens = more;
      } else {
        last.push(item);
        tokens += more;
      }
    }
    return requests;
  }

  async #request(items: readonly (readonly [string, string])[]): Promise<void> {
    const { dimensions } = this.client.endpoint;
    const body = {
      model: this.#model,
      // Endpoints refuse empty texts.
      input: items.map(([, text]) => text || ' '),
      encoding_format: 'float',
      ...(dimensions === undefined ? {} : { dimensions }),
    };
    await this.client.post('/embeddings', body, async (answer) => {
      const vectors = embeddings(answer, items.length);
      for (const [i, [key]] of items.entries()) {
        await this.#answers.put(
          key,
          Buffer.from(Float32Array.from(vectors[i]).buffer).toString('base64'),
        );
      }
    });
  }
}

function embeddings(answer: unknown, expected: number): (readonly number[])[] {
  const { data = [] } = (answer ?? {}) as EmbeddingsAnswer;
  const vectors: (readonly number[])[] = [];
  for (const { index, embedding } of data) vectors[index] = embedding;
  const complete =
    data.length === expected &&
    Array.from(vectors).every((vector) => vector?.every(Number.isFinite));
  if (!complete) throw new UnusableAnswer(`${data.length} embeddings of ${expected} texts`);
  return vectors;
}
