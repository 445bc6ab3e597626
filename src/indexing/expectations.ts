/**
 * Sums of the queries that a generator expects, by language: on this thread, or on threads of their own that share the
 * languages among them, so that no part of a mixture is computed twice. Where a sum is computed changes the time, never the
 * result. Knows no row and no store.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BagEncoder, Encoder } from '../encode/encoder.js';
import { XqgError } from '../errors/error.js';
import { type DistributionGenerator, type Generator, hasDistribution } from '../generate/generator.js';
import type { ConceptTerms, Glossary } from '../glossary/glossary.js';
import type { TermBag } from '../languages/terms.js';

/** Some of a batch's passages in one language. */
export interface ExpectationTask {
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

/** What a thread makes its makers of. */
export interface ThreadStart {
  readonly packFolder: string;
  readonly glossary: readonly ConceptTerms[] | null;
}

/** What a thread answers: the vectors of each task, or that it has begun and with which makers (JSON). */
export type ThreadReply = { readonly vectors: readonly Float32Array[] } | { readonly ready: string };

export interface ThreadOptions {
  /** Folder of the pack that both makers come from, with their own settings; absent: no threads. */
  readonly packFolder?: string;
  /** That of both makers. */
  readonly glossary?: Glossary | null;
  /** Default: one for each core; 0: none. */
  readonly threads?: number;
}

/** Passages after which threads are worth their start: the first ones need most of the parts that later ones share. */
const START_AFTER = 128;
/** Absent where the sources run without being compiled. */
const THREAD = fileURLToPath(new URL('./expectation-thread.js', import.meta.url));

export class Expectations {
  readonly #encoder: BagEncoder;
  readonly #generator: DistributionGenerator;
  readonly #start: ThreadStart | null;
  readonly #wanted: number;
  #passages = 0;
  #threads: Thread[] = [];

  private constructor(encoder: BagEncoder, generator: DistributionGenerator, options: ThreadOptions) {
    this.#encoder = encoder;
    this.#generator = generator;
    const { packFolder, glossary = null } = options;
    const concepts = glossary === null ? null : glossary.concepts.map(({ terms }) => terms);
    this.#start = packFolder === undefined ? null : { packFolder, glossary: concepts };
    this.#wanted = existsSync(THREAD) ? (options.threads ?? availableParallelism()) : 0;
  }

  /** null where queries have to be drawn: the generator has no probabilities, or the encoder takes no bags. */
  static of(encoder: Encoder, generator: Generator | null, options: ThreadOptions = {}): Expectations | null {
    if (generator === null || !hasDistribution(generator) || !('encodeMixtures' in encoder)) return null;
    return new Expectations(encoder as BagEncoder, generator, options);
  }

  /** Batches that are worth being asked for at a time. */
  get depth(): number {
    return this.#threads.length > 0 ? 3 : 1;
  }

  /**
   * @returns (task.rows.length x dim) for each task: the sum of so many queries of each passage, all like the expected one
   */
  async sums({ pivots, tasks, queries }: ExpectationRequest): Promise<readonly Float32Array[]> {
    this.#passages += pivots.length;
    if (this.#start !== null && this.#passages > START_AFTER && this.#threads.length === 0) {
      const makers = makersJson(this.#encoder, this.#generator);
      for (let t = 0; t < this.#wanted; t++) this.#threads.push(new Thread(this.#start, makers));
    }
    if (this.#threads.length === 0) return sumsOf({ pivots, tasks, queries }, this.#encoder, this.#generator);
    const vectors: Float32Array[] = [];
    await Promise.all(
      this.#threads.map(async (thread) => {
        const places = [...tasks.keys()].filter((task) => this.#threadOf(tasks[task].lang) === thread);
        if (places.length === 0) return;
        const found = await thread.ask({ pivots, tasks: places.map((task) => tasks[task]), queries });
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

/** One thread; answers come in the order of the questions, which may be asked before it is ready. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting: { take: (vectors: readonly Float32Array[]) => void; fail: (error: unknown) => void }[] =
    [];
  #failure: unknown = null;

  constructor(start: ThreadStart, makers: string) {
    this.#worker = new Worker(THREAD, { workerData: start });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a thread ended with exit code ${code}`)));
    this.#worker.on('message', (reply: ThreadReply) => {
      if ('vectors' in reply) this.#waiting.shift()?.take(reply.vectors);
      else if (reply.ready !== makers)
        this.#fail(new XqgError('XQG_PACK_DAMAGED', { path: start.packFolder, why: 'it changed meanwhile' }));
    });
  }

  ask(request: ExpectationRequest): Promise<readonly Float32Array[]> {
    return new Promise((take, fail) => {
      if (this.#failure !== null) return fail(this.#failure);
      this.#waiting.push({ take, fail });
      this.#worker.postMessage(request);
    });
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

/** Computes on the thread that calls. */
export async function sumsOf(
  { pivots, tasks, queries }: ExpectationRequest,
  encoder: BagEncoder,
  generator: DistributionGenerator,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const { lang, rows } of tasks) {
    const mixtures = rows.map((row) => pivots[row]);
    const sums = await encoder.encodeMixtures(mixtures, partsOf(generator), lang);
    for (let i = 0; i < sums.length; i++) sums[i] *= queries;
    vectors.push(sums);
  }
  return vectors;
}

/** What makes the vectors, as text that is equal if they are. */
export function makersJson(encoder: BagEncoder, generator: DistributionGenerator): string {
  return JSON.stringify([encoder.identity, generator.identity]);
}

type PartOf = (stem: string, lang: string) => TermBag;

/** What a generator expects of one pivot stem: one function a generator, since encoders remember by it. */
const parts = new WeakMap<DistributionGenerator, PartOf>();
const ONE = Float32Array.of(1);

function partsOf(generator: DistributionGenerator): PartOf {
  let partOf = parts.get(generator);
  if (partOf === undefined) {
    partOf = (stem, lang) => generator.expectation({ terms: [stem], weights: ONE }, lang);
    parts.set(generator, partOf);
  }
  return partOf;
}
