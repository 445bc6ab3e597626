/**
 * Jobs that write indexes, one at a time for each index in the order in which they were accepted,
 * each in a process of its own. Uploaded files lie in the index's directory until they are indexed,
 * so that a server that was killed resumes them: a job is there until it is done, its documents
 * were refused, or a person discards it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import PQueue from 'p-queue';
import { describeFailure, isAbort, XqgError } from '../../base/errors.js';
import type { FileLimits } from '../../corpus/isolation/limits.js';
import { type Access, isRestricted, mayUse } from '../access.js';
import type { Caller } from '../guards.js';
import type { JobResponse } from '../responses.js';
import type { ServedIndex } from '../served-index.js';
import { Room, type RoomOptions, type Space } from './room.js';
import {
  discardJob,
  filesFolder,
  leftJobs,
  reserveFolder,
  type StoredJob,
  storeJob,
} from './stored-job.js';
import { ReportedFailure, runWriter } from './writer.js';
import type {
  AddTask,
  RemoveTask,
  WriteResult,
  WriterProgress,
  WriteTask,
} from './writer-protocol.js';

type WithoutIndex<T> = Omit<T, 'directory' | 'pack' | 'filters' | 'fileLimits'>;
/** A task without what the index, the access and the job's folder add to it. */
type JobTask = Omit<WithoutIndex<AddTask>, 'folder'> | WithoutIndex<RemoveTask>;

interface Job {
  answer: JobResponse;
  stored: StoredJob;
  readonly served: ServedIndex;
  readonly space: Space;
  cancelled: AbortController;
}

export interface JobsOptions extends RoomOptions {
  /** What each file that is added may take. */
  readonly fileLimits?: FileLimits;
}

/** Where the files of a request go. */
export interface Upload {
  readonly folder: string;
  /**
   * Takes room for further bytes.
   * @throws XqgError XQG_REQUEST_TOO_LARGE, XQG_SERVER_BUSY
   */
  grow(bytes: number): void;
}

/** How long a job waits, in milliseconds, before it tries again. */
const WAITS: Readonly<Record<string, number>> = {
  // Another writer of its index, such as `xqg index`, or the process of a server that was killed.
  XQG_INDEX_LOCKED: 1000,
  XQG_DISK_FULL: 10_000,
  XQG_NO_PERMISSION: 10_000,
};
/** The fault of what was sent: trying again would not help. */
const VERDICTS = /^XQG_(DOCUMENT|CORPUS|NOTHING)_/;
/** Tries of a job whose process fails otherwise. */
const TRIES = 3;
const BETWEEN_TRIES = 500;
/** Ended jobs that are still listed. */
const LISTED = 100;

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #queues = new Map<string, PQueue>();
  readonly #room: Room;
  readonly #fileLimits: FileLimits | undefined;
  #accepted = 0;
  #stopping = false;

  constructor(
    readonly indexes: ReadonlyMap<string, ServedIndex>,
    { fileLimits, ...options }: JobsOptions,
  ) {
    this.#fileLimits = fileLimits;
    this.#room = new Room(options);
  }

  /** Starts the jobs again that a killed server left, and lists those that failed. */
  async resume(): Promise<void> {
    for (const served of this.indexes.values()) {
      for (const { id, job, bytes } of await leftJobs(served.directory)) {
        const stored = job instanceof XqgError ? unreadableJob(served, job) : job;
        const client = stored.access.fingerprint ?? '';
        const space = this.#room.take({ client, index: served.name, state: 'waiting', bytes });
        this.#accepted = Math.max(this.#accepted, stored.accepted);
        const added = this.#add(served, id, stored, space);
        if (stored.failure === undefined) this.#enqueue(added);
        else this.#keep(added, stored.failure);
      }
    }
  }

  /**
   * Receives a job, and starts it once it is on the disk.
   * @param fill writes what is sent; where it throws, there is no job
   * @throws XqgError XQG_SERVER_BUSY, XQG_DISK_FULL, and what `fill` throws
   */
  async receive(
    served: ServedIndex,
    { access, client }: Caller,
    fill: (upload: Upload) => Promise<{ task: JobTask; what: readonly string[] }>,
  ): Promise<JobResponse> {
    const { directory } = served;
    const space = this.#room.reserve(client, served.name);
    const id = randomUUID();
    try {
      await reserveFolder(directory, id);
      const grow = (bytes: number): void => this.#room.grow(space, bytes);
      const { task, what } = await fill({ folder: filesFolder(directory, id), grow });
      const { fingerprint, filters } = access;
      const stored: StoredJob = {
        accepted: this.#nextNumber(),
        what: [...what],
        created: new Date().toISOString(),
        access: { fingerprint, filters: [...filters] },
        task: task as StoredJob['task'],
      };
      await storeJob(directory, id, stored);
      return this.#enqueue(this.#add(served, id, stored, space));
    } catch (error) {
      this.#room.free(space);
      await discardJob(directory, id).catch(() => undefined);
      throw error;
    }
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
   * Stops a job at a safe point, or discards one that is kept. One that has ended otherwise stays
   * as it is.
   * @throws XqgError XQG_JOB_UNKNOWN
   */
  async cancel(access: Access, id: string): Promise<JobResponse> {
    const job = this.#job(access, id);
    job.cancelled.abort();
    if (job.space.state === 'kept') {
      await this.#discard(job);
      change(job, { state: 'cancelled' });
    }
    return job.answer;
  }

  /**
   * Runs a job again that is kept.
   * @throws XqgError XQG_JOB_UNKNOWN, XQG_JOB_FINAL
   */
  async retry(access: Access, id: string): Promise<JobResponse> {
    const job = this.#job(access, id);
    if (job.space.state !== 'kept' || job.answer.error?.code === 'XQG_JOB_UNREADABLE')
      throw new XqgError('XQG_JOB_FINAL', { job: id, state: job.answer.state });
    const { failure: _, ...stored } = job.stored;
    job.stored = { ...stored, accepted: this.#nextNumber() };
    job.cancelled = new AbortController();
    job.space.state = 'waiting';
    await storeJob(job.served.directory, id, job.stored);
    change(job, { state: 'waiting', ended: null, error: null, progress: null });
    return this.#enqueue(job);
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

  /** Also over a restart, and when the clock is set back. */
  #nextNumber(): number {
    this.#accepted = Math.max(Date.now(), this.#accepted + 1);
    return this.#accepted;
  }

  #add(served: ServedIndex, id: string, stored: StoredJob, space: Space): Job {
    const job: Job = {
      answer: newAnswer(served, id, stored),
      stored,
      served,
      space,
      cancelled: new AbortController(),
    };
    this.#jobs.set(id, job);
    return job;
  }

  #enqueue(job: Job): JobResponse {
    job.space.state = 'waiting';
    const { name } = job.served;
    const queue = this.#queues.get(name) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(name, queue);
    queue.add(() => this.#run(job));
    return job.answer;
  }

  async #run(job: Job): Promise<void> {
    const { served, stored, cancelled } = job;
    job.space.state = 'running';
    try {
      cancelled.signal.throwIfAborted();
      change(job, { state: 'running' });
      const { filters } = stored.access;
      const { directory, options } = served;
      const folder = filesFolder(directory, job.answer.id);
      const whole = {
        folder,
        fileLimits: this.#fileLimits,
        directory,
        pack: options.pack,
        filters,
      };
      const task = { ...stored.task, ...whole } as WriteTask;
      const result = await this.#writeAtLast(job, task);
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
      const isCancelled = cancelled.signal.aborted;
      const report =
        thrown instanceof ReportedFailure && !isCancelled
          ? thrown.report
          : describeFailure(isCancelled ? new XqgError('XQG_JOB_CANCELLED') : thrown).error;
      change(job, { state: isCancelled ? 'cancelled' : 'failed', error: report });
      await served.refresh();
      if (!isCancelled && !VERDICTS.test(report.code)) {
        this.#keep(job, report);
        // Else the next server runs it again.
        await storeJob(served.directory, job.answer.id, job.stored).catch(() => undefined);
        return;
      }
    }
    // Before it is said to have ended.
    await this.#discard(job);
    change(job, { ended: new Date().toISOString() });
    this.#forget();
  }

  /** Waits for what passes, such as a full disk, and tries again what may pass. */
  async #writeAtLast(job: Job, task: WriteTask): Promise<WriteResult> {
    const { signal } = job.cancelled;
    for (let tries = 1; ; ) {
      try {
        return await this.#write(job, task);
      } catch (thrown) {
        if (signal.aborted || isAbort(thrown)) throw thrown;
        const report =
          thrown instanceof ReportedFailure ? thrown.report : describeFailure(thrown).error;
        const wait = WAITS[report.code];
        if (wait === undefined && (VERDICTS.test(report.code) || tries++ >= TRIES)) throw thrown;
        change(job, { state: 'waiting', error: report });
        await setTimeout(wait ?? BETWEEN_TRIES, undefined, { signal });
        change(job, { state: 'running', error: null });
      }
    }
  }

  /** Lists a job with its files until a person runs it again or discards it. */
  #keep(job: Job, failure: NonNullable<JobResponse['error']>): void {
    job.space.state = 'kept';
    job.stored = { ...job.stored, failure: failure as StoredJob['failure'] };
    change(job, { state: 'failed', error: failure, ended: new Date().toISOString() });
  }

  /** What cannot be removed is run again by the next server, which changes nothing. */
  async #discard(job: Job): Promise<void> {
    await discardJob(job.served.directory, job.answer.id).catch(() => undefined);
    this.#room.free(job.space);
    job.space.state = 'running';
  }

  async #write(job: Job, task: WriteTask): Promise<WriteResult> {
    const started = performance.now();
    try {
      return await runWriter(task, job.cancelled.signal, (message) =>
        change(job, { progress: progressOf(message, performance.now() - started) }),
      );
    } catch (thrown) {
      if (!(thrown instanceof ReportedFailure)) throw thrown;
      throw new ReportedFailure(shownFailure(job.served, thrown.report));
    }
  }

  #forget(): void {
    const ended = [...this.#jobs.values()].filter(
      ({ answer, space }) => answer.ended !== null && space.state !== 'kept',
    );
    for (const { answer } of ended.slice(0, -LISTED)) this.#jobs.delete(answer.id);
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
  { task: { kind }, what, created }: StoredJob,
): JobResponse {
  return {
    ...{ id, index: served.name, kind, state: 'waiting', what, created },
    ...{ ended: null, progress: null, result: null, error: null },
  };
}

/** Stands for a job whose file cannot be read, until a person discards it. */
function unreadableJob(served: ServedIndex, error: XqgError): StoredJob {
  return {
    accepted: 0,
    what: [],
    created: new Date().toISOString(),
    access: { fingerprint: null, filters: [] },
    task: { kind: 'add', metadata: {} },
    failure: shownFailure(served, describeFailure(error).error) as StoredJob['failure'],
  };
}

function change(job: Job, changes: Partial<JobResponse>): void {
  job.answer = { ...job.answer, ...changes };
}

/** A client that sees less than everything sees its own jobs. */
function isVisible({ answer, stored }: Job, access: Access): boolean {
  if (!mayUse(access, answer.index)) return false;
  return !isRestricted(access) || stored.access.fingerprint === access.fingerprint;
}

function firstFailure({ failures }: { failures: readonly { code: string; message: string }[] }) {
  const [{ code, message }] = failures;
  return { code, message, remedy: 'Fix the document and send it again.', details: {} };
}

function progressOf(
  { progress, read }: WriterProgress,
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
