/**
 * Checksums of the files of an index, and which files no longer fit them. `checksums.json` beside
 * files names the sha256 of each: in the folder of the store it is renewed before a version is
 * sealed, in that of a graph it is written once. Lexical segments have theirs within.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { writeAtomically } from '../../base/atomic-write.js';
import { storeFolder } from '../../store/open-store.js';
import { annFolder, findAnnRecord } from '../ann/record.js';
import { damagedSegments } from '../lexical/segments.js';
import { readManifest } from '../manifest.js';

const FILE = 'checksums.json';
/** sha256 (hex) by path, with slashes. */
const checksums = z.record(z.string(), z.string());
type Checksums = z.output<typeof checksums>;
/** Named at random by Lance: another content has another name. */
const NEVER_REUSED = /^passages-\d+\.lance\/(data|_deletions)\//;
/** What no reading of a version needs. */
const UNCHECKED = /(^|\/)(checksums\.json|_transactions\/.*|latest_version_hint\.json|\.[^/]*)$/;

/** Writes the checksums of all files of a folder; those that are known to be final are kept. */
export async function writeChecksums(folder: string): Promise<void> {
  const known = (await readChecksums(folder)) ?? {};
  const sums: Checksums = {};
  for (const name of await filesOf(folder)) {
    sums[name] =
      NEVER_REUSED.test(name) && name in known ? known[name] : await sha256(join(folder, name));
  }
  await writeAtomically(join(folder, FILE), `${JSON.stringify(sums, null, 1)}\n`);
}

/** A file that is not as it was written. */
export interface DamagedFile {
  readonly path: string;
  readonly kind: 'store' | 'lexical' | 'ann';
}

/** Reads every file of the sealed version of an index that has a checksum. */
export async function damagedFiles(dir: string): Promise<DamagedFile[]> {
  const { store, sealed } = await readManifest(dir);
  const record = await findAnnRecord(dir);
  const damaged: DamagedFile[] = [];
  const add = (kind: DamagedFile['kind'], paths: readonly string[]) => {
    for (const path of paths) damaged.push({ path, kind });
  };
  if (store === undefined) {
    add('store', await changedFiles(storeFolder(dir)));
    add('lexical', await damagedSegments(dir, sealed?.segments ?? []));
  }
  if (record !== null) add('ann', await changedFiles(annFolder(dir, record)));
  return damaged;
}

/** Files of a folder that do not fit its checksums; what is gone is not among them. */
async function changedFiles(folder: string): Promise<string[]> {
  const sums = await readChecksums(folder);
  if (sums === null) return [];
  const changed: string[] = [];
  for (const name of await filesOf(folder)) {
    const path = join(folder, name);
    if (name in sums && (await sha256(path)) !== sums[name]) changed.push(path);
  }
  return changed;
}

/** null if there are none that can be read. */
async function readChecksums(folder: string): Promise<Checksums | null> {
  try {
    return checksums.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** In alphabetical order, with slashes. */
async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((name) => !UNCHECKED.test(name))
    .sort();
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
