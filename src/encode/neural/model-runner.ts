/**
 * A graph and its tokenizer on the thread that calls: texts in, vectors out. The tokenizer is the native one, since those in
 * JavaScript leave out SentencePiece's character map; it also keeps the special tokens of texts that it cuts. Knows neither
 * prefixes nor threads.
 */
import { readFile } from 'node:fs/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Tokenizer } from 'tokenizers';
import { pool, toUnitLength } from './pooling.js';
import type { EncodeDone, EncodeTask, ThreadReady, ThreadSetup } from './protocol.js';

export class ModelRunner {
  readonly #session: InferenceSession;
  readonly #tokenizer: Tokenizer;
  readonly #tensor: typeof Tensor;
  readonly #batch: number;
  readonly #paddingId: bigint;

  private constructor(
    session: InferenceSession,
    tokenizer: Tokenizer,
    tensor: typeof Tensor,
    { batch, paddingId }: ThreadSetup,
  ) {
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#tensor = tensor;
    this.#batch = batch;
    this.#paddingId = BigInt(paddingId);
  }

  /** @throws Error of the module loader where onnxruntime-node or tokenizers is missing */
  static async open(setup: ThreadSetup): Promise<ModelRunner> {
    const { graph, tokenizer, threads } = setup;
    const [runtime, { Tokenizer }] = await Promise.all([import('onnxruntime-node'), import('tokenizers')]);
    const loaded = Tokenizer.fromString(await readFile(tokenizer, 'utf8'));
    // tokenizer.json may ask for padding to a fixed length.
    loaded.disablePadding();
    // Without it, 8-bit products saturate on processors that lack VNNI, and vectors differ between machines (cosine .96).
    const session = await runtime.InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      intraOpNumThreads: threads,
      extra: { session: { x64quantprecision: '1', intra_op: { allow_spinning: threads > 1 ? '1' : '0' } } },
    });
    return new ModelRunner(session, loaded, runtime.Tensor, setup);
  }

  get ready(): ThreadReady {
    return { inputs: this.#session.inputNames, outputs: this.#session.outputNames };
  }

  async encode({ texts, pooling, normalize, longest }: EncodeTask): Promise<EncodeDone> {
    const rows = await this.#tokenize(texts, longest);
    const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
    const cut = rows.filter((row) => row.cut).length;
    // Of about equal length in a batch, so that little is padded.
    const order = [...rows.keys()].sort((a, b) => rows[a].ids.length - rows[b].ids.length || a - b);
    let vectors: Float32Array | null = null;
    for (let from = 0; from < order.length; from += this.#batch) {
      const places = order.slice(from, from + this.#batch);
      const { states, dim, width } = await this.#run(
        places.map((place) => rows[place].ids),
        pooling,
      );
      vectors ??= new Float32Array(texts.length * dim);
      for (const [row, place] of places.entries()) {
        const out = vectors.subarray(place * dim, (place + 1) * dim);
        pool(states, row * width, rows[place].ids.length, pooling, out);
        if (normalize) toUnitLength(out);
      }
    }
    return { vectors: vectors ?? new Float32Array(0), tokens, cut };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #tokenize(texts: readonly string[], longest: number): Promise<{ ids: number[]; cut: boolean }[]> {
    this.#tokenizer.setTruncation(longest);
    const encodings = await this.#tokenizer.encodeBatch([...texts]);
    return encodings.map((encoding) => ({
      ids: encoding.getIds(),
      cut: encoding.getOverflowing().length > 0,
    }));
  }

  /** `states` of row r begin at r x `width`. */
  async #run(
    rows: readonly (readonly number[])[],
    pooling: EncodeTask['pooling'],
  ): Promise<{ states: Float32Array; dim: number; width: number }> {
    const length = Math.max(...rows.map((ids) => ids.length));
    const shape = [rows.length, length];
    const ids = new BigInt64Array(rows.length * length).fill(this.#paddingId);
    const mask = new BigInt64Array(rows.length * length);
    rows.forEach((row, r) => {
      row.forEach((id, t) => {
        ids[r * length + t] = BigInt(id);
        mask[r * length + t] = 1n;
      });
    });
    const { inputNames } = this.#session;
    const feeds: Record<string, Tensor> = { input_ids: new this.#tensor('int64', ids, shape) };
    if (inputNames.includes('attention_mask')) feeds.attention_mask = new this.#tensor('int64', mask, shape);
    if (inputNames.includes('token_type_ids')) {
      feeds.token_type_ids = new this.#tensor('int64', new BigInt64Array(ids.length), shape);
    }
    const results = await this.#session.run(feeds);
    const output =
      pooling === 'given'
        ? results.sentence_embedding
        : (results.last_hidden_state ?? results.token_embeddings);
    const states = output.data as Float32Array;
    return { states, dim: output.dims.at(-1)!, width: states.length / rows.length };
  }
}
