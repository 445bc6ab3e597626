/**
 * The folder of data sets: fetches files into it and verifies them. For files without a hash in the
 * catalog, the hash of the first download is recorded in `hashes.json`.
 */

import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { replaceAtomically, writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { sha256OfFiles } from '../../base/identity.js';
import { CARDS, type DataCard, type DataFile } from './cards.js';
import type { DataSource } from './collection.js';
import { type DownloadOptions, download } from './download.js';
import { unreadable } from './lines.js';

/**
 * `whole`: the hash is that of the catalog. `recorded`: the catalog has no hash, and the file is as
 * it was first downloaded. `changed`: the hash differs. `unrecorded`: no hash is known.
 */
export type FileState = 'whole' | 'recorded' | 'changed' | 'unrecorded' | 'missing';

export interface CheckedFile {
  readonly path: string;
  readonly state: FileState;
  /** Hex; null if the file is missing. */
  readonly sha256: string | null;
}

export interface GetOptions extends Pick<DownloadOptions, 'signal' | 'attempts' | 'waitMs'> {
  /** Folder with the layout of a data folder, to copy from instead of downloading. */
  readonly from?: string;
  /** Reports the share of a file that has been fetched, in [0, 1]; null if unknown. */
  readonly onProgress?: (path: string, share: number | null) => void;
}

type Hashes = Record<string, { sha256: string; url: string; date: string }>;

/**
 * The card of a data set and its files in some languages; all languages by default.
 * @throws XqgError XQG_DATA_UNKNOWN when there is no such data set or language
 */
export function filesOf(
  name: string,
  langs?: readonly string[],
): { card: DataCard; files: readonly DataFile[] } {
  const card = CARDS.find((each) => each.name === name);
  if (card === undefined) {
    const known = CARDS.map((each) => each.name).join(', ');
    throw new XqgError('XQG_DATA_UNKNOWN', { what: `data set "${name}"`, known });
  }
  const present = [...new Set(card.files.map(({ lang }) => lang))];
  for (const lang of langs ?? []) {
    if (present.includes(lang)) continue;
    throw new XqgError('XQG_DATA_UNKNOWN', {
      what: `language "${lang}" of ${name}`,
      known: present.join(', '),
    });
  }
  return { card, files: card.files.filter(({ lang }) => langs?.includes(lang) ?? true) };
}

/**
 * Fetches the files that are missing or differ from their hash.
 *
 * @returns the state of each file afterwards
 * @throws XqgError XQG_DOWNLOAD when a download fails
 * @throws XqgError XQG_DOWNLOAD_HASH when a file differs from its hash
 * @throws XqgError XQG_DATA_MISSING when `from` lacks a file
 */
export async function getFiles(
  folder: string,
  files: readonly DataFile[],
  { from, onProgress = () => {}, ...options }: GetOptions = {},
): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const file of files) {
    const before = await checkFile(folder, file);
    if (before.state === 'whole' || before.state === 'recorded') {
      checked.push(before);
      continue;
    }
    onProgress(file.path, 0);
    const expected = file.sha256 ?? (await readHashes(folder))[file.path]?.sha256 ?? null;
    const target = join(folder, file.path);
    const onBytes = (done: number, total: number | null) =>
      onProgress(file.path, total === null ? null : done / total);
    const found =
      from === undefined
        ? await download(file.url, target, { ...options, sha256: expected, onBytes })
        : await copy(join(from, file.path), target, expected);
    if (file.sha256 === null) await record(folder, file, found.sha256);
    checked.push({
      path: file.path,
      state: file.sha256 === null ? 'recorded' : 'whole',
      sha256: found.sha256,
    });
  }
  return checked;
}

/** Compares files with their hashes. */
export async function checkFiles(
  folder: string,
  files: readonly DataFile[],
): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const file of files) checked.push(await checkFile(folder, file));
  return checked;
}

async function checkFile(folder: string, { path, sha256 }: DataFile): Promise<CheckedFile> {
  const target = join(folder, path);
  if (!(await exists(target))) return { path, state: 'missing', sha256: null };
  const found = await sha256OfFiles(target);
  const expected = sha256 ?? (await readHashes(folder))[path]?.sha256;
  if (expected === undefined) return { path, state: 'unrecorded', sha256: found };
  const state = found !== expected ? 'changed' : sha256 === null ? 'recorded' : 'whole';
  return { path, state, sha256: found };
}

async function copy(
  source: string,
  target: string,
  expected: string | null,
): Promise<{ sha256: string }> {
  if (!(await exists(source))) throw new XqgError('XQG_DATA_MISSING', { file: source });
  await mkdir(dirname(target), { recursive: true });
  return replaceAtomically(target, async (temporary) => {
    await copyFile(source, temporary);
    const found = await sha256OfFiles(temporary);
    if (expected !== null && found !== expected)
      throw new XqgError('XQG_DOWNLOAD_HASH', { url: source, found, expected });
    return { sha256: found };
  });
}

async function record(folder: string, { path, url }: DataFile, sha256: string): Promise<void> {
  const hashes = {
    ...(await readHashes(folder)),
    [path]: { sha256, url, date: new Date().toISOString() },
  };
  await writeAtomically(join(folder, 'hashes.json'), `${JSON.stringify(hashes, null, 1)}\n`);
}

async function readHashes(folder: string): Promise<Hashes> {
  const file = join(folder, 'hashes.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as Hashes;
  } catch (cause) {
    const remedy = 'Delete it; the hashes are recorded again.';
    throw new XqgError(
      'XQG_EVALUATION_FILE',
      { file, reason: 'it is not JSON', remedy },
      { cause },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The sha256 (hex) of a file of any size.
 * @throws XqgError XQG_EVALUATION_FILE where it cannot be read
 */
export async function sourceOf(file: string): Promise<DataSource> {
  const sha256 = await sha256OfFiles(file).catch((error) => {
    throw unreadable(file, error);
  });
  return { file: basename(file), sha256 };
}
