/** Loads what only runs over a queue need, with one clear message where it is missing. */
import { XqgError } from '../errors/error.js';

/** @throws XqgError XQG_QUEUE_PACKAGE */
export async function loadQueuePackage<T>(name: string, what: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw new XqgError('XQG_QUEUE_PACKAGE', { what, package: name, reason }, { cause });
  }
}
