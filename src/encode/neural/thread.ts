/** The body of an encoder's thread: opens the model, then answers one task after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { XqgError } from '../../base/errors.js';
import { ModelRunner } from './model-runner.js';
import type { EncodeTask, ThreadAnswer, ThreadSetup } from './protocol.js';

const port = parentPort!;

function answer(what: ThreadAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(what, transfer);
}

function fail(error: unknown): void {
  const reason = (error as Error).message.split('\n')[0];
  const report =
    error instanceof XqgError ? { code: error.code, details: error.details } : undefined;
  answer({ kind: 'failed', reason, report });
}

try {
  const runner = await ModelRunner.open(workerData as ThreadSetup);
  answer({ kind: 'ready', ready: runner.ready });
  port.on('message', async (task: EncodeTask) => {
    try {
      const done = await runner.encode(task);
      answer({ kind: 'done', done }, [done.vectors.buffer as ArrayBuffer]);
    } catch (error) {
      fail(error);
    }
  });
} catch (error) {
  fail(error);
}
