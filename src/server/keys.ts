/**
 * API keys in a file: only their sha256 is stored (a key is 256 random bits, so a slow hash would
 * add nothing), with what each may do. Logs and errors show the first eight hex digits. The file
 * may change while a server runs.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rmdir, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { writeAtomically } from '../base/atomic-write.js';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { lockIndex, type WriterLock } from '../indexing/locks.js';
import { parseFilters } from '../search/filters.js';
import { type Access, RIGHTS } from './access.js';

const filter = z.string().refine((text) => {
  try {
    return Boolean(parseFilters([text]));
  } catch {
    return false;
  }
}, 'is not a condition such as team=red');

const keySchema = z.strictObject({
  name: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a sha256'),
  /** null: all that the server has. */
  indexes: z.array(z.string()).nullable(),
  rights: z.array(z.enum(RIGHTS)),
  filters: z.array(filter),
  created: z.string(),
});
const fileSchema = z.strictObject({ keys: z.array(keySchema) });

/** A key as the file holds it. */
export type StoredKey = z.output<typeof keySchema>;

const FINGERPRINT = 8;
/** How often the file is checked for changes, in milliseconds. */
const FRESH_MS = 1000;

export function fingerprintOf({ sha256 }: Pick<StoredKey, 'sha256'>): string {
  return sha256.slice(0, FINGERPRINT);
}

/** @throws XqgError XQG_KEY_FILE */
export async function readKeys(file: string): Promise<StoredKey[]> {
  const fail = (reason: string, cause?: unknown) =>
    new XqgError('XQG_KEY_FILE', { file, reason }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw fail((cause as Error).message, cause);
  }
  const { data, error } = fileSchema.safeParse(value);
  if (error) {
    throw fail(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  return data.keys;
}

/**
 * Makes a key and adds it to the file, which is made if absent.
 * @returns the key itself: it is nowhere else
 * @throws XqgError XQG_KEY_FILE, XQG_KEY_NAMED
 */
export async function addKey(
  file: string,
  { name, indexes, rights, filters }: Omit<StoredKey, 'sha256' | 'created'>,
): Promise<{ key: string; stored: StoredKey }> {
  return withLock(file, async () => {
    const keys = await keysIfThere(file);
    if (keys.some((known) => known.name === name)) {
      throw new XqgError('XQG_KEY_NAMED', { file, name, state: 'has' });
    }
    const key = `xqg_${randomBytes(32).toString('base64url')}`;
    const created = new Date().toISOString();
    const stored = keySchema.parse({
      name,
      sha256: sha256(key),
      indexes,
      rights,
      filters,
      created,
    });
    await writeKeys(file, [...keys, stored]);
    return { key, stored };
  });
}

/** @throws XqgError XQG_KEY_FILE, XQG_KEY_NAMED if there is none of that name */
export async function removeKey(file: string, name: string): Promise<void> {
  await withLock(file, async () => {
    const keys = await readKeys(file);
    const others = keys.filter((known) => known.name !== name);
    if (others.length === keys.length)
      throw new XqgError('XQG_KEY_NAMED', { file, name, state: 'lacks' });
    await writeKeys(file, others);
  });
}

/** The keys of a file, read again when the file changes. */
export class KeyRing {
  #checked = Date.now();

  private constructor(
    readonly file: string,
    private keys: ReadonlyMap<string, StoredKey>,
    private modified: number,
  ) {}

  /** @throws XqgError XQG_KEY_FILE */
  static async open(file: string): Promise<KeyRing> {
    return new KeyRing(file, byHash(await readKeys(file)), await modifiedAt(file));
  }

  /** @throws XqgError XQG_KEY_UNKNOWN */
  async access(key: string): Promise<Access> {
    await this.#renew();
    // Looked up by the hash of what was sent: how long it takes says nothing about a key.
    const hash = sha256(key);
    const stored = this.keys.get(hash);
    const fingerprint = fingerprintOf({ sha256: hash });
    if (stored === undefined) throw new XqgError('XQG_KEY_UNKNOWN', { fingerprint });
    const { indexes, rights, filters } = stored;
    return { fingerprint, indexes, rights, filters };
  }

  /** A file that cannot be read leaves the keys as they were. */
  async #renew(): Promise<void> {
    if (Date.now() - this.#checked < FRESH_MS) return;
    this.#checked = Date.now();
    const modified = await modifiedAt(this.file);
    if (modified === this.modified) return;
    this.keys = byHash(await readKeys(this.file).catch(() => [...this.keys.values()]));
    this.modified = modified;
  }
}

function byHash(keys: readonly StoredKey[]): ReadonlyMap<string, StoredKey> {
  return new Map(keys.map((key) => [key.sha256, key]));
}

async function modifiedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.mtimeMs ?? 0;
}

async function keysIfThere(file: string): Promise<StoredKey[]> {
  return (await modifiedAt(file)) === 0 ? [] : readKeys(file);
}

/** How long a command waits for others that change the file, and how often it looks (ms). */
const LOCK_WAIT = 10_000;
const LOCK_EVERY = 20;

/** Runs `change` while no other command changes the file. */
async function withLock<T>(file: string, change: () => Promise<T>): Promise<T> {
  const folder = `${file}.lock`;
  const lock = await lockFolder(file, folder);
  try {
    return await change();
  } finally {
    await lock.release();
    // Others may wait there.
    await rmdir(folder).catch(() => undefined);
  }
}

/** @throws XqgError XQG_KEY_FILE if others hold the lock for too long */
async function lockFolder(file: string, folder: string): Promise<WriterLock> {
  for (const deadline = Date.now() + LOCK_WAIT; ; ) {
    try {
      return await lockIndex(folder);
    } catch (cause) {
      const code = (cause as { code?: string }).code ?? '';
      if (!['XQG_INDEX_LOCKED', 'ENOENT'].includes(code)) throw cause;
      const reason = 'another command is changing it';
      if (Date.now() > deadline) throw new XqgError('XQG_KEY_FILE', { file, reason }, { cause });
      // Two that met must not meet again.
      await setTimeout(LOCK_EVERY * (1 + Math.random()));
    }
  }
}

async function writeKeys(file: string, keys: readonly StoredKey[]): Promise<void> {
  await writeAtomically(file, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
}
