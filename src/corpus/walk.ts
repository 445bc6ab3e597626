/**
 * The files under a folder, in an order that depends on their names alone. Follows links, except
 * those that form a cycle.
 */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../base/text-file.js';
import type { SkipListener } from './reader.js';

/** From the names in a folder, those to skip. */
export type Exclusion = (folder: string, names: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Absolute paths below `folder`, entries by code unit, depth first.
 * @throws XqgError XQG_CORPUS_UNREADABLE, XQG_CORPUS_NOT_FOUND
 */
export async function* filesUnder(
  folder: string,
  exclude: Exclusion,
  onSkip?: SkipListener,
): AsyncGenerator<string> {
  yield* walk(folder, [await realpath(folder)], exclude, onSkip);
}

/** @param above real paths of the folders that lead here, this one last */
async function* walk(
  folder: string,
  above: readonly string[],
  exclude: Exclusion,
  onSkip?: SkipListener,
): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError(folder, error);
  });
  const excluded = await exclude(
    folder,
    entries.map(({ name }) => name),
  );
  for (const entry of entries.sort(byName)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') onSkip?.(path, 'ignored');
    else if (excluded.has(entry.name)) onSkip?.(path, 'companion');
    else {
      const kind = await kindOf(path, entry);
      if (kind === 'file') yield path;
      else if (kind === 'folder') {
        const real = await realpath(path);
        if (above.includes(real)) onSkip?.(path, 'loop');
        else yield* walk(path, [...above, real], exclude, onSkip);
      } else onSkip?.(path, kind);
    }
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

async function kindOf(
  path: string,
  entry: Dirent,
): Promise<'file' | 'folder' | 'loop' | 'special'> {
  let facts: Dirent | Stats = entry;
  if (entry.isSymbolicLink()) {
    try {
      facts = await stat(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ELOOP') return 'loop';
      if (code === 'ENOENT') return 'special';
      throw fileError(path, error);
    }
  }
  return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'special';
}
