/**
 * The files of a Lance table, which Lance itself never syncs: what makes them durable, which
 * versions are there, and whether a version has its files whole. Lance names every version by a
 * file of its own and never changes a file, so that dropping the newest of these files leads back
 * to the version before.
 */
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFile, syncFolder } from '../../base/atomic-write.js';
import { dataFilesIn } from './version-message.js';

/** A table is named by its generation (see lance-store.ts). */
export interface VersionNumber {
  readonly generation: number;
  readonly number: number;
}

const TABLE = /^passages-(\d+)\.lance$/;
const VERSIONS = '_versions';
/** Manifests of versions count down, so that the newest comes first by name. */
const LAST_NUMBER = 2n ** 64n - 1n;
const VERSION_FILE = /^(\d{1,20})\.manifest$/;
/** Both kinds of files end with it. */
const MAGIC = 'LANC';
const FOOTER_BYTES = 16;
const LENGTH_BYTES = 4;

export const tableName = (generation: number): string => `passages-${generation}`;

export function parseVersion(version: string): VersionNumber {
  const [generation, number] = version.split('@').map(Number);
  return { generation, number };
}

export function formatVersion({ generation, number }: VersionNumber): string {
  return `${generation}@${number}`;
}

/** Folder of a table. */
export function tableFolder(dir: string, generation: number): string {
  return join(dir, `${tableName(generation)}.lance`);
}

/** Generations of the tables in the folder of a store. */
export async function generations(dir: string): Promise<number[]> {
  return (await namesIn(dir)).flatMap((name) => {
    const match = TABLE.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

/** Of the tables that have a version; 0 if there is none. */
export async function newestGeneration(dir: string): Promise<number> {
  for (const generation of (await generations(dir)).sort((a, b) => b - a))
    if ((await versionFiles(dir, generation)).length > 0) return generation;
  return 0;
}

/** Numbers of the versions of a table that are there, newest first. */
export async function versionNumbers(dir: string, generation: number): Promise<number[]> {
  return (await versionFiles(dir, generation)).map(({ number }) => number);
}

/** The file that names a version; null if it is missing. */
export async function versionPath(
  dir: string,
  { generation, number }: VersionNumber,
): Promise<string | null> {
  const files = await versionFiles(dir, generation);
  return files.find((file) => file.number === number)?.path ?? null;
}

/** Makes the versions behind `number` as if they never had been. */
export async function dropVersionsAfter(
  dir: string,
  { generation, number }: VersionNumber,
): Promise<void> {
  const after = (await versionFiles(dir, generation)).filter((file) => file.number > number);
  if (after.length === 0) return;
  // Newest first: whenever this stops, the newest one left is a whole version.
  for (const { path } of after) await rm(path, { force: true });
  await syncFolder(dirname(after[0].path));
}

/**
 * Why a version cannot be read; null if its manifest and the files that it names are whole as far
 * as their ends tell.
 */
export async function versionFault(
  dir: string,
  { generation, number }: VersionNumber,
): Promise<string | null> {
  const file = (await versionFiles(dir, generation)).find((each) => each.number === number);
  // A writer may free it between the two.
  const manifest = file && (await readFile(file.path).catch(noFile));
  if (file === undefined || manifest === undefined) return 'its file is missing';
  if (!isWhole(manifest) || manifest.length < FOOTER_BYTES) return `${file.path} is cut off`;
  const data = join(tableFolder(dir, generation), 'data');
  let names: ReadonlySet<string>;
  try {
    names = dataFilesIn(messageOf(manifest));
  } catch (cause) {
    return `${file.path} is damaged: ${(cause as Error).message}`;
  }
  for (const name of names) {
    const path = join(data, name);
    const end = await endOf(path);
    if (end === null) return `${path} is missing`;
    if (!isWhole(end)) return `${path} is cut off`;
  }
  return null;
}

/** Syncs each file of the folders of tables once. */
export class SyncedFiles {
  readonly #synced = new Set<string>();

  /** Makes everything that is in a table by now durable, newest version last. */
  async sync(table: string): Promise<void> {
    const entries = await readdir(table, { recursive: true, withFileTypes: true });
    const folders = new Set<string>();
    const files: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) {
        if (!this.#synced.has(path)) folders.add(entry.parentPath);
        this.#synced.add(path);
      } else if (!this.#synced.has(path) && !entry.name.startsWith('.tmp')) {
        files.push(path);
        folders.add(entry.parentPath);
      }
    }
    const isVersion = (path: string) => dirname(path).endsWith(VERSIONS);
    for (const path of files.filter((path) => !isVersion(path))) await this.#sync(path);
    for (const path of files.filter(isVersion)) await this.#sync(path);
    for (const folder of folders) await syncFolder(folder);
  }

  async #sync(path: string): Promise<void> {
    try {
      await syncFile(path);
      this.#synced.add(path);
    } catch (cause) {
      // Lance has renamed or removed it.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
  }
}

async function versionFiles(
  dir: string,
  generation: number,
): Promise<{ readonly number: number; readonly path: string }[]> {
  const folder = join(tableFolder(dir, generation), VERSIONS);
  return (await namesIn(folder))
    .flatMap((name) => {
      const digits = VERSION_FILE.exec(name)?.[1];
      if (digits === undefined) return [];
      const number = Number(digits.length === 20 ? LAST_NUMBER - BigInt(digits) : BigInt(digits));
      return [{ number, path: join(folder, name) }];
    })
    .sort((a, b) => b.number - a.number);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/**
 * The message at the end of a manifest, behind the transaction: its length (u32) and its bytes. The
 * footer holds where it begins (u64), the version of the format and the magic.
 * @throws Error
 */
function messageOf(manifest: Buffer): Buffer {
  const end = manifest.length - FOOTER_BYTES;
  const begin = Number(manifest.readBigUInt64LE(end)) + LENGTH_BYTES;
  if (begin > end || begin + manifest.readUInt32LE(begin - LENGTH_BYTES) !== end)
    throw new Error('it does not say where it begins');
  return manifest.subarray(begin, end);
}

function isWhole(end: Uint8Array): boolean {
  return Buffer.from(end.subarray(-MAGIC.length)).toString('latin1') === MAGIC;
}

function noFile(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

/** The last bytes of a file; null if there is none. */
async function endOf(path: string): Promise<Uint8Array | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const end = Buffer.alloc(MAGIC.length);
      await file.read(end, 0, end.length, Math.max(0, size - end.length));
      return end;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
}
