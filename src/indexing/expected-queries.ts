/**
 * Sums of the queries that a generator expects, by language: on this thread, or on threads of their
 * own that share the languages among them, so that no part of a mixture is computed twice. Where a
 * sum is computed changes the time, never the result.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { XqgError } from '../base/errors.js';
import { type BagEncoder, type Encoder, encodesBags } from '../encode/encoder.js';
import {
  type DistributionGenerator,
  type Generator,
  hasDistribution,
  type QueryDistribution,
} from '../generate/generator.js';
import type { TermBag } from '../languages/terms.js';
import type { ConceptTerms, Glossary } from '../pack/glossary/glossary.js';

/** Some of a batch's passages in one language. */
interface ExpectationTask {
  readonly lang: string;
  /** Places in the batch. */
  readonly rows: readonly number[];
}

/** The pivot stems of a batch of passages, and the languages that are wanted. */
export interface ExpectationRequest {
  readonly pivots: readonly TermBag[];
  readonly tasks: readonly ExpectationTask[];
  /** Queries of a passage in a language. */
  readonly queries: number;
}

/** What a thread makes its recipe of. */
export interface ThreadStart {
  readonly packFolder: string;
  readonly glossary: readonly ConceptTerms[] | null;
}

/** What a thread is asked. The vectors of all tasks go to `into`, one task behind the other. */
export interface ThreadRequest extends ExpectationRequest {
  readonly into: SharedArrayBuffer;
}

/**
 * What a thread answers: that all vectors are there, or that it has begun and with which recipe
 * (JSON).
 */
export type ThreadReply = { readonly done: true } | { readonly ready: string };

export interface ThreadOptions {
  /**
   * Folder of the pack that encoder and generator come from, with their default settings; absent:
   * no threads.
   */
  readonly packFolder?: string;
  /** That of encoder and generator. */
  readonly glossary?: Glossary | null;
  /** Default: one for each core; 0: none. */
  readonly threads?: number;
}

/**
 * Passages after which threads are worth their start: the first ones need most of the parts that
 * later ones share.
 */
const START_AFTER = 128;
const THREAD = new URL('./expected-queries-thread.js', import.meta.url);

export class ExpectedQueries {
  readonly #encoder: BagEncoder;
  readonly #generator: DistributionGenerator;
  readonly #start: ThreadStart | null;
  readonly #wanted: number;
  #passages = 0;
  #threads: Thread[] = [];

  private constructor(
    encoder: BagEncoder,
    generator: DistributionGenerator,
    options: ThreadOptions,
  ) {
    this.#encoder = encoder;
    this.#generator = generator;
    const { packFolder, glossary = null } = options;
    const concepts = glossary === null ? null : glossary.concepts.map(({ terms }) => terms);
    this.#start = packFolder === undefined ? null : { packFolder, glossary: concepts };
    this.#wanted = options.threads ?? availableParallelism();
  }

  /**
   * null where queries have to be drawn: the generator has no probabilities, or the encoder takes
   * no bags.
   */
  static of(
    encoder: Encoder,
    generator: Generator | null,
    options: ThreadOptions = {},
  ): ExpectedQueries | null {
    if (generator === null || !hasDistribution(generator) || !encodesBags(encoder)) return null;
    return new ExpectedQueries(encoder, generator, options);
  }

  /** So many passages are worth a start of threads; 0 where there are none to start. */
  get startAfter(): number {
    return this.#start === null || this.#wanted === 0 ? 0 : START_AFTER;
  }

  /**
   * Starts the threads now, so that nothing is computed here first that they would compute again.
   */
  start(): void {
    if (this.#start === null) return;
    const recipe = recipeJson(this.#encoder, this.#generator);
    const { dim } = this.#encoder.identity;
    while (this.#threads.length < this.#wanted)
      this.#threads.push(new Thread(this.#start, recipe, dim));
  }

  /** Batches that are worth being asked for at a time. */
  get depth(): number {
    return this.#threads.length > 0 ? 3 : 1;
  }

  /**
   * @returns (task.rows.length x dim) for each task: the sum of so many queries of each passage,
   * all like the expected one
   */
  async sums({ pivots, tasks, queries }: ExpectationRequest): Promise<readonly Float32Array[]> {
    this.#passages += pivots.length;
    if (this.#passages > START_AFTER) this.start();
    if (this.#threads.length === 0)
      return sumsOf({ pivots, tasks, queries }, this.#encoder, this.#generator);
    const vectors: Float32Array[] = [];
    await Promise.all(
      this.#threads.map(async (thread) => {
        const places = [...tasks.keys()].filter(
          (task) => this.#threadOf(tasks[task].lang) === thread,
        );
        if (places.length === 0) return;
        const found = await thread.ask({
          pivots,
          tasks: places.map((task) => tasks[task]),
          queries,
        });
        places.forEach((task, i) => {
          vectors[task] = found[i];
        });
      }),
    );
    return vectors;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
    this.#threads = [];
  }

  #threadOf(lang: string): Thread {
    const place = this.#generator.languages.indexOf(lang);
    return this.#threads[place % this.#threads.length];
  }
}

/**
 * One thread; answers come in the order of the questions, which may be asked before it is ready.
 */
class Thread {
  readonly #worker: Worker;
  readonly #dim: number;
  readonly #waiting: { take: () => void; fail: (error: unknown) => void }[] = [];
  /**
   * Memory that answers have come through: new memory for each would keep the thread busy
   * collecting it.
   */
  readonly #free: SharedArrayBuffer[] = [];
  #failure: unknown = null;

  constructor(start: ThreadStart, recipe: string, dim: number) {
    this.#dim = dim;
    this.#worker = new Worker(THREAD, { workerData: start });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`a thread ended with exit code ${code}`)),
    );
    this.#worker.on('message', (reply: ThreadReply) => {
      if ('done' in reply) this.#waiting.shift()?.take();
      else if (reply.ready !== recipe)
        this.#fail(
          new XqgError('XQG_PACK_DAMAGED', { path: start.packFolder, why: 'it changed meanwhile' }),
        );
    });
  }

  async ask(request: ExpectationRequest): Promise<readonly Float32Array[]> {
    const sizes = request.tasks.map(({ rows }) => rows.length * this.#dim);
    const size = sizes.reduce((sum, numbers) => sum + numbers, 0);
    const into = this.#memory(size * Float32Array.BYTES_PER_ELEMENT);
    await new Promise<void>((take, fail) => {
      if (this.#failure !== null) return fail(this.#failure);
      this.#waiting.push({ take, fail });
      this.#worker.postMessage({ ...request, into } satisfies ThreadRequest);
    });
    const all = new Float32Array(into, 0, size).slice();
    this.#free.push(into);
    let from = 0;
    return sizes.map((numbers) => {
      const vectors = all.subarray(from, from + numbers);
      from += numbers;
      return vectors;
    });
  }

  #memory(bytes: number): SharedArrayBuffer {
    const free = this.#free.pop();
    return free !== undefined && free.byteLength >= bytes ? free : new SharedArrayBuffer(bytes);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { fail } of this.#waiting.splice(0)) fail(this.#failure);
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }
}

/**
 * Computes on the thread that calls.
 * @param into memory for the vectors of all tasks, one task behind the other; new memory if absent
 */
export async function sumsOf(
  { pivots, tasks, queries }: ExpectationRequest,
  encoder: BagEncoder,
  generator: DistributionGenerator,
  into?: Float32Array,
): Promise<Float32Array[]> {
  const { dim } = encoder.identity;
  const vectors: Float32Array[] = [];
  let from = 0;
  for (const { lang, rows } of tasks) {
    const mixtures = rows.map((row) => pivots[row]);
    const out = into?.subarray(from, from + rows.length * dim);
    from += rows.length * dim;
    const sums = await encoder.bags.encodeMixtures(
      mixtures,
      partsOf(generator.distribution),
      lang,
      out,
    );
    for (let i = 0; i < sums.length; i++) sums[i] *= queries;
    vectors.push(sums);
  }
  return vectors;
}

/** What makes the vectors, as text that is equal if they are. */
export function recipeJson(encoder: BagEncoder, generator: DistributionGenerator): string {
  return JSON.stringify([encoder.identity, generator.identity]);
}

type PartOf = (stem: string, lang: string) => TermBag;

/**
 * What a generator expects of one pivot stem: one function a generator, since encoders remember by
 * it.
 */
const parts = new WeakMap<QueryDistribution, PartOf>();
const ONE = Float32Array.of(1);

function partsOf(distribution: QueryDistribution): PartOf {
  let partOf = parts.get(distribution);
  if (partOf === undefined) {
    partOf = (stem, lang) => distribution.expectation({ terms: [stem], weights: ONE }, lang);
    parts.set(distribution, partOf);
  }
  return partOf;
}
