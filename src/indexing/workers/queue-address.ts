/**
 * Where a queue is: redis://user:password@host:port/db, or rediss:// for TLS. The password may also
 * come from XQG_QUEUE_PASSWORD, which other users of the machine do not see. What is shown never
 * holds credentials.
 */
import { XqgError } from '../../base/errors.js';

export interface QueueAddress {
  /** Without credentials: fit for logs, files and messages. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
}

const PORT = 6379;

/** @throws XqgError XQG_QUEUE_ADDRESS, which does not repeat the address: it may hold a password */
export function queueAddress(url: string): QueueAddress {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new XqgError('XQG_QUEUE_ADDRESS', { problem: 'that is no URL' });
  }
  const { protocol, hostname, port, pathname } = parsed;
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    throw new XqgError('XQG_QUEUE_ADDRESS', {
      problem: 'it does not begin with redis:// or rediss://',
    });
  if (hostname === '') throw new XqgError('XQG_QUEUE_ADDRESS', { problem: 'it names no host' });
  const db = pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db))
    throw new XqgError('XQG_QUEUE_ADDRESS', {
      problem: 'what follows the host is not the number of a database',
    });
  const username = decodeURIComponent(parsed.username) || undefined;
  const password =
    decodeURIComponent(parsed.password) || process.env.XQG_QUEUE_PASSWORD || undefined;
  const place = `${hostname}:${port || PORT}`;
  return {
    shown: `${protocol}//${place}${db === '' ? '' : `/${db}`}`,
    // The brackets of an IPv6 address belong to the URL.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || PORT),
    db: Number(db),
    username,
    password,
    tls: protocol === 'rediss:',
  };
}
