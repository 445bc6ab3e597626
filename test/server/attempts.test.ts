import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkOf } from '../../src/server/attempts.js';
import { addKey, KeyRing, readKeys, removeKey } from '../../src/server/keys.js';
import { EXECUTABLE } from '../cli/run-xqg.js';
import { type TestPlace, testPlace } from './served.js';

let place: TestPlace;
beforeAll(async () => {
  place = await testPlace();
});
afterAll(() => place.end());

const rights = (name: string) => ({
  name,
  indexes: null,
  rights: ['search' as const],
  filters: [],
});

describe('wrong keys', () => {
  it('are no longer looked at after some of them, from that address', async () => {
    const file = join(place.home, 'attempts.json');
    const { key: known } = await addKey(file, rights('known'));
    const { key: fresh } = await addKey(file, rights('fresh'));
    const server = await place.serve({ keys: await KeyRing.open(file), rate: 0 });
    const ask = async (key: string, remoteAddress = '203.0.113.5') => {
      const headers = { authorization: `Bearer ${key}` };
      return (await server.inject({ url: '/api/indexes', headers, remoteAddress })).statusCode;
    };
    expect(await ask(known)).toBe(200);
    const codes: number[] = [];
    for (let i = 0; i < 25; i++) codes.push(await ask(`xqg_guess${i}`));
    expect(codes.filter((code) => code === 401)).toHaveLength(20);
    expect(codes.slice(20)).toEqual([429, 429, 429, 429, 429]);
    // A right guess looks like a wrong one; a key that worked from there goes on working.
    expect(await ask(fresh)).toBe(429);
    expect(await ask(known)).toBe(200);
    expect(await ask(fresh, '203.0.113.6')).toBe(200);
    const headers = { authorization: 'Bearer xqg_more' };
    const refused = await server.inject({
      url: '/api/indexes',
      headers,
      remoteAddress: '203.0.113.5',
    });
    expect(refused.json().error.code).toBe('XQG_KEY_ATTEMPTS');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // A key that was revoked has no past.
    await removeKey(file, 'known');
    await expect.poll(() => ask(known), { timeout: 5000 }).toBe(401);
    expect(await ask(known)).toBe(429);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s count for %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('the file of keys', () => {
  it('gets every key, whoever adds them at the same time', async () => {
    const file = join(place.home, 'parallel.json');
    const names = Array.from({ length: 8 }, (_, i) => `key${i}`);
    const made = await Promise.all(names.map((name) => addKey(file, rights(name))));
    expect((await readKeys(file)).map(({ name }) => name).sort()).toEqual(names);
    const ring = await KeyRing.open(file);
    for (const { key } of made) expect((await ring.access(key)).rights).toEqual(['search']);
    await Promise.all(names.slice(0, 5).map((name) => removeKey(file, name)));
    expect((await readKeys(file)).map(({ name }) => name).sort()).toEqual(names.slice(5));
    expect(readdirSync(place.home)).not.toContain('parallel.json.lock');
  });

  it('gets every key of commands that run at the same time', async () => {
    const file = join(place.home, 'commands.json');
    const add = (name: string) =>
      promisify(execFile)(process.execPath, [EXECUTABLE, 'keys', 'add', name, '--file', file]);
    const made = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(add));
    const ring = await KeyRing.open(file);
    for (const { stdout } of made) await ring.access(stdout.trim());
    expect(await readKeys(file)).toHaveLength(6);
  });
});
