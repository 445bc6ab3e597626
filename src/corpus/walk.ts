/**
 * The files under a folder, in an order that depends on their names alone. Follows links, but
 * enters no folder twice: links between folders may form cycles, or more ways than can be walked.
 */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { fileError } from '../base/text-file.js';
import { IgnoreRules } from './ignore-rules.js';
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
  { onSkip, onFailure }: WalkEvents = {},
): AsyncGenerator<string> {
  const rules = await IgnoreRules.above(folder);
  const real = await realpath(folder);
  yield* walk(folder, [real], rules, exclude, { onSkip, onFailure, visited: new Set([real]) });
}

export interface WalkEvents {
  readonly onSkip?: SkipListener;
  /** Called for an entry that cannot be read; the walk goes on. Without it the error is thrown. */
  readonly onFailure?: (path: string, error: XqgError) => void;
}

/** @param above real paths of the folders that lead here, this one last */
async function* walk(
  folder: string,
  above: readonly string[],
  outer: IgnoreRules,
  exclude: Exclusion,
  events: WalkEvents & { readonly visited: Set<string> },
): AsyncGenerator<string> {
  const { onSkip, onFailure, visited } = events;
  const { entries, rules } = await listed(folder, outer).catch((error) => {
    const failure = error instanceof XqgError ? error : fileError(folder, error);
    // The folder that was named by the user is no item among others.
    if (onFailure === undefined || above.length === 1) throw failure;
    onFailure(folder, failure);
    return { entries: [], rules: outer };
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
      const { kind, real } = await lookAt(path, entry).catch((error) => {
        const failure = fileError(path, error);
        if (onFailure === undefined) throw failure;
        onFailure(path, failure);
        return { kind: 'failed' as const, real: '' };
      });
      if ((kind === 'file' || kind === 'folder') && rules.excludes(path, kind === 'folder'))
        onSkip?.(path, 'excluded');
      else if (kind === 'file') yield path;
      else if (kind === 'folder') {
        if (above.includes(real)) onSkip?.(path, 'loop');
        else if (visited.has(real)) onSkip?.(path, 'repeated');
        else if (above.length > DEEPEST) tooDeep(path, onFailure);
        else {
          visited.add(real);
          yield* walk(path, [...above, real], rules, exclude, events);
        }
      } else if (kind !== 'failed') onSkip?.(path, kind);
    }
  }
}

/** Folders below the one that was named: matching ignored paths takes longer with each. */
export const DEEPEST = 100;

function tooDeep(path: string, onFailure: WalkEvents['onFailure']): void {
  const reason = `it lies more than ${DEEPEST} folders deep`;
  const failure = new XqgError('XQG_CORPUS_UNREADABLE', { path, reason });
  if (onFailure === undefined) throw failure;
  onFailure(path, failure);
}

/** The entries of a folder, and the rules with those of the folder. */
async function listed(
  folder: string,
  outer: IgnoreRules,
): Promise<{ readonly entries: Dirent[]; readonly rules: IgnoreRules }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map(({ name }) => name);
  return { entries, rules: await outer.within(folder, names) };
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

type EntryKind = 'file' | 'folder' | 'loop' | 'special';

/** What an entry is, and the real path of a folder. */
async function lookAt(
  path: string,
  entry: Dirent,
): Promise<{ readonly kind: EntryKind; readonly real: string }> {
  const kind = await kindOf(path, entry);
  return { kind, real: kind === 'folder' ? await realpath(path) : '' };
}

async function kindOf(path: string, entry: Dirent): Promise<EntryKind> {
  let facts: Dirent | Stats = entry;
  if (entry.isSymbolicLink()) {
    try {
      facts = await stat(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ELOOP') return 'loop';
      if (code === 'ENOENT') return 'special';
      throw error;
    }
  }
  return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'special';
}
