/** A graph and its tokenizer on the thread that calls: texts in, vectors out. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EncodeDone, EncodeTask, ThreadReady, ThreadSetup } from './protocol.js';
import { loadRuntime } from './runtime.js';
import { openTokenizer, type Tokenize } from './tokenizer.js';

/** Inputs of a graph by name. */
export type Feeds = Record<string, Tensor>;

export interface TokenBatch {
  /** Of the texts, in the order of the rows. */
  readonly places: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

export class ModelRunner {
  readonly #session: InferenceSession;
  readonly #tokenize: Tokenize;
  readonly #tensor: typeof Tensor;
  readonly #batch: number;
  readonly #paddingId: bigint;

  private constructor(
    session: InferenceSession,
    tokenize: Tokenize,
    tensor: typeof Tensor,
    { batch, paddingId }: ThreadSetup,
  ) {
    this.#session = session;
    this.#tokenize = tokenize;
    this.#tensor = tensor;
    this.#batch = batch;
    this.#paddingId = BigInt(paddingId);
  }

  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_DAMAGED; Error of a graph that is damaged */
  static async open(setup: ThreadSetup): Promise<ModelRunner> {
    const { graph, tokenizer, threads } = setup;
    const [runtime, tokenize] = await Promise.all([loadRuntime(), openTokenizer(tokenizer)]);
    // Without the precision, 8-bit products saturate on processors that lack VNNI, and vectors
    // differ between machines. Threads that spin while they wait take the cores from all else: on a
    // busy machine a text then takes three times as long.
    const session = await runtime.InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      intraOpNumThreads: threads,
      extra: {
        session: { x64quantprecision: '1', intra_op: { allow_spinning: '0' } },
      },
    });
    return new ModelRunner(session, tokenize, runtime.Tensor, setup);
  }

  get ready(): ThreadReady {
    return { inputs: this.#session.inputNames, outputs: this.#session.outputNames };
  }

  async encode({ texts, pooling, normalize, longest }: EncodeTask): Promise<EncodeDone> {
    const { batches, tokens, cut } = await this.batches(texts, longest);
    let vectors: Float32Array | null = null;
    for (const { places, rows } of batches) {
      const { states, dim, width } = await this.#run(rows, pooling);
      vectors ??= new Float32Array(texts.length * dim);
      for (const [row, place] of places.entries()) {
        const out = vectors.subarray(place * dim, (place + 1) * dim);
        pool(states, row * width, rows[row].length, pooling, out);
        if (normalize) toUnitLength(out);
      }
    }
    return { vectors: vectors ?? new Float32Array(0), tokens, cut };
  }

  /**
   * The token ids of texts as they are run: `rows[r]` of a batch are those of the text at
   * `places[r]`.
   */
  async batches(
    texts: readonly string[],
    longest: number,
  ): Promise<{ batches: TokenBatch[]; tokens: number; cut: number }> {
    const rows = await this.#tokenize(texts, longest);
    // Of about equal length in a batch, so that little is padded.
    const order = [...rows.keys()].sort((a, b) => rows[a].ids.length - rows[b].ids.length || a - b);
    const batches: TokenBatch[] = [];
    for (let from = 0; from < order.length; from += this.#batch) {
      const places = order.slice(from, from + this.#batch);
      batches.push({ places, rows: places.map((place) => rows[place].ids) });
    }
    return {
      batches,
      tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0),
      cut: rows.filter((row) => row.cut).length,
    };
  }

  /** Runs the graph and nothing else. */
  run(feeds: Feeds): ReturnType<InferenceSession['run']> {
    return this.#session.run(feeds);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  /** A batch as the graph takes it: padded to its longest row. */
  feeds(rows: readonly (readonly number[])[]): Feeds {
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
    const feeds: Feeds = { input_ids: new this.#tensor('int64', ids, shape) };
    if (inputNames.includes('attention_mask'))
      feeds.attention_mask = new this.#tensor('int64', mask, shape);
    if (inputNames.includes('token_type_ids')) {
      feeds.token_type_ids = new this.#tensor('int64', new BigInt64Array(ids.length), shape);
    }
    return feeds;
  }

  /** `states` of row r begin at r x `width`. */
  async #run(
    rows: readonly (readonly number[])[],
    pooling: EncodeTask['pooling'],
  ): Promise<{ states: Float32Array; dim: number; width: number }> {
    const results = await this.run(this.feeds(rows));
    const output =
      pooling === 'given'
        ? results.sentence_embedding
        : (results.last_hidden_state ?? results.token_embeddings);
    const states = output.data as Float32Array;
    return { states, dim: output.dims.at(-1)!, width: states.length / rows.length };
  }
}

/**
 * Writes the vector of one text to `out` (dim).
 * @param states (tokens x dim), row-major, from `from` on; for `given` one row
 * @param tokens of the text, without padding
 */
function pool(
  states: Float32Array,
  from: number,
  tokens: number,
  pooling: 'cls' | 'mean' | 'last' | 'given',
  out: Float32Array,
): void {
  const dim = out.length;
  if (pooling !== 'mean') {
    const at = from + (pooling === 'last' ? (tokens - 1) * dim : 0);
    out.set(states.subarray(at, at + dim));
    return;
  }
  for (let d = 0; d < dim; d++) {
    let sum = 0;
    for (let t = 0; t < tokens; t++) sum += states[from + t * dim + d];
    out[d] = sum / tokens;
  }
}

/** Gives a vector unit length; a zero vector stays zero. */
export function toUnitLength(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return;
  const length = Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d] /= length;
}
