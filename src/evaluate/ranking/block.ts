/**
 * Passages that are encoded once and used in many pools: those of one language of a data set, or a
 * file of distractors. Their vectors, the sums that the generator expects, drawn queries and the
 * vector of each drawn query are kept in the store. (An index keeps no vector of a single query; an
 * experiment needs them to vary their number and to filter them.)
 */
import { type Encoder, generatedQueryId } from '../../encode/encoder.js';
import type { Generator } from '../../generate/generator.js';
import { ExpectedQueries } from '../../indexing/expectations.js';
import { passageBag } from '../../languages/bags.js';
import type { TermBag } from '../../languages/terms.js';
import { quantizedBytes, quantizeInto } from '../../store/quantize.js';
import type { EvaluationPassage } from '../data/collection.js';
import { DRAWN_QUERIES } from '../systems.js';
import { type ArtifactStore, type Identity, sha256 } from './artifact-store.js';
import { codeIdentity, ENCODING_CODE } from './code-identity.js';

/** Bits of a number of a sum, as an index keeps it. */
export const SUM_BITS = 8;
/** Queries that an expected sum stands for, as in an index. */
export const EXPECTED_QUERIES = DRAWN_QUERIES;
/** Texts that are encoded together. */
const BATCH = 256;

export interface BlockRecipe {
  readonly encoder: Encoder;
  readonly generator: Generator;
  readonly store: ArtifactStore;
  /** Of drawn queries. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Drawn queries of every passage in one language. */
export interface DrawnQueries {
  /**
   * By row: none where the passage is written in that language or nothing can be asked about it.
   */
  readonly texts: readonly (readonly string[])[];
  /** (n + 1) Place of a row's first query among all; the last entry is their number. */
  readonly starts: Uint32Array;
}

export class Block {
  readonly passages: readonly EvaluationPassage[];
  /** sha256 over ids, languages, titles and texts. */
  readonly digest: string;
  readonly #recipe: BlockRecipe;
  readonly #expectations: ExpectedQueries | null;
  #pivots: TermBag[] | null = null;
  #own: TermBag[] | null = null;

  constructor(passages: readonly EvaluationPassage[], recipe: BlockRecipe) {
    this.passages = passages;
    this.digest = sha256(
      JSON.stringify(passages.map(({ id, lang, title, text }) => [id, lang, title, text])),
    );
    this.#recipe = recipe;
    this.#expectations = ExpectedQueries.of(recipe.encoder, recipe.generator);
  }

  /** True if the generator's expectation can be encoded; else only drawn queries exist. */
  get hasExpectation(): boolean {
    return this.#expectations !== null;
  }

  get dim(): number {
    return this.#recipe.encoder.identity.dim;
  }

  /** (n x dim), row-major */
  vectors(): Promise<Float32Array> {
    return this.#recipe.store.floats('passages', this.#encoding(), () =>
      this.#inBatches(this.passages.length, (from, to) =>
        this.#recipe.encoder.encodePassages(this.passages.slice(from, to)),
      ),
    );
  }

  /**
   * (n x quantizedBytes(dim, 8)): the sum of `EXPECTED_QUERIES` queries as the generator expects
   * them, as an index keeps it.
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
      const bytes = new Uint8Array(this.passages.length * rowBytes);
      for (let from = 0; from < this.passages.length; from += BATCH) {
        this.#recipe.signal?.throwIfAborted();
        const to = Math.min(from + BATCH, this.passages.length);
        const rows = [...this.passages.keys()]
          .slice(from, to)
          .filter((r) => this.passages[r].lang !== lang);
        if (rows.length === 0) continue;
        const pivots = rows.map((row) => this.pivots()[row]);
        const [sums] = await this.#expectations!.sums({
          pivots,
          tasks: [{ lang, rows: [...rows.keys()] }],
          queries: EXPECTED_QUERIES,
        });
        rows.forEach((row, i) => {
          quantizeInto(
            sums.subarray(i * this.dim, (i + 1) * this.dim),
            SUM_BITS,
            bytes,
            row * rowBytes,
          );
        });
      }
      return bytes;
    });
  }

  /** `n` queries of each passage in `lang`; the first m of them are those of a smaller number. */
  async drawn(lang: string, n: number): Promise<DrawnQueries> {
    const { generator, store, seed } = this.#recipe;
    const texts = await store.json('queries', this.#drawing(lang, n), async () => {
      const rows = [...this.passages.keys()].filter((row) => this.passages[row].lang !== lang);
      const found = await generator.draw(
        rows.map((row) => this.passages[row]),
        lang,
        n,
        seed,
      );
      const all = this.passages.map((): readonly string[] => []);
      rows.forEach((row, i) => {
        all[row] = found[i];
      });
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
          id: generatedQueryId(this.passages[row].id, lang, i),
          text,
          languages,
        })),
      );
      return this.#inBatches(queries.length, (from, to) =>
        encoder.encodeQueries(queries.slice(from, to)),
      );
    });
  }

  /** Pivot stems by row; only where the generator has a distribution. */
  pivots(): readonly TermBag[] {
    const { generator } = this.#recipe;
    const { distribution } = generator;
    if (distribution === undefined)
      throw new RangeError(`${generator.identity.name} has no distribution`);
    this.#pivots ??= this.passages.map((passage) => distribution.pivot(passage));
    return this.#pivots;
  }

  /** Terms of the passages themselves, by row. */
  own(): readonly TermBag[] {
    this.#own ??= this.passages.map((passage) => passageBag(passage));
    return this.#own;
  }

  #encoding(): Identity {
    return {
      passages: this.digest,
      encoder: this.#recipe.encoder.identity,
      code: codeIdentity(ENCODING_CODE),
    };
  }

  #drawing(lang: string, n: number): Identity {
    const { generator, seed } = this.#recipe;
    const code = codeIdentity(ENCODING_CODE);
    return { passages: this.digest, generator: generator.identity, code, lang, n, seed };
  }

  async #inBatches(
    n: number,
    encode: (from: number, to: number) => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const out = new Float32Array(n * this.dim);
    for (let from = 0; from < n; from += BATCH) {
      this.#recipe.signal?.throwIfAborted();
      out.set(await encode(from, Math.min(from + BATCH, n)), from * this.dim);
    }
    return out;
  }
}

/** A block in a pool; its passages may have other ids there. */
export interface PlacedBlock {
  readonly block: Block;
  readonly idOf: (id: string) => string;
}
