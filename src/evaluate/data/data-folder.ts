/**
 * A folder of data sets: gets files into it, and says which of them are whole. Hashes of files
 * whose card has none are recorded in `hashes.json` when they first arrive.
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

/** `whole`: as the card says. `recorded`: as it was when it first arrived; its card has no hash. */
export type FileState = 'whole' | 'recorded' | 'changed' | 'unrecorded' | 'missing';

export interface CheckedFile {
  readonly path: string;
  readonly state: FileState;
  /** Hex; null: the file is missing. */
  readonly sha256: string | null;
}

export interface GetOptions extends Pick<DownloadOptions, 'signal' | 'attempts' | 'waitMs'> {
  /** Copy from this folder, laid out as a data folder, instead of downloading. */
  readonly from?: string;
  /** Told of each file and how much of it is there, in [0, 1]; null: not known. */
  readonly onProgress?: (path: string, share: number | null) => void;
}

type Hashes = Record<string, { sha256: string; url: string; date: string }>;

/** @throws XqgError XQG_DATA_UNKNOWN naming the data sets or languages that there are */
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
 * Gets the files that are not there yet or differ from their hash.
 *
 * @returns what each file is now
 * @throws XqgError XQG_DOWNLOAD, XQG_DOWNLOAD_HASH, XQG_DATA_MISSING where `from` lacks a file
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

/** Compares the files with their hashes. */
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
