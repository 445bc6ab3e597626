/** Loads a heavy package when it is first needed, with one clear message where it is missing. */
import { XqgError } from './errors.js';

/** @throws XqgError XQG_CORPUS_PACKAGE_MISSING */
export async function loadPackage<T>(
  format: string,
  name: string,
  load: () => Promise<T>,
): Promise<T> {
  return load().catch((error: Error) => {
    throw new XqgError(
      'XQG_CORPUS_PACKAGE_MISSING',
      { format, package: name, reason: error.message.split('\n')[0] },
      { cause: error },
    );
  });
}

/** @throws XqgError XQG_QUEUE_PACKAGE */
export async function loadQueuePackage<T>(name: string, what: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw new XqgError('XQG_QUEUE_PACKAGE', { what, package: name, reason }, { cause });
  }
}
