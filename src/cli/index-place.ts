/**
 * Which index a command means: `--index DIR`, or `--store URL` where its rows are elsewhere; then a directory of xqg's own is the
 * control folder if none is named. Knows no command.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { XqgError } from '../errors/error.js';

export const indexPlace = { index: z.string().optional(), store: z.string().optional() };

export interface GivenPlace {
  readonly index?: string;
  readonly store?: string;
}

export function addIndexPlace(command: Command, what = 'directory of the index'): Command {
  return command
    .option('-i, --index <dir>', what)
    .option(
      '--store <url>',
      'opensearch://HOST:PORT/NAME, where the rows are kept elsewhere (docs/opensearch.md)',
    );
}

/**
 * The directory, as it was given.
 * @throws XqgError XQG_USAGE, XQG_STORE_ADDRESS
 */
export async function indexDirectory({ index, store }: GivenPlace, command: string): Promise<string> {
  if (index !== undefined) return index;
  if (store === undefined)
    throw new XqgError('XQG_USAGE', {
      problem: "required option '-i, --index <dir>' not specified",
      command,
    });
  const { parseAddress } = await import('../store/opensearch/address.js');
  const { cacheFolder } = await import('../models/places.js');
  const { name, nodes } = parseAddress(store);
  const key = createHash('sha256')
    .update([...nodes].sort().join())
    .digest('hex')
    .slice(0, 12);
  return join(cacheFolder(), 'stores', `${name}-${key}`);
}

/**
 * The same for commands that read the manifest themselves: the index is there afterwards.
 * @throws XqgError XQG_INDEX_MISSING, XQG_STORE_OTHER
 */
export async function attachedDirectory(given: GivenPlace, command: string): Promise<string> {
  const dir = resolve(await indexDirectory(given, command));
  if (given.store === undefined) return dir;
  const { attachedManifest } = await import('../indexing/stores.js');
  if ((await attachedManifest(dir, given.store)) === null) throw new XqgError('XQG_INDEX_MISSING', { dir });
  return dir;
}
