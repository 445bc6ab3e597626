/** Runs the process that writes an index for the server. */
import { type ChildProcess, fork } from 'node:child_process';
import { type FailureReport, XqgError } from '../../base/errors.js';
import type { WriteResult, WriterMessage, WriterProgress, WriteTask } from './writer-protocol.js';

const WRITER = new URL('./writer-process.js', import.meta.url);
/** How long a process that was told to stop may take (ms). */
const STOP_WAIT = 10_000;

/** A failure that another process described. */
export class ReportedFailure extends Error {
  constructor(readonly report: FailureReport['error']) {
    super(report.message);
  }
}

/**
 * @param signal tells the process to stop at a safe point, and ends it where it does not
 * @throws ReportedFailure what the process says of its failure
 * @throws XqgError XQG_JOB_DIED
 */
export function runWriter(
  task: WriteTask,
  signal: AbortSignal,
  onProgress: (progress: WriterProgress) => void,
): Promise<WriteResult> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(WRITER, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let end: (() => void) | null = null;
    let killing: NodeJS.Timeout | undefined;
    const stop = (): void => {
      if (child.connected) child.send('stop');
      // Whatever was written so far is a whole version.
      killing = setTimeout(() => child.kill('SIGKILL'), STOP_WAIT);
    };
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (message: WriterMessage) => {
      if ('progress' in message) onProgress(message);
      else if ('result' in message) end = () => resolve(message.result);
      else end = () => reject(new ReportedFailure(message.failure));
    });
    child.on('error', reject);
    // Not before: its lock on the index ends with it.
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      clearTimeout(killing);
      if (end !== null) end();
      else reject(new XqgError('XQG_JOB_DIED', { reason: killedBy ?? `exit code ${code}` }));
    });
    child.send(task);
  });
}
