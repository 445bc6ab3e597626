/**
 * Finds the shared data that some tests compare with. Tests that need it are skipped where it is
 * absent.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const root = resolve(repository, process.env.XQG_SHARED ?? '../shared');

/**
 * The absolute path of `path` under XQG_SHARED (default ../shared, relative to the repository
 * root), or null if absent.
 */
export function shared(path: string): string | null {
  const absolute = join(root, path);
  return existsSync(absolute) ? absolute : null;
}
