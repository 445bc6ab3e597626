/**
 * The stops of a question on its way: whoever asked may have hung up meanwhile, and then it costs
 * no more.
 */
import { setImmediate } from 'node:timers/promises';

/**
 * Lets what waits happen, so that it is known who hung up while a stage ran; then throws the
 * signal's reason if the answer is not wanted any more. Without a signal nothing waits.
 */
export async function cancellationPoint(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  signal.throwIfAborted();
  await setImmediate();
  signal.throwIfAborted();
}

/** What began goes on to its next stop, but nobody waits for it. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
