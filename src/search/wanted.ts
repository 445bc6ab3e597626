/**
 * The stops of a question on its way: whoever asked may have hung up meanwhile, and then it costs no more. Knows no question.
 */
import { setImmediate } from 'node:timers/promises';

/**
 * Lets what waits happen, so that it is known who hung up while a stage ran; then throws the signal's reason if the answer is
 * not wanted any more. Without a signal nothing waits.
 */
export async function stillWanted(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  signal.throwIfAborted();
  await setImmediate();
  signal.throwIfAborted();
}
