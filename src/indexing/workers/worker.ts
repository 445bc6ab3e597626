/**
 * A worker: takes parts from the queue, computes their rows with what the plan names, and puts them
 * into the storage. It may die or hang at any moment; the part is then done by another one, with
 * the same bytes.
 */
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { XqgError } from '../../base/errors.js';
import { requireTrust } from '../../base/trust.js';
import type { OpenEncoderOptions } from '../../encode/open-encoder.js';
import { type EndpointFields, outsideOf } from '../../models/remote/endpoint.js';
import type { IndexedPassage, StoreShape } from '../../store/store.js';
import type { RowRecipe } from '../compute.js';
import { ExpectedQueries } from '../expected-queries.js';
import { closeRecipe, type NamedRecipeSpec, openRecipe, type Recipe } from '../recipe.js';
import { RowQueue } from '../row-queue.js';
import { rowShape } from '../stores.js';
import { PartTaking } from './bull-worker.js';
import { openPartStorage } from './open-part-storage.js';
import { decodeInput, inputName, markName, type PartDocument, rowsName } from './part-input.js';
import { encodePart, type PartFailure, type PartRows } from './part-rows.js';
import type { PartStorage } from './part-storage.js';
import { checkWorker, originKey, type RunPlan } from './run-plan.js';
import { HopelessPart, type PartJob, ReleasedPart, type RunRecord } from './work-queue.js';

export interface WorkerOptions {
  /** Opens the recipe that a plan names. */
  readonly open: (recipe: NamedRecipeSpec) => Promise<Recipe>;
  /** Where the parts lie, if this machine names it otherwise than the run. */
  readonly parts?: string;
  /** Default: host and process id. */
  readonly name?: string;
  /**
   * Seconds after which a part is given to another worker, if this one gives no sign of life.
   * Default 60.
   */
  readonly lockSeconds?: number;
  /** Ends when there was nothing to do for so many seconds. Default: waits for more. */
  readonly leaveAfter?: number;
  readonly threads?: number;
  /** When aborted, the part in hand is given back. */
  readonly signal?: AbortSignal;
  readonly onTalk?: (text: string) => void;
}

export interface WorkerResult {
  /** Parts that this worker did. */
  readonly parts: number;
  readonly passages: number;
  /** Attempts that failed. */
  readonly failed: number;
  readonly elapsedMs: number;
}

const LOCK_SECONDS = 60;
/** Pause before a part is tried again when the storage was at fault (ms). */
const STORAGE_PAUSE = 10_000;
const LOOK_EVERY = 100;
/** Faults of the storage or of this machine, not of the part. */
const NOT_THE_PART = ['XQG_PARTS_STORAGE', 'XQG_DISK_FULL', 'XQG_NO_PERMISSION'];

interface Opened {
  readonly key: string;
  readonly recipe: Recipe;
  readonly rowRecipe: RowRecipe;
  readonly expectations: ExpectedQueries | null;
}

/**
 * Works until the signal is aborted.
 * @throws XqgError XQG_QUEUE_ADDRESS, XQG_PACKAGE_MISSING, XQG_QUEUE_UNREACHABLE;
 * XQG_WORKER_IDENTITY, XQG_PARTS_UNSEEN and what opening the recipe throws, after the part was
 * given back
 */
export async function takeParts(url: string, options: WorkerOptions): Promise<WorkerResult> {
  const worker = new PartWorker(options);
  const {
    name = `${hostname()}-${process.pid}`,
    lockSeconds = LOCK_SECONDS,
    leaveAfter,
    signal,
  } = options;
  const taking = await PartTaking.begin(url, (job, record) => worker.work(job, record), {
    name,
    lock: lockSeconds * 1000,
    onTrouble: (problem) => options.onTalk?.(`Trouble with the queue: ${problem}`),
  });
  options.onTalk?.(`Taking parts from ${taking.shown} as ${name}`);
  const leaving = (leaveAfter ?? Number.POSITIVE_INFINITY) * 1000;
  while (!signal?.aborted && worker.refusal === null && taking.idle < leaving)
    await setTimeout(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
  // First no more parts, else the one that is given back would come again.
  await taking.pause();
  worker.stop();
  await taking.end();
  await worker.close();
  if (worker.refusal !== null) throw worker.refusal;
  return worker.result;
}

class PartWorker {
  /** Why no part can be worked on. */
  refusal: XqgError | null = null;
  readonly #options: WorkerOptions;
  readonly #started = performance.now();
  readonly #stopping = new AbortController();
  #opened: Opened | null = null;
  #storage: { readonly place: string; readonly storage: PartStorage } | null = null;
  #parts = 0;
  #passages = 0;
  #failed = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get result(): WorkerResult {
    return {
      parts: this.#parts,
      passages: this.#passages,
      failed: this.#failed,
      elapsedMs: performance.now() - this.#started,
    };
  }

  stop(): void {
    this.#stopping.abort();
  }

  async close(): Promise<void> {
    await this.#closeRecipe();
    this.#storage?.storage.close();
  }

  async work(job: PartJob, record: RunRecord): Promise<void> {
    const began = performance.now();
    const label = job.part.slice(0, 12);
    try {
      // It becomes part of a path.
      if (!/^[0-9a-f]{64}$/.test(job.part)) throw new HopelessPart('that is no name of a part');
      if (this.refusal !== null) throw new ReleasedPart('this worker refuses', 0);
      const { storage, opened } = await this.#ready(record);
      if (!(await this.#compute(job, record.plan, storage, opened))) return;
      this.#parts++;
      this.#passages += job.passages;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      this.#options.onTalk?.(`Part ${label}: ${job.passages} passages in ${seconds} s`);
    } catch (error) {
      if (error instanceof ReleasedPart || error instanceof HopelessPart) throw error;
      if (this.#stopping.signal.aborted) throw new ReleasedPart('this worker stops', 0);
      const { code, message } = error as XqgError;
      const reason = error instanceof XqgError ? `${code} ${message}` : message;
      if (NOT_THE_PART.includes(code)) {
        this.#options.onTalk?.(`Part ${label} is given back: ${reason}`);
        throw new ReleasedPart(reason, STORAGE_PAUSE);
      }
      this.#failed++;
      this.#options.onTalk?.(`Part ${label} failed: ${reason}`);
      if (code === 'XQG_PART_DAMAGED') throw new HopelessPart(reason);
      throw new Error(reason, { cause: error });
    }
  }

  /** False if its rows were there. */
  async #compute(
    { part }: PartJob,
    plan: RunPlan,
    storage: PartStorage,
    { key, rowRecipe }: Opened,
  ): Promise<boolean> {
    if (await storage.has(rowsName(key, part))) return false;
    const name = inputName(key, part);
    const place = `${storage.place}/${name}`;
    const input = await storage.get(name);
    if (input === null) throw new XqgError('XQG_PART_DAMAGED', { place, reason: 'it is gone' });
    const { identity } = plan;
    const documents = decodeInput(input, part, place);
    const { signal } = this.#stopping;
    const rows = await computePart(documents, rowRecipe, rowShape(identity), signal);
    const { format, xqg } = plan;
    await storage.put(rowsName(key, part), encodePart(rows, { format, xqg, identity }, part));
    return true;
  }

  /** Storage and recipe of a run; where they cannot be had, the worker refuses all parts. */
  async #ready(record: RunRecord): Promise<{ storage: PartStorage; opened: Opened }> {
    const key = originKey(record.plan);
    try {
      const storage = await this.#storageOf(this.#options.parts ?? record.place, key);
      const opened = this.#opened?.key === key ? this.#opened : await this.#open(key, record.plan);
      return { storage, opened };
    } catch (error) {
      if (!(error instanceof XqgError) || NOT_THE_PART.includes(error.code)) throw error;
      this.refusal = error;
      throw new ReleasedPart(error.message, 0);
    }
  }

  async #storageOf(place: string, key: string): Promise<PartStorage> {
    if (this.#storage?.place !== place) {
      this.#storage?.storage.close();
      this.#storage = { place, storage: await openPartStorage(place) };
    }
    const { storage } = this.#storage;
    if (this.#opened?.key !== key && !(await storage.has(markName(key))))
      throw new XqgError('XQG_PARTS_UNSEEN', { place: storage.place });
    return storage;
  }

  async #open(key: string, plan: RunPlan): Promise<Opened> {
    await this.#closeRecipe();
    // A plan of another version may name what this one does not know.
    checkWorker(plan, plan.identity);
    const recipe = await this.#options.open(plan.recipe);
    const { encoder, generator, pack, packFolder, glossary } = recipe;
    try {
      checkWorker(plan, {
        encoder: encoder.identity,
        generator: generator?.identity ?? null,
        pack,
        glossary: glossary?.sha256,
      });
    } catch (error) {
      await closeRecipe(recipe);
      throw error;
    }
    const encodeQueries = plan.identity.encodesQueries !== false;
    const { threads } = this.#options;
    const expectations = encodeQueries
      ? ExpectedQueries.of(encoder, generator, { packFolder, glossary, threads })
      : null;
    const rowRecipe: RowRecipe = {
      ...plan.identity,
      encoder,
      generator,
      expectations,
      encodeQueries,
    };
    this.#opened = { key, recipe, rowRecipe, expectations };
    return this.#opened;
  }

  async #closeRecipe(): Promise<void> {
    if (this.#opened === null) return;
    await this.#opened.expectations?.close();
    await closeRecipe(this.#opened.recipe);
    this.#opened = null;
  }
}

/** Passages that are encoded together: as in `xqg index` alone. */
const COMPUTED_TOGETHER = 64;

/**
 * @param signal when aborted, nothing is returned
 * @throws XqgError what encoder and generator throw; the signal's reason
 */
export async function computePart(
  documents: readonly PartDocument[],
  recipe: RowRecipe,
  shape: StoreShape,
  signal?: AbortSignal,
): Promise<PartRows> {
  const rows: IndexedPassage[] = [];
  const failures: PartFailure[] = [];
  const sink = {
    shape,
    upsert: async (passages: readonly IndexedPassage[]) => {
      for (const passage of passages) rows.push(passage);
    },
  };
  const queue = new RowQueue(sink, recipe, {
    writeRows: Number.POSITIVE_INFINITY,
    computeRows: COMPUTED_TOGETHER,
    onWritten: async () => undefined,
    onFailure: (path, { code, details }) => failures.push({ path, code, details }),
    onComputed: () => signal?.throwIfAborted(),
  });
  for (const { hash, passages } of documents) {
    signal?.throwIfAborted();
    await queue.add(passages, hash, true);
  }
  await queue.finish();
  return { rows, documents: documents.length - failures.length, failures };
}

/**
 * Whoever may write to the queue names endpoints, but does not choose who gets the keys of this
 * machine.
 * @throws XqgError XQG_NOT_TRUSTED
 */
async function requireTrustedEndpoints(
  named: readonly (readonly [
    spec: string | null | undefined,
    endpoint?: string | EndpointFields,
  ])[],
): Promise<void> {
  const entries = named.flatMap(([spec, endpoint]) =>
    spec?.startsWith('openai:') ? outsideOf(spec, endpoint) : [],
  );
  await requireTrust({
    entries,
    who: 'The run in the queue',
    what: 'an endpoint',
    option: '--endpoint FILE',
  });
}

export interface PartWorkerOptions extends Omit<WorkerOptions, 'open'> {
  /** Name or folder of the pack, where this machine has it elsewhere than the run says. */
  readonly pack?: string;
  /** Spec of the encoder, likewise. */
  readonly encoder?: string;
  readonly encoderOptions?: OpenEncoderOptions;
  /** Spec of the generator, likewise. */
  readonly generator?: string;
  /** A prompt file, likewise. */
  readonly prompt?: string;
}

/**
 * Computes parts until the signal is aborted.
 * @param url redis://user:password@host:port/db
 * @throws XqgError those of `takeParts`
 */
export async function runWorker(
  url: string,
  options: PartWorkerOptions = {},
): Promise<WorkerResult> {
  const { pack, encoder, encoderOptions, generator, prompt, ...rest } = options;
  return takeParts(url, {
    ...rest,
    open: async (named) => {
      // An encoder that is named here comes with its own card and endpoint.
      const planned = encoder === undefined ? named.encoderOptions : undefined;
      if (encoderOptions?.endpoint === undefined)
        await requireTrustedEndpoints([
          encoder === undefined ? [named.encoder, planned?.endpoint] : [undefined],
          [generator ?? named.generator, named.generatorOptions?.endpoint],
        ]);
      return openRecipe({
        ...named,
        pack: pack ?? named.pack,
        encoder: encoder ?? named.encoder,
        encoderOptions: {
          ...encoderOptions,
          card: encoderOptions?.card ?? planned?.card,
          endpoint: encoderOptions?.endpoint ?? planned?.endpoint,
        },
        generator: generator ?? named.generator,
        generatorOptions: {
          ...named.generatorOptions,
          endpoint: encoderOptions?.endpoint ?? named.generatorOptions?.endpoint,
          prompt: prompt ?? named.generatorOptions?.prompt,
          signal: options.signal,
        },
      });
    },
  });
}
