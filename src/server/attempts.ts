/**
 * Wrong keys from one address: after some of them, further keys are not even looked at for a while.
 * Keys that worked from that address before go on working, since many clients may be behind it.
 */
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { XqgError } from '../base/errors.js';

/** Wrong keys within the window. */
const LIMIT = 20;
const WINDOW_MS = 60_000;
/** Addresses, and keys of addresses, that are remembered. */
const KEPT = 10_000;

export class KeyAttempts {
  readonly #failures = new LRUCache<string, { count: number; readonly until: number }>({
    max: KEPT,
    ttl: WINDOW_MS,
  });
  readonly #worked = new LRUCache<string, true>({ max: KEPT });

  /**
   * Checks a key by what `check` does.
   * @param network from `networkOf`
   * @throws XqgError XQG_KEY_ATTEMPTS, and what `check` throws
   */
  async check<T>(network: string, key: string, check: (key: string) => Promise<T>): Promise<T> {
    const failures = this.#failures.get(network);
    const name = `${network} ${key}`;
    if (failures !== undefined && failures.count >= LIMIT && !this.#worked.has(name)) {
      const seconds = Math.max(1, Math.ceil((failures.until - Date.now()) / 1000));
      throw new XqgError('XQG_KEY_ATTEMPTS', { limit: LIMIT, seconds });
    }
    try {
      const checked = await check(key);
      this.#worked.set(name, true);
      return checked;
    } catch (error) {
      this.#worked.delete(name);
      if (failures !== undefined) failures.count++;
      else this.#failures.set(network, { count: 1, until: Date.now() + WINDOW_MS });
      throw error;
    }
  }
}

/** The address of a client; of IPv6 its network of 64 bits, all of which one client may have. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1];
  const [head, tail] = address.split('%')[0].split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
