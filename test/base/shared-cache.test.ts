import { expect, it } from 'vitest';
import { SharedCache } from '../../src/base/shared-cache.js';

/** Work that ends when it is told to, or aborted. */
function work() {
  const signals: AbortSignal[] = [];
  const ends: ((value: string) => void)[] = [];
  const compute = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      signals.push(signal);
      ends.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { signals, ends, compute };
}

it('computes once for all who wait, and goes on while one of them does', async () => {
  const cache = new SharedCache<string>(4);
  const { signals, ends, compute } = work();
  const [first, second] = [new AbortController(), new AbortController()];
  const gone = cache.get('a', compute, first.signal);
  const stays = cache.get('a', compute, second.signal);
  first.abort();
  await expect(gone).rejects.toHaveProperty('name', 'AbortError');
  expect([signals.length, signals[0].aborted]).toEqual([1, false]);
  ends[0]('x');
  expect(await stays).toBe('x');
  expect(await cache.get('a', compute)).toBe('x');
  expect(signals).toHaveLength(1);
});

it('ends what nobody waits for, and begins anew for the next one', async () => {
  const cache = new SharedCache<string>(4);
  const { signals, ends, compute } = work();
  const client = new AbortController();
  const gone = cache.get('a', compute, client.signal);
  client.abort();
  await expect(gone).rejects.toHaveProperty('name', 'AbortError');
  const next = cache.get('a', compute);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  ends[1]('y');
  expect(await next).toBe('y');
});

it('keeps no failure', async () => {
  const cache = new SharedCache<string>(4);
  await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await cache.get('a', async () => 'yes')).toBe('yes');
});
