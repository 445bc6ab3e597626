import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { leasedVersions, leaseVersion, lockIndex, ownMark } from '../../src/indexing/locks.js';

vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  return { ...actual, rename: vi.fn(actual.rename) };
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'xqg-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The pid of a process that has exited. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid!;
}

const put = (name: string, mark: unknown) => writeFile(join(dir, name), JSON.stringify(mark));

describe('the lock of an index', () => {
  it('admits one writer at a time, and leaves no file behind', async () => {
    const lock = await lockIndex(join(dir, 'new'));
    expect(lock.afterCrash).toBe(false);
    await expect(lockIndex(join(dir, 'new'))).rejects.toMatchObject({
      code: 'XQG_INDEX_LOCKED',
      details: { pid: process.pid, host: hostname() },
    });
    await lock.release();
    expect(await readdir(join(dir, 'new'))).toEqual([]);
    await (await lockIndex(join(dir, 'new'))).release();
  });

  it('ignores the lock of a dead process, and reports it', async () => {
    await put('writer-a.lock', { ...ownMark(), pid: await deadPid() });
    const lock = await lockIndex(dir);
    expect(lock.afterCrash).toBe(true);
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'passes over a pid that another process has now',
    async () => {
      await put('writer-a.lock', { ...ownMark(), pid: process.ppid, started: '1' });
      await (await lockIndex(dir)).release();
    },
  );

  it('respects a living process and a process on another host', async () => {
    await put('writer-a.lock', { pid: process.ppid, host: hostname(), started: null });
    await expect(lockIndex(dir)).rejects.toMatchObject({ details: { pid: process.ppid } });
    await rm(join(dir, 'writer-a.lock'));
    await put('writer-b.lock', { pid: 1, host: 'elsewhere', started: null });
    await expect(lockIndex(dir)).rejects.toMatchObject({ details: { host: 'elsewhere' } });
    expect(await readdir(dir)).toEqual(['writer-b.lock']);
  });

  it.each(['', '{"pid": 12', 'null', '\0\0\0\0'])(
    'passes over a lock that a power failure left with the content %j',
    async (content) => {
      await writeFile(join(dir, 'writer-c.lock'), content);
      const lock = await lockIndex(dir);
      expect(lock.afterCrash).toBe(true);
      await lock.release();
      expect(await readdir(dir)).toEqual([]);
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    'says where it may not write (not as root, who may everywhere)',
    async () => {
      await chmod(dir, 0o500);
      await expect(lockIndex(dir)).rejects.toMatchObject({ code: 'XQG_NO_PERMISSION' });
      await chmod(dir, 0o700);
    },
  );
});

describe('leases', () => {
  // A full disk kept an index from being searched.
  it.each(['ENOSPC', 'EROFS'])('are done without where none can be written (%s)', async (code) => {
    vi.mocked(rename).mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    const lease = await leaseVersion(dir, '1@5');
    expect(await leasedVersions(dir)).toEqual([]);
    await lease.release();
  });

  it('protect versions while their processes live', async () => {
    const one = await leaseVersion(dir, '1@5');
    const two = await leaseVersion(dir, '1@7');
    await writeFile(
      join(dir, 'readers', 'dead.lease'),
      JSON.stringify({ ...ownMark(), pid: await deadPid(), version: '1@2' }),
    );
    expect((await leasedVersions(dir)).sort()).toEqual(['1@5', '1@7']);
    await one.release();
    expect(await leasedVersions(dir)).toEqual(['1@7']);
    await two.release();
    expect(await readdir(join(dir, 'readers'))).toEqual([]);
  });
});
