/**
 * The threads on which an encoder's model runs: tasks go to whichever is idle, in their order. An
 * idle thread does not keep the process alive.
 */
import { Worker } from 'node:worker_threads';
import { XqgError } from '../../base/errors.js';
import type { EncodeDone, EncodeTask, ThreadAnswer, ThreadReady, ThreadSetup } from './protocol.js';

const THREAD = new URL('./thread.js', import.meta.url);

interface Waiting {
  readonly task: EncodeTask;
  readonly resolve: (done: EncodeDone) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  busy: Waiting | null;
}

export class EncoderThreads {
  readonly #threads: Thread[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  private constructor(readonly ready: ThreadReady) {}

  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_DAMAGED */
  static async open(setup: ThreadSetup, workers: number): Promise<EncoderThreads> {
    const started = await Promise.allSettled(Array.from({ length: workers }, () => start(setup)));
    const failed = started.find((each) => each.status === 'rejected');
    const opened = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (failed !== undefined) {
      await Promise.all(opened.map(({ worker }) => worker.terminate()));
      throw failed.reason;
    }
    const threads = new EncoderThreads(opened[0].ready);
    for (const { worker } of opened) threads.#add(worker);
    return threads;
  }

  /** @throws XqgError XQG_ENCODER_FAILED */
  run(task: EncodeTask): Promise<EncodeDone> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(failure('the encoder was closed'));
      this.#waiting.push({ task, resolve, reject });
      this.#next();
    });
  }

  /** What waits or runs fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    for (const { reject } of this.#waiting.splice(0)) reject(failure('the encoder was closed'));
  }

  #add(worker: Worker): void {
    const thread: Thread = { worker, busy: null };
    this.#threads.push(thread);
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => {
      const { busy } = thread;
      thread.busy = null;
      worker.unref();
      if (answer.kind === 'done') busy?.resolve(answer.done);
      else if (answer.kind === 'failed') busy?.reject(failure(answer.reason));
      this.#next();
    });
    worker.on('error', (error) => this.#lose(thread, error.message));
    worker.on('exit', () => this.#lose(thread, 'its thread ended'));
  }

  #lose(thread: Thread, reason: string): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    thread.busy?.reject(failure(reason));
    thread.busy = null;
    if (this.#threads.length > 0) return;
    for (const { reject } of this.#waiting.splice(0)) reject(failure(reason));
    this.#closed = true;
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (thread.busy !== null) continue;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      thread.busy = next;
      thread.worker.ref();
      thread.worker.postMessage(next.task);
    }
  }
}

async function start(setup: ThreadSetup): Promise<{ worker: Worker; ready: ThreadReady }> {
  const worker = new Worker(THREAD, { workerData: setup });
  const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  if (answer.kind === 'ready') return { worker, ready: answer.ready };
  await worker.terminate();
  const { reason, report } = answer as Extract<ThreadAnswer, { kind: 'failed' }>;
  if (report !== undefined) throw XqgError.restore(report.code, report.details);
  throw new XqgError('XQG_MODEL_DAMAGED', { file: setup.graph, reason });
}

function failure(reason: string): XqgError {
  return new XqgError('XQG_ENCODER_FAILED', { reason });
}
