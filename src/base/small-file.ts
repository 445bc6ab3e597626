/**
 * Files that are read as a whole and may come from a stranger: no link is followed, nothing but a
 * regular file is read, and none beyond a limit.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file that is not read: its message says why. */
export class UnfitFile extends Error {}

/** Neither follows a link nor waits for the other end of a pipe. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * @param limit in bytes
 * @throws UnfitFile for a link, a device, a folder, or more than `limit` bytes; else what the
 * system throws
 */
export async function readSmallFile(path: string, limit: number): Promise<string> {
  const file = await open(path, FLAGS).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ELOOP') throw new UnfitFile('it is a link', { cause });
    throw cause;
  });
  try {
    requireFit(await file.stat(), limit);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a file that a person named, or a file that the person named names: links are
 * followed.
 * @throws as `readSmallFile`
 */
export function readRegularSync(path: string, limit: number): Buffer {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    requireFit(fstatSync(file), limit);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function requireFit(facts: Stats, limit: number): void {
  if (!facts.isFile()) throw new UnfitFile('it is not a regular file');
  if (facts.size > limit) throw new UnfitFile(`it has ${facts.size} bytes, more than ${limit}`);
}

/** Of files that a person writes: settings, prompts, cards, glossaries; in bytes. */
const WRITTEN_BY_HAND = 32e6;

/** The text of a file that a person wrote. @throws as `readRegularSync` */
export function readTextSync(path: string): string {
  return readRegularSync(path, WRITTEN_BY_HAND).toString('utf8');
}
