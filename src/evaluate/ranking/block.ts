/**
 * Passages that are encoded once and used in many pools: those of one language of a data set, or a
 * file of distractors. Their vectors, the sums that the generator expects, drawn queries and the
 * vector of each drawn query are stored. (An index keeps no vector of a single query; an
 * experiment needs them to vary their number and to filter them.)
 */
import { createHash } from 'node:crypto';
import { passageSentences } from '../../corpus/sentences.js';
import { type Encoder, generatedQueryId } from '../../encode/encoder.js';
import { type Generator, writesIn } from '../../generate/generator.js';
import { ExpectedQueries } from '../../indexing/expected-queries.js';
import { passageBag } from '../../languages/bags.js';
import type { TermBag } from '../../languages/terms.js';
import {
  type QuantizedRows,
  quantize,
  quantizedBytes,
  quantizeInto,
  rowsOfBytes,
} from '../../store/quantize.js';
import type { EvaluationPassage } from '../data/collection.js';
import { DRAWN_QUERIES } from '../systems.js';
import type { ArtifactStore, Identity } from './artifact-store.js';
import { codeIdentity, ENCODING_CODE } from './code-identity.js';
import type { GeneralText } from './query-control.js';

/** Bits of a number of a sum, as an index stores it. */
export const SUM_BITS = 8;
/** Queries that an expected sum stands for, as in an index. */
export const EXPECTED_QUERIES = DRAWN_QUERIES;
/** Texts that are encoded together. */
const BATCH = 256;
/** Passages between two calls of `progress`. */
const PROGRESS = 4 * BATCH;
/** A block of at most so many passages keeps their terms in memory, for the next index of them. */
const CACHED_PASSAGES = 50_000;

export interface BlockRecipe {
  readonly encoder: Encoder;
  readonly generator: Generator;
  readonly store: ArtifactStore;
  /** Of drawn queries. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Called while passages are read, after every thousand or so. */
  readonly progress?: (step: string, done: number, total: number) => void;
}

/** Drawn queries of every passage in one language. */
export interface DrawnQueries {
  /**
   * By row: none if the generator writes nothing for the passage, as in its own language.
   */
  readonly texts: readonly (readonly string[])[];
  /** (n + 1) Index of a row's first query among all; the last entry is their number. */
  readonly starts: Uint32Array;
}

/** Passages that are read as often as they are needed; only ids and languages are in memory. */
export interface PassageSource {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  /** sha256 over ids, languages, titles and texts. */
  readonly digest: string;
  /** All passages in order; each call begins anew. */
  read(): Iterable<EvaluationPassage> | AsyncIterable<EvaluationPassage>;
}

/** Reads passages once for their ids, languages and digest. */
export async function streamedPassages(read: PassageSource['read']): Promise<PassageSource> {
  const [ids, langs, digest]: [string[], string[], PassageDigest] = [[], [], new PassageDigest()];
  for await (const passage of read()) {
    ids.push(passage.id);
    langs.push(passage.lang);
    digest.add(passage);
  }
  return { ids, langs, digest: digest.hex(), read };
}

/** Passages that are in memory anyway. */
export function passagesInMemory(passages: readonly EvaluationPassage[]): PassageSource {
  const digest = new PassageDigest();
  for (const passage of passages) digest.add(passage);
  return {
    ids: passages.map(({ id }) => id),
    langs: passages.map(({ lang }) => lang),
    digest: digest.hex(),
    read: () => passages,
  };
}

/** sha256 of a JSON array, item by item. */
class PassageDigest {
  readonly #hash = createHash('sha256').update('[');
  #separator = '';

  add({ id, lang, title, text }: EvaluationPassage): void {
    this.#hash.update(`${this.#separator}${JSON.stringify([id, lang, title, text])}`);
    this.#separator = ',';
  }

  hex(): string {
    return this.#hash.update(']').digest('hex');
  }
}

/** Sentences of all passages, in order. */
export interface QuantizedSentences {
  /** (n) sentences by passage; 0 where it is one sentence. */
  readonly counts: Uint32Array;
  readonly rows: QuantizedRows;
}

/** What the lexical leg reads of a passage, before drawn queries. */
export interface LexicalPassage {
  readonly lang: string;
  /** Terms of the passage itself. */
  readonly own: TermBag;
  /** Pivot stems; null where the generator has no distribution. */
  readonly pivot: TermBag | null;
}

export class Block {
  readonly passages: PassageSource;
  readonly #recipe: BlockRecipe;
  readonly #expectations: ExpectedQueries | null;
  /** Of a block that is small enough. */
  #lexical: readonly LexicalPassage[] | null = null;

  constructor(passages: PassageSource, recipe: BlockRecipe) {
    this.passages = passages;
    this.#recipe = recipe;
    this.#expectations = ExpectedQueries.of(recipe.encoder, recipe.generator);
  }

  /** Number of passages. */
  get size(): number {
    return this.passages.ids.length;
  }

  /** True if the generator's expectation can be encoded; else only drawn queries exist. */
  get hasExpectation(): boolean {
    return this.#expectations !== null;
  }

  get dim(): number {
    return this.#recipe.encoder.identity.dim;
  }

  /** Of drawn queries. */
  get seed(): number {
    return this.#recipe.seed;
  }

  /** (n x dim), row-major */
  vectors(): Promise<Float32Array> {
    const { encoder, store } = this.#recipe;
    return store.floats('passages', this.#encoding(), async () => {
      const vectors = new Float32Array(this.size * this.dim);
      for await (const { first, passages } of this.#batches())
        vectors.set(await encoder.encodePassages(passages), first * this.dim);
      return vectors;
    });
  }

  /** Vectors of the sentences of the passages, as an index stores them. */
  async sentences(): Promise<QuantizedSentences> {
    const { encoder, store } = this.#recipe;
    const bytes = await store.bytes('sentences', this.#encoding(), async () => {
      const counts = new Uint32Array(this.size);
      const cells: Uint8Array[] = [];
      for await (const { first, passages } of this.#batches()) {
        const texts = passages.flatMap(({ text, lang }, i) => {
          const sentences = passageSentences(text, lang);
          counts[first + i] = sentences.length;
          return sentences.map(({ start, end }) => ({
            title: '',
            text: text.slice(start, end),
            lang,
          }));
        });
        for (let from = 0; from < texts.length; from += BATCH) {
          this.#recipe.signal?.throwIfAborted();
          const vectors = await encoder.encodePassages(texts.slice(from, from + BATCH));
          for (let at = 0; at < vectors.length; at += this.dim)
            cells.push(quantize(vectors.subarray(at, at + this.dim), 8));
        }
      }
      return Buffer.concat([new Uint8Array(counts.buffer), ...cells]);
    });
    const counts = new Uint32Array(bytes.buffer, bytes.byteOffset, this.size);
    return { counts, rows: rowsOfBytes(bytes.subarray(counts.byteLength), this.dim) };
  }

  /**
   * (n x quantizedBytes(dim, 8)): the sum of `EXPECTED_QUERIES` queries as the generator expects
   * them, as an index stores it.
   */
  expectation(lang: string): Promise<Uint8Array> {
    const { generator, store } = this.#recipe;
    const identity = {
      ...this.#encoding(),
      generator: generator.identity,
      lang,
      queries: EXPECTED_QUERIES,
    };
    return store.bytes('expectations', identity, async () => {
      const rowBytes = quantizedBytes(this.dim, SUM_BITS);
      const bytes = new Uint8Array(this.size * rowBytes);
      let first = 0;
      for await (const batch of this.lexicalPassages()) {
        const rows = [...batch.keys()].filter((i) => batch[i].lang !== lang);
        if (rows.length > 0) {
          const [sums] = await this.#expectations!.sums({
            pivots: rows.map((i) => batch[i].pivot!),
            tasks: [{ lang, rows: [...rows.keys()] }],
            queries: EXPECTED_QUERIES,
          });
          rows.forEach((row, i) => {
            const sum = sums.subarray(i * this.dim, (i + 1) * this.dim);
            quantizeInto(sum, SUM_BITS, bytes, (first + row) * rowBytes);
          });
        }
        first += batch.length;
      }
      return bytes;
    });
  }

  /** `n` queries of each passage in `lang`; the first m of them are those of a smaller number. */
  async drawn(lang: string, n: number): Promise<DrawnQueries> {
    const { generator, store, seed } = this.#recipe;
    const texts = await store.json('queries', this.#drawing(lang, n), async () => {
      const all: (readonly string[])[] = [];
      for await (const { passages } of this.#batches()) {
        const writes = (passage: EvaluationPassage) => writesIn(generator, lang, passage.lang);
        const some = passages.filter(writes);
        const drawn = some.length > 0 ? await generator.draw(some, lang, n, seed) : [];
        let next = 0;
        for (const passage of passages) all.push(writes(passage) ? drawn[next++] : []);
      }
      return all;
    });
    const starts = new Uint32Array(texts.length + 1);
    texts.forEach((ofRow, row) => {
      starts[row + 1] = starts[row] + ofRow.length;
    });
    return { texts, starts };
  }

  /** (queries x dim), row-major: the vector of every query of `drawn`, in its order. */
  async drawnVectors(lang: string, n: number): Promise<Float32Array> {
    const { encoder, store } = this.#recipe;
    const identity = { ...this.#drawing(lang, n), encoder: encoder.identity };
    return store.floats('query-vectors', identity, async () => {
      const { texts } = await this.drawn(lang, n);
      const languages = [{ lang, weight: 1 }];
      const queries = texts.flatMap((ofRow, row) =>
        ofRow.map((text, i) => ({
          id: generatedQueryId(this.passages.ids[row], lang, i),
          text,
          languages,
        })),
      );
      const vectors = new Float32Array(queries.length * this.dim);
      for (let from = 0; from < queries.length; from += BATCH) {
        this.#recipe.signal?.throwIfAborted();
        const some = queries.slice(from, from + BATCH);
        vectors.set(await encoder.encodeQueries(some), from * this.dim);
      }
      return vectors;
    });
  }

  /** (dim): the mean of the texts in `lang`, encoded as queries are; zero where there are none. */
  textMean(general: GeneralText, lang: string): Promise<Float32Array> {
    const { encoder, store } = this.#recipe;
    const code = codeIdentity(ENCODING_CODE);
    const identity = { encoder: encoder.identity, code, lang, text: general.toJSON() };
    return store.floats('text-means', identity, async () => {
      const languages = [{ lang, weight: 1 }];
      const texts = (general.texts.get(lang) ?? []).map((text) => ({ text, languages }));
      const sum = new Float64Array(this.dim);
      for (let from = 0; from < texts.length; from += BATCH) {
        this.#recipe.signal?.throwIfAborted();
        const vectors = await encoder.encodeQueries(texts.slice(from, from + BATCH));
        for (let i = 0; i < vectors.length; i++) sum[i % this.dim] += vectors[i];
      }
      return Float32Array.from(sum, (value) => value / Math.max(1, texts.length));
    });
  }

  /** All passages in order as the lexical leg reads them, some at a time. */
  async *lexicalPassages(): AsyncGenerator<readonly LexicalPassage[]> {
    if (this.#lexical !== null) {
      for (let first = 0; first < this.size; first += BATCH)
        yield this.#lexical.slice(first, first + BATCH);
      return;
    }
    const { generator } = this.#recipe;
    const all: LexicalPassage[] = [];
    for await (const { passages } of this.#batches()) {
      const batch = passages.map((passage) => ({
        lang: passage.lang,
        own: passageBag(passage),
        pivot: generator.distribution?.pivot(passage) ?? null,
      }));
      if (this.size <= CACHED_PASSAGES) all.push(...batch);
      yield batch;
    }
    if (this.size <= CACHED_PASSAGES) this.#lexical = all;
  }

  #encoding(): Identity {
    return {
      passages: this.passages.digest,
      encoder: this.#recipe.encoder.identity,
      code: codeIdentity(ENCODING_CODE),
    };
  }

  #drawing(lang: string, n: number): Identity {
    const { generator, seed } = this.#recipe;
    const code = codeIdentity(ENCODING_CODE);
    return { passages: this.passages.digest, generator: generator.identity, code, lang, n, seed };
  }

  async *#batches(): AsyncGenerator<{
    readonly first: number;
    readonly passages: readonly EvaluationPassage[];
  }> {
    let first = 0;
    let batch: EvaluationPassage[] = [];
    for await (const passage of this.passages.read()) {
      batch.push(passage);
      if (batch.length < BATCH) continue;
      this.#recipe.signal?.throwIfAborted();
      yield { first, passages: batch };
      first += batch.length;
      batch = [];
      if (first % PROGRESS === 0) {
        const count = first.toLocaleString('en-US');
        this.#recipe.progress?.(`${count} passages`, first, this.size);
      }
    }
    if (batch.length > 0) yield { first, passages: batch };
  }
}

/** A block in a pool; its passages may have other ids there. */
export interface PlacedBlock {
  readonly block: Block;
  readonly idOf: (id: string) => string;
}
