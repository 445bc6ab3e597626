/**
 * Checksums of the files of an index, and which files no longer fit them. `checksums.json` beside
 * files names the sha256 of each: in the folder of the store it is renewed before a version is
 * sealed, in that of a graph it is written once. Lexical segments have theirs within.
 */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { sha256OfFiles } from '../../base/identity.js';
import { sealedJson, unsealedJson } from '../../base/sealed-json.js';
import { readSmallFile } from '../../base/small-file.js';
import { parseVersion, versionPath } from '../../store/lance/table-files.js';
import { storeFolder } from '../../store/open-store.js';
import { annFolder, annRecordPath, findAnnRecord } from '../ann/record.js';
import { damagedSegments } from '../lexical/segments.js';
import { readManifest } from '../manifest.js';
import { requireConfined } from './confined.js';

const FILE = 'checksums.json';
/** In bytes. */
const LARGEST = 256e6;
/** Which rows of a file were deleted. */
const DELETIONS = /^passages-\d+\.lance\/_deletions\//;
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
      NEVER_REUSED.test(name) && name in known
        ? known[name]
        : await sha256OfFiles(join(folder, name));
  }
  await writeAtomically(join(folder, FILE), sealedJson({ files: sums }));
}

/** A file that is not as it was written. */
export interface DamagedFile {
  readonly path: string;
  readonly kind: 'store' | 'lexical' | 'ann';
}

/**
 * Paths of the files that say which rows are in a sealed version, where they changed: they are
 * small, so that every opening looks at them.
 */
export async function changedVersionFiles(dir: string, version: string): Promise<string[]> {
  const folder = storeFolder(dir);
  const manifest = await versionPath(folder, parseVersion(version));
  const name = manifest === null ? null : slashed(relative(folder, manifest));
  const changed = await changedFiles(folder, (each) => each === name || DELETIONS.test(each));
  // Without checksums nothing is known to have changed; `xqg doctor` says that they are missing.
  return changed.filter((path) => path !== join(folder, FILE));
}

/**
 * Reads every file of the sealed version of an index that has a checksum.
 * @throws XqgError XQG_INDEX_DAMAGED for what is no file of an index
 */
export async function damagedFiles(dir: string): Promise<DamagedFile[]> {
  await requireConfined(dir);
  const { store, sealed } = await readManifest(dir);
  const record = await findAnnRecord(dir).catch((error: unknown) => {
    if (error instanceof XqgError && error.code === 'XQG_ANN_DAMAGED') return 'damaged' as const;
    throw error;
  });
  const damaged: DamagedFile[] = [];
  const add = (kind: DamagedFile['kind'], paths: readonly string[]) => {
    for (const path of paths) damaged.push({ path, kind });
  };
  if (store === undefined && sealed !== null) {
    add('store', await changedFiles(storeFolder(dir)));
    add('lexical', await damagedSegments(dir, sealed.segments));
  }
  if (record === 'damaged') add('ann', [annRecordPath(dir)]);
  else if (record !== null) add('ann', await changedFiles(annFolder(dir, record)));
  return damaged;
}

/**
 * Files of a folder that do not fit its checksums, or the file of these where it cannot be read;
 * what is gone is not among them.
 */
export async function changedFiles(
  folder: string,
  isAmong: (name: string) => boolean = () => true,
): Promise<string[]> {
  const sums = await readChecksums(folder);
  if (sums === null) return [join(folder, FILE)];
  const changed: string[] = [];
  for (const name of await filesOf(folder)) {
    if (!isAmong(name)) continue;
    const path = join(folder, name);
    if (name in sums && (await sha256OfFiles(path)) !== sums[name]) changed.push(path);
  }
  return changed;
}

/** null if there are none that can be read. */
async function readChecksums(folder: string): Promise<Checksums | null> {
  try {
    const { files } = unsealedJson(await readSmallFile(join(folder, FILE), LARGEST));
    return checksums.parse(files);
  } catch {
    return null;
  }
}

/** In alphabetical order, with slashes. */
async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => slashed(relative(folder, join(entry.parentPath, entry.name))))
    .filter((name) => !UNCHECKED.test(name))
    .sort();
}

function slashed(path: string): string {
  return path.replaceAll(sep, '/');
}
