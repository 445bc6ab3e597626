/**
 * A sentence encoder that runs as a graph in onnxruntime, on threads of its own. By default every
 * text is run alone, without padding: its vector is then the same bits whatever stands beside it.
 * Graphs with dynamic quantization take their scale from the whole batch, so in them a text's
 * neighbors would change its vector by far more than rounding.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { hashFiles, modelJson, tokenizerFile } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import { CENTROIDS_FILE, type LanguageCentroids, readCentroids } from '../centroids.js';
import type { Encoder, EncoderIdentity, PassageText, QueryText } from '../encoder.js';
import type { CardFields, Dtype, ModelCard } from './card.js';
import { chooseGraph, readCard } from './known-cards.js';
import type { ThreadSetup } from './protocol.js';
import { EncoderThreads } from './threads.js';

export interface NeuralEncoderOptions {
  /** What wins over the model's own files. */
  readonly card?: CardFields;
  /** Threads, each with the model in memory. Default 1. */
  readonly workers?: number;
  /** Threads within a run of one worker. Default: half of the cores, but two to four. */
  readonly threads?: number;
  /**
   * Texts that are run together. Default 1: exact. More is faster for short texts, and changes
   * vectors in the last digits, so that an index that was killed and resumed may have another
   * digest.
   */
  readonly batch?: number;
}

/** Texts that go to a thread at once. */
const TASK_TEXTS = 32;
/** The operator that takes its scale from the whole batch. */
const DYNAMIC_QUANTIZATION = 'DynamicQuantize';

export class NeuralEncoder implements Encoder {
  readonly identity: EncoderIdentity;
  readonly card: ModelCard;
  readonly model: FoundModel;
  readonly centroids: LanguageCentroids | undefined;
  readonly #threads: EncoderThreads;
  #tokens = 0;
  #cut = 0;

  private constructor(
    model: FoundModel,
    card: ModelCard,
    identity: EncoderIdentity,
    threads: EncoderThreads,
    centroids: LanguageCentroids | undefined,
  ) {
    this.model = model;
    this.card = card;
    this.identity = identity;
    this.#threads = threads;
    this.centroids = centroids;
  }

  /**
   * @throws XqgError XQG_MODEL_INCOMPLETE, XQG_MODEL_POOLING, XQG_MODEL_MODULE, XQG_MODEL_OUTPUT,
   * XQG_MODEL_DAMAGED, XQG_PACKAGE_MISSING, XQG_MODEL_BATCH
   */
  static async open(model: FoundModel, options: NeuralEncoderOptions = {}): Promise<NeuralEncoder> {
    const { workers = 1 } = options;
    const { setup, dtype } = setupOf(model, options);
    const { graph: file, tokenizer, batch } = setup;
    if (batch > 1 && takesScaleOfBatch(file))
      throw new XqgError('XQG_MODEL_BATCH', { model: model.name, batch });
    const opened = await EncoderThreads.open(setup, workers);
    try {
      const card = readCard(model, dtype, opened.ready.outputs, options.card);
      const { pooling, normalize } = card;
      const [probe, weights] = await Promise.all([
        opened.run({ texts: ['a'], pooling, normalize, longest: card.queryTokens }),
        hashFiles(model.folder, [file, tokenizer]),
      ]);
      const dim = probe.vectors.length;
      const centroids = await centroidsOf(model.folder, dim);
      const identity: EncoderIdentity = {
        name: `neural/${model.name.split('/').at(-1)}`,
        dim,
        weights,
        unitLength: normalize,
        settings: { ...card, ...(centroids && { centroids: centroids.sha256 }) },
      };
      return new NeuralEncoder(model, card, identity, opened, centroids);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    const { passagePrefix, passageTokens } = this.card;
    const texts = passages.map(
      ({ title, text }) => `${passagePrefix}${title ? `${title} ${text}` : text}`,
    );
    return this.#encode(texts, passageTokens);
  }

  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    const { queryPrefix, queryTokens } = this.card;
    return this.#encode(
      queries.map(({ text }) => `${queryPrefix}${text}`),
      queryTokens,
    );
  }

  /** In the order in which texts go to the threads, in tasks: the longest first. */
  static tasks(texts: readonly string[]): number[][] {
    // So that no thread is left alone with a long one at the end; of about equal length in a task.
    const order = [...texts.keys()].sort((a, b) => texts[b].length - texts[a].length || a - b);
    const tasks: number[][] = [];
    for (let from = 0; from < order.length; from += TASK_TEXTS)
      tasks.push(order.slice(from, from + TASK_TEXTS));
    return tasks;
  }

  /** Tokens run so far, and texts that were cut at the limit. */
  get counts(): { readonly tokens: number; readonly cut: number } {
    return { tokens: this.#tokens, cut: this.#cut };
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  async #encode(texts: readonly string[], longest: number): Promise<Float32Array> {
    const { dim } = this.identity;
    const { pooling, normalize } = this.card;
    const vectors = new Float32Array(texts.length * dim);
    const tasks: Promise<void>[] = [];
    for (const places of NeuralEncoder.tasks(texts)) {
      const task = { texts: places.map((place) => texts[place]), pooling, normalize, longest };
      tasks.push(
        this.#threads.run(task).then(({ vectors: rows, tokens, cut }) => {
          places.forEach((place, i) => {
            vectors.set(rows.subarray(i * dim, (i + 1) * dim), place * dim);
          });
          this.#tokens += tokens;
          this.#cut += cut;
        }),
      );
    }
    await Promise.all(tasks);
    return vectors;
  }
}

/** What a thread of the encoder starts with. @throws XqgError XQG_MODEL_INCOMPLETE */
export function setupOf(
  { folder }: FoundModel,
  { card, batch = 1, threads }: NeuralEncoderOptions,
): { setup: ThreadSetup; dtype: Dtype } {
  const { dtype, graph } = chooseGraph(folder, card?.dtype);
  const setup = {
    graph: join(folder, graph),
    tokenizer: tokenizerFile(folder),
    threads: threads ?? defaultThreads(),
    batch,
    paddingId: Number(modelJson(folder, 'config.json')?.pad_token_id ?? 0),
  };
  return { setup, dtype };
}

/** Half of the cores, of which two may share one's arithmetic: at least two, at most four. */
function defaultThreads(): number {
  const cores = availableParallelism();
  return Math.min(cores, Math.max(2, Math.min(4, Math.floor(cores / 2))));
}

/** True for a graph in which a text's neighbors change its vector: such texts are run alone. */
export function takesScaleOfBatch(graph: string): boolean {
  return readFileSync(graph).includes(DYNAMIC_QUANTIZATION);
}

/** Those that lie in the folder of the model. */
async function centroidsOf(folder: string, dim: number): Promise<LanguageCentroids | undefined> {
  const file = join(folder, CENTROIDS_FILE);
  return existsSync(file) ? readCentroids(file, dim) : undefined;
}
