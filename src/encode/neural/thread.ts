/** The body of an encoder's thread: opens the model, then answers one task after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { ModelRunner } from './model-runner.js';
import type { EncodeTask, ThreadAnswer, ThreadSetup } from './protocol.js';

const port = parentPort!;

function answer(what: ThreadAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(what, transfer);
}

function fail(error: unknown): void {
  const { message, code } = error as Error & { code?: string };
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  answer({
    kind: 'failed',
    reason: message.split('\n')[0],
    ...(code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined ? { missing } : {}),
  });
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
