/** Cancellation of work that nobody waits for any longer. */
import { setImmediate } from 'node:timers/promises';

/**
 * Throws the signal's reason if it was aborted. Lets pending events run first, since a client may
 * have hung up during the last stage. Without a signal it returns at once.
 */
export async function cancellationPoint(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  signal.throwIfAborted();
  await setImmediate();
  signal.throwIfAborted();
}

/**
 * Waits for work until the signal is aborted, then throws its reason. The work itself runs on to
 * its next cancellation point.
 */
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
