/**
 * A sentence encoder behind an endpoint that speaks OpenAI's embeddings API. Each batch's vectors
 * are cached as they arrive.
 */

import { ItemErrors, XqgError } from '../base/errors.js';
import { Answers } from '../models/remote/answer-cache.js';
import { RejectedRequest, RemoteClient, UnusableAnswer } from '../models/remote/client.js';
import { Control } from '../models/remote/control.js';
import { type Endpoint, estimatedTokens } from '../models/remote/endpoint.js';
import { problemOf, readEmbeddings } from './embeddings.js';
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

/** A text with the key of its vector in the cache. */
type Item = readonly [key: string, text: string];

/** Shows that the endpoint works, and how long its vectors are. */
const CONTROL = 'a';
/** Attempts at several texts, and at one alone, before they are taken for the trouble. */
const ATTEMPTS = { several: 2, alone: 4 };

export class RemoteEncoder implements Encoder {
  readonly client: RemoteClient;
  readonly #model: string;
  readonly #answers: Answers;
  readonly #prefixes: { readonly query: string; readonly passage: string };
  readonly #control = new Control();
  #identity: EncoderIdentity;
  /** Texts in a request: fewer than configured once the endpoint took no more. */
  #mostItems: number;
  /** False once the endpoint refused to be told the form of its answer. */
  #namesFormat = true;

  private constructor(
    model: string,
    answers: Answers,
    { endpoint, card, signal }: RemoteEncoderOptions,
  ) {
    const { queryPrefix = '', passagePrefix = '', normalize = true } = card ?? {};
    this.client = new RemoteClient(endpoint, signal);
    this.#model = model;
    this.#answers = answers;
    this.#mostItems = endpoint.itemsPerRequest;
    this.#prefixes = { query: queryPrefix, passage: passagePrefix };
    this.#identity = {
      name: `openai/${model}`,
      dim: 0,
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
    const cached = await encoder.#cached(Answers.key(CONTROL), null);
    const dim = cached === null ? await encoder.#askControl() : cached.length;
    encoder.#identity = { ...encoder.#identity, dim };
    return encoder;
  }

  get identity(): EncoderIdentity {
    return this.#identity;
  }

  /** @throws ItemErrors XQG_TEXT_REJECTED for passages that the endpoint cannot encode */
  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    const { passage } = this.#prefixes;
    return this.#encode(
      passages.map(({ title, text }) => `${passage}${title ? `${title} ${text}` : text}`),
      (i) => (passages[i].id === undefined ? 'a passage' : `passage ${passages[i].id}`),
    );
  }

  /** @throws ItemErrors XQG_TEXT_REJECTED for queries that the endpoint cannot encode */
  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.#encode(
      queries.map(({ text }) => `${this.#prefixes.query}${text}`),
      (i) => (queries[i].id === undefined ? 'the question' : `query ${queries[i].id}`),
    );
  }

  get cost(): Endpoint {
    return this.client.endpoint;
  }

  close(): Promise<void> {
    return this.#answers.close();
  }

  /** @param nameOf a text, for people: it may end in a log, so it is not the text itself */
  async #encode(
    texts: readonly string[],
    nameOf: (index: number) => string,
  ): Promise<Float32Array> {
    const { dim, unitLength } = this.identity;
    const keys = texts.map((text) => Answers.key(text));
    const cached = await Promise.all(keys.map((key) => this.#cached(key, dim)));
    const missing = new Map(
      [...keys.entries()].filter(([i]) => cached[i] === null).map(([i, key]) => [key, texts[i]]),
    );
    const problems = await this.#request([...missing]);
    if (problems.size > 0) {
      const url = `${this.client.endpoint.url}/embeddings`;
      const errors = keys.flatMap((key, i): [number, XqgError][] => {
        const problem = problems.get(key);
        if (problem === undefined) return [];
        return [[i, new XqgError('XQG_TEXT_REJECTED', { url, what: nameOf(i), problem })]];
      });
      throw new ItemErrors(new Map(errors));
    }
    const rows = new Float32Array(texts.length * dim);
    for (const [i, key] of keys.entries()) {
      const row = rows.subarray(i * dim, (i + 1) * dim);
      row.set(cached[i] ?? (await this.#cached(key, dim))!);
      if (unitLength) toUnitLength(row);
    }
    return rows;
  }

  /** A vector of the cache; null for none, and for one that an endpoint should not have given. */
  async #cached(key: string, dim: number | null): Promise<Float32Array | null> {
    const base64 = await this.#answers.get<string>(key);
    if (typeof base64 !== 'string') return null;
    const bytes = Buffer.from(base64, 'base64');
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const vector = buffer.byteLength % 4 === 0 ? new Float32Array(buffer) : null;
    return vector === null || problemOf(vector, dim) !== null ? null : vector;
  }

  /** Requests vectors into the cache; returns, by key, why there is none. */
  async #request(items: readonly Item[]): Promise<Map<string, string>> {
    const requests = await Promise.allSettled(
      this.#batches(items).map((batch) => this.#ask(batch)),
    );
    for (const each of requests) if (each.status === 'rejected') throw each.reason;
    return new Map(
      requests.flatMap((each) => (each.status === 'fulfilled' ? [...each.value] : [])),
    );
  }

  /** Cut into requests by the endpoint's limits on items and tokens. */
  #batches(texts: readonly Item[]): Item[][] {
    const { tokensPerRequest } = this.client.endpoint;
    const batches: Item[][] = [];
    let tokens = Infinity;
    for (const item of texts) {
      const more = estimatedTokens(item[1]);
      const last = batches.at(-1);
      if (
        last === undefined ||
        last.length >= this.#mostItems ||
        tokens + more > tokensPerRequest
      ) {
        batches.push([item]);
        tokens = more;
      } else {
        last.push(item);
        tokens += more;
      }
    }
    return batches;
  }

  /**
   * One request; texts that it brings no vectors for are requested in smaller ones, and alone at
   * last.
   */
  async #ask(items: readonly Item[]): Promise<Map<string, string>> {
    const alone = items.length === 1;
    const began = performance.now();
    try {
      const failed = await this.#post(items, alone ? ATTEMPTS.alone : ATTEMPTS.several);
      const again = await Promise.all(failed.map((item) => this.#ask([item])));
      return new Map(again.flatMap((problems) => [...problems]));
    } catch (error) {
      if (!(error instanceof RejectedRequest)) throw error;
      await this.#control.check(began, () => this.#askControl());
      if (alone) return new Map([[items[0][0], error.message]]);
      const half = Math.ceil(items.length / 2);
      const halves = [items.slice(0, half), items.slice(half)];
      const problems = await Promise.all(halves.map((each) => this.#ask(each)));
      const all = new Map(problems.flatMap((each) => [...each]));
      // Nothing was wrong with the texts, so there were too many of them.
      if (all.size === 0) this.#mostItems = Math.min(this.#mostItems, half);
      return all;
    }
  }

  /** Returns the items that have no usable vector, unless that is all of them. */
  async #post(items: readonly Item[], attempts: number): Promise<Item[]> {
    return this.client.post(
      '/embeddings',
      this.#body(items.map(([, text]) => text)),
      async (answer) => {
        const vectors = readEmbeddings(answer, items.length, this.identity.dim);
        const failed: Item[] = [];
        for (const [i, item] of items.entries()) {
          const vector = vectors[i];
          if (typeof vector === 'string') failed.push(item);
          else await this.#keep(item[0], vector);
        }
        if (failed.length === items.length) throw new UnusableAnswer(vectors[0] as string);
        return failed;
      },
      { attempts },
    );
  }

  #keep(key: string, { buffer }: Float32Array): Promise<void> {
    return this.#answers.put(key, Buffer.from(buffer).toString('base64'));
  }

  #body(texts: readonly string[]): object {
    const { dimensions } = this.client.endpoint;
    return {
      model: this.#model,
      // Endpoints refuse empty texts.
      input: texts.map((text) => text || ' '),
      ...(this.#namesFormat ? { encoding_format: 'float' } : {}),
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  /**
   * Requests the vector of a text that every endpoint can encode, and returns its length.
   * @throws XqgError XQG_REMOTE_REFUSED, XQG_REMOTE_FAILED, XQG_VECTOR_LENGTH where the model is
   * another one than before
   */
  async #askControl(): Promise<number> {
    const { dim, name } = this.identity;
    const ask = (): Promise<Float32Array> =>
      this.client.post('/embeddings', this.#body([CONTROL]), async (answer) => {
        const [vector] = readEmbeddings(answer, 1, null);
        if (typeof vector === 'string') throw new UnusableAnswer(vector);
        return vector;
      });
    let vector: Float32Array;
    try {
      vector = await ask();
    } catch (error) {
      const refused = error instanceof XqgError && /encoding_format/.test(error.message);
      if (!refused || !this.#namesFormat) throw error;
      this.#namesFormat = false;
      vector = await ask();
    }
    if (dim !== 0 && vector.length !== dim) {
      const what = `a text by ${name}`;
      throw new XqgError('XQG_VECTOR_LENGTH', { what, found: vector.length, expected: dim });
    }
    await this.#keep(Answers.key(CONTROL), vector);
    return vector.length;
  }
}
