/** The door of the job queue: parts in, parts out, at least once each. */
import type { RunPlan } from './run-plan.js';

/** A part to be computed. */
export interface PartJob {
  /** Id of the run that wants it. */
  readonly run: string;
  /** sha256 (hex) of the part's passages: its name in the storage. */
  readonly part: string;
  readonly passages: number;
}

export interface PartStanding {
  /** `unknown`: the queue has no such part. */
  readonly state: 'unknown' | 'waiting' | 'active' | 'done' | 'set aside';
  /** Why it was set aside, or why the last attempt failed; null if none did. */
  readonly reason: string | null;
}

/** Parts of all runs of a queue. */
export interface QueueCounts {
  /** Not begun. */
  readonly waiting: number;
  /** In the hands of a worker. */
  readonly active: number;
  /** To be tried again in a while. */
  readonly delayed: number;
  /** Computed, and not yet written to the index. */
  readonly done: number;
  readonly setAside: number;
}

/** One `xqg index --queue`, as everybody sees it. */
export interface RunRecord {
  readonly run: string;
  /** Directory of the index, on `host`. */
  readonly index: string;
  readonly host: string;
  /** Where the parts lie. */
  readonly place: string;
  readonly plan: RunPlan;
  /** `planning`: documents are still being read, and there will be more parts. */
  readonly phase: 'planning' | 'computing' | 'incomplete';
  /** Parts that were planned so far. */
  readonly parts: number;
  readonly passages: number;
  /** Parts whose rows are in the index. */
  readonly written: number;
  readonly setAside: number;
  /** ISO 8601. */
  readonly started: string;
  /** When the run last said so, ISO 8601. */
  readonly updated: string;
}

/** A part in the hands of a worker, or one that was set aside. */
export interface NamedPart {
  readonly run: string;
  readonly part: string;
  /** Name of the worker that has it or had it last; null if unknown. */
  readonly worker: string | null;
  readonly reason: string | null;
  readonly attempts: number;
}

/** The queue as a run and `xqg status` see it. Calls wait while the server is away. */
export interface WorkQueue {
  /** Address without credentials. */
  readonly shown: string;
  /** Puts a part in; one that is there already stays as it is. */
  add(job: PartJob): Promise<void>;
  standing(job: PartJob): Promise<PartStanding>;
  /** Takes a part out that no worker has. */
  forget(job: PartJob): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** Names of the workers that are connected. */
  workers(): Promise<readonly string[]>;
  /** At most `limit` of them. */
  inHand(limit: number): Promise<readonly NamedPart[]>;
  setAside(limit: number): Promise<readonly NamedPart[]>;
  runs(): Promise<readonly RunRecord[]>;
  saveRun(record: RunRecord): Promise<void>;
  /** Workers drop the parts of a run that is removed. */
  removeRun(run: string): Promise<void>;
  /** Takes out what is left of runs that were removed. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A worker's work on one part. What it throws is an attempt that failed, but for the two errors
 * below.
 */
export type PartWork = (job: PartJob, plan: RunRecord) => Promise<void>;

/** The part goes back to the queue, and no attempt is counted: the fault is not the part's. */
export class ReleasedPart extends Error {
  /** @param delay ms until it is given out again */
  constructor(
    message: string,
    readonly delay: number,
  ) {
    super(message);
  }
}

/** Another attempt would end the same: the part is set aside at once. */
export class HopelessPart extends Error {}
