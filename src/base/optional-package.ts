/** Loads a package that need not be installed, when it is first needed. */
import { XqgError } from './errors.js';

/**
 * @param what needs it, as a message begins: `A queue`
 * @param packages to install, separated by spaces
 * @throws XqgError XQG_PACKAGE_MISSING
 */
export async function loadPackage<T>(
  what: string,
  packages: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw new XqgError('XQG_PACKAGE_MISSING', { what, packages, reason }, { cause });
  }
}
