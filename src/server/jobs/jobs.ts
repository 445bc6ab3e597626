/**
 * Jobs that write indexes, one at a time for each index, each in a process of its own. Uploaded
 * files lie in the index's directory until they are indexed, so that a server that was killed
 * resumes them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import PQueue from 'p-queue';
import { describeFailure, XqgError } from '../../base/errors.js';
import type { FileLimits } from '../../corpus/isolation/limits.js';
import { type Access, isRestricted, mayUse } from '../access.js';
import type { JobResponse } from '../responses.js';
import type { ServedIndex } from '../served-index.js';
import {
  discardJob,
  filesFolder,
  leftJobs,
  reserveFolder,
  type StoredJob,
  storeJob,
} from './stored-job.js';
import type { AddTask, RemoveTask, WriterMessage, WriteTask } from './writer-protocol.js';

type WithoutIndex<T> = Omit<T, 'directory' | 'pack' | 'filters' | 'fileLimits'>;
/** A task without what the index, the access and the job's folder add to it. */
export type JobTask = Omit<WithoutIndex<AddTask>, 'folder'> | WithoutIndex<RemoveTask>;

interface Job {
  answer: JobResponse;
  readonly access: Pick<Access, 'fingerprint' | 'filters'>;
  readonly task: JobTask;
  readonly served: ServedIndex;
  readonly cancelled: AbortController;
}

export interface JobsOptions {
  /** Jobs that wait for one index; more are refused. */
  readonly waiting: number;
  /** What each file that is added may take. */
  readonly fileLimits?: FileLimits;
}

const WRITER = new URL('./writer-process.js', import.meta.url);
/** How long a job waits for another writer of its index before it looks again (ms). */
const LOCKED_WAIT = 1000;
/** How long a process that was told to stop may take (ms). */
const STOP_WAIT = 10_000;
/** Attempts of a job whose process dies, which then reads first what it was not reading. */
const ATTEMPTS = 3;
/** After these, the next server tries again. */
const KEPT = new Set(['XQG_DISK_FULL', 'XQG_JOB_DIED']);
/** Ended jobs that are still listed. */
const LISTED = 100;

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #queues = new Map<string, PQueue>();
  readonly #options: JobsOptions;
  #stopping = false;

  constructor(
    readonly indexes: ReadonlyMap<string, ServedIndex>,
    options: JobsOptions,
  ) {
    this.#options = options;
  }

  /** Starts the jobs again that a killed server left. */
  async resume(): Promise<void> {
    for (const served of this.indexes.values()) {
      for await (const { id, job } of leftJobs(served.directory)) {
        if (job instanceof XqgError) this.#listUnreadable(served, id, job);
        else this.#enqueue(served, id, job);
      }
    }
  }

  /**
   * Makes a folder for what a job will add.
   * @throws XqgError XQG_SERVER_BUSY
   */
  async reserve(
    served: ServedIndex,
  ): Promise<{ id: string; folder: string; discard: () => Promise<void> }> {
    const { waiting } = this.#options;
    if ((this.#queues.get(served.name)?.size ?? 0) >= waiting) {
      throw new XqgError('XQG_SERVER_BUSY', { what: 'jobs', seconds: 30 });
    }
    const id = randomUUID();
    await reserveFolder(served.directory, id);
    return {
      id,
      folder: filesFolder(served.directory, id),
      discard: () => discardJob(served.directory, id),
    };
  }

  /** @param id from `reserve` */
  async start(
    { served, access, id }: { served: ServedIndex; access: Access; id: string },
    task: JobTask,
    what: readonly string[],
  ): Promise<JobResponse> {
    const { fingerprint, filters } = access;
    const stored = {
      what: [...what],
      created: new Date().toISOString(),
      access: { fingerprint, filters: [...filters] },
      task: task as StoredJob['task'],
    };
    await storeJob(served.directory, id, stored);
    return this.#enqueue(served, id, stored);
  }

  list(access: Access): JobResponse[] {
    return [...this.#jobs.values()]
      .filter((job) => isVisible(job, access))
      .map(({ answer }) => answer)
      .reverse();
  }

  /** @throws XqgError XQG_JOB_UNKNOWN */
  get(access: Access, id: string): JobResponse {
    return this.#job(access, id).answer;
  }

  /**
   * Stops a job at a safe point, and discards one whose files were kept. One that has ended stays
   * as it is.
   */
  async cancel(access: Access, id: string): Promise<JobResponse> {
    const job = this.#job(access, id);
    job.cancelled.abort();
    if (job.answer.ended !== null) await discardJob(job.served.directory, id);
    return job.answer;
  }

  counts(): Record<JobResponse['state'], number> {
    const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { answer } of this.#jobs.values()) counts[answer.state]++;
    return counts;
  }

  /** Stops running jobs at a safe point; the next server resumes them. */
  async close(): Promise<void> {
    this.#stopping = true;
    for (const queue of this.#queues.values()) queue.clear();
    for (const { cancelled } of this.#jobs.values()) cancelled.abort();
    await Promise.all([...this.#queues.values()].map((queue) => queue.onIdle()));
  }

  #job(access: Access, id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined || !isVisible(job, access))
      throw new XqgError('XQG_JOB_UNKNOWN', { job: id });
    return job;
  }

  #enqueue(served: ServedIndex, id: string, stored: StoredJob): JobResponse {
    const { what, created, access, task } = stored;
    const answer = newAnswer(served, id, { kind: task.kind, what, created });
    const job: Job = { answer, access, task, served, cancelled: new AbortController() };
    this.#jobs.set(id, job);
    const queue = this.#queues.get(served.name) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(served.name, queue);
    queue.add(() => this.#run(job));
    return answer;
  }

  /** Lists what cannot be resumed until a person discards it. */
  #listUnreadable(served: ServedIndex, id: string, error: XqgError): void {
    const now = new Date().toISOString();
    const answer: JobResponse = {
      ...newAnswer(served, id, { kind: 'add', what: [], created: now }),
      state: 'failed',
      ended: now,
      error: shownFailure(served, describeFailure(error).error),
    };
    const access = { fingerprint: null, filters: [] };
    const task: JobTask = { kind: 'add', metadata: {} };
    this.#jobs.set(id, { answer, access, task, served, cancelled: new AbortController() });
  }

  async #run(job: Job): Promise<void> {
    const { served, task, access, cancelled } = job;
    try {
      cancelled.signal.throwIfAborted();
      change(job, { state: 'running' });
      const { filters } = access;
      const { directory, options } = served;
      const folder = filesFolder(directory, job.answer.id);
      const { fileLimits } = this.#options;
      const { pack } = options;
      const whole = { ...task, folder, fileLimits, directory, pack, filters } as WriteTask;
      const result = await this.#writeUnlocked(job, whole);
      if (result.status === 'interrupted') throw new XqgError('XQG_JOB_CANCELLED');
      await served.refresh();
      const failed = result.documents.failed > 0 && result.documents.indexed === 0;
      change(job, {
        state: failed ? 'failed' : 'done',
        result,
        error: failed ? firstFailure(result) : null,
      });
    } catch (thrown) {
      if (this.#stopping) return;
      const error = cancelled.signal.aborted ? new XqgError('XQG_JOB_CANCELLED') : thrown;
      const state = cancelled.signal.aborted ? 'cancelled' : 'failed';
      const report =
        thrown instanceof ReportedFailure ? thrown.report : describeFailure(error).error;
      change(job, { state, error: state === 'cancelled' ? describeFailure(error).error : report });
      await served.refresh();
    }
    // Before it is said to have ended. What cannot be removed is done again by the next server,
    // which changes nothing.
    if (!KEPT.has(job.answer.error?.code ?? ''))
      await discardJob(served.directory, job.answer.id).catch(() => undefined);
    change(job, { ended: new Date().toISOString() });
    this.#forget();
  }

  /** Waits for another writer, such as `xqg index`, or the process of a server that was killed. */
  async #writeUnlocked(job: Job, task: WriteTask): Promise<NonNullable<ResultOf<WriterMessage>>> {
    for (let deaths = 0; ; ) {
      try {
        return await this.#write(job, task);
      } catch (thrown) {
        const isDeath = thrown instanceof XqgError && thrown.code === 'XQG_JOB_DIED';
        if (isDeath && ++deaths < ATTEMPTS && !job.cancelled.signal.aborted) continue;
        const isLocked =
          thrown instanceof ReportedFailure && thrown.report.code === 'XQG_INDEX_LOCKED';
        if (!isLocked) throw thrown;
        change(job, { state: 'waiting', error: thrown.report });
        await setTimeout(LOCKED_WAIT, undefined, { signal: job.cancelled.signal });
        change(job, { state: 'running', error: null });
      }
    }
  }

  #write(job: Job, task: WriteTask): Promise<NonNullable<ResultOf<WriterMessage>>> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const child: ChildProcess = fork(WRITER, [], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      let end: (() => void) | null = null;
      let killing: NodeJS.Timeout | undefined;
      const stop = (): void => {
        if (child.connected) child.send('stop');
        // Whatever was written so far is a whole version.
        killing = setTimer(() => child.kill('SIGKILL'), STOP_WAIT);
      };
      job.cancelled.signal.addEventListener('abort', stop, { once: true });
      child.on('message', (message: WriterMessage) => {
        if ('progress' in message)
          change(job, { progress: progressOf(message, performance.now() - started) });
        else if ('result' in message) end = () => resolve(message.result);
        else end = () => reject(new ReportedFailure(shownFailure(job.served, message.failure)));
      });
      child.on('error', reject);
      // Not before: its lock on the index ends with it.
      child.on('exit', (code, signal) => {
        job.cancelled.signal.removeEventListener('abort', stop);
        clearTimeout(killing);
        if (end !== null) end();
        else reject(new XqgError('XQG_JOB_DIED', { reason: signal ?? `exit code ${code}` }));
      });
      child.send(task);
    });
  }

  #forget(): void {
    const ended = [...this.#jobs.values()].filter(({ answer }) => answer.ended !== null);
    for (const { answer } of ended.slice(0, -LISTED)) this.#jobs.delete(answer.id);
  }
}

type ResultOf<M> = M extends { readonly result: infer R } ? R : never;

/** A failure that another process described. */
class ReportedFailure extends Error {
  constructor(readonly report: NonNullable<JobResponse['error']>) {
    super(report.message);
  }
}

function shownFailure(
  served: ServedIndex,
  failure: ReportedFailure['report'],
): ReportedFailure['report'] {
  return JSON.parse(served.shown(JSON.stringify(failure))) as ReportedFailure['report'];
}

function newAnswer(
  served: ServedIndex,
  id: string,
  { kind, what, created }: Pick<JobResponse, 'kind' | 'what' | 'created'>,
): JobResponse {
  return {
    ...{ id, index: served.name, kind, state: 'waiting', what, created },
    ...{ ended: null, progress: null, result: null, error: null },
  };
}

function change(job: Job, changes: Partial<JobResponse>): void {
  job.answer = { ...job.answer, ...changes };
}

/** A client that sees less than everything sees its own jobs. */
function isVisible({ answer, access: owner }: Job, access: Access): boolean {
  if (!mayUse(access, answer.index)) return false;
  return !isRestricted(access) || owner.fingerprint === access.fingerprint;
}

function firstFailure({ failures }: { failures: readonly { code: string; message: string }[] }) {
  const [{ code, message }] = failures;
  return { code, message, remedy: 'Fix the document and send it again.', details: {} };
}

function progressOf(
  { progress, read }: Extract<WriterMessage, { progress: unknown }>,
  elapsedMs: number,
): NonNullable<JobResponse['progress']> {
  const share = read.total > 0 ? Math.min(1, read.done / read.total) : null;
  const secondsLeft =
    share === null || share <= 0 || progress.phase === 'sealing'
      ? null
      : Math.ceil((elapsedMs / 1000) * (1 / share - 1));
  return {
    phase: progress.phase,
    share,
    documents: progress.documents,
    passages: progress.passages,
    secondsLeft,
  };
}
