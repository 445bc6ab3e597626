import { afterEach, describe, expect, it } from 'vitest';
import { queueAddress } from '../../../src/indexing/workers/queue-address.js';
import { queueStatus } from '../../../src/indexing/workers/queue-status.js';
import { freePort } from './redis.js';

afterEach(() => {
  delete process.env.XQG_QUEUE_PASSWORD;
});

describe('the address of a queue', () => {
  it('is taken apart, and shown without credentials', () => {
    expect(queueAddress('rediss://me:s%40fe@example.org/3')).toEqual({
      shown: 'rediss://example.org:6379/3',
      host: 'example.org',
      port: 6379,
      db: 3,
      username: 'me',
      password: 's@fe',
      tls: true,
    });
    expect(queueAddress('redis://[::1]:7000')).toMatchObject({
      host: '::1',
      shown: 'redis://[::1]:7000',
    });
  });

  it('takes the password from the environment where it has none', () => {
    process.env.XQG_QUEUE_PASSWORD = 'secret';
    expect(queueAddress('redis://example.org').password).toBe('secret');
    expect(queueAddress('redis://:other@example.org').password).toBe('other');
  });

  it.each(['nonsense', 'http://:secret@x', 'redis://:secret@x/abc', 'redis://'])(
    'refuses %s, and keeps it to itself',
    (url) => {
      let thrown: unknown;
      try {
        queueAddress(url);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: 'XQG_QUEUE_ADDRESS' });
      expect(JSON.stringify([thrown, (thrown as Error).message])).not.toContain('secret');
    },
  );

  it('says that nobody answers, without credentials', async () => {
    const port = await freePort();
    const error = await queueStatus(`redis://me:secret@127.0.0.1:${port}`).catch(
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'XQG_QUEUE_UNREACHABLE' });
    expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/secret|me:/);
    expect((error as Error).message).toContain(`redis://127.0.0.1:${port}`);
  });
});
