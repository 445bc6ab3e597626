/**
 * Downloads one file so that it is whole or not there: what a broken connection left is kept and
 * continued, and nothing gets its name before its hash was compared.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pRetry, { AbortError } from 'p-retry';
import { XqgError } from '../../base/errors.js';

export interface DownloadOptions {
  /** Hex; null: not known. */
  readonly sha256: string | null;
  /** Default 5. */
  readonly attempts?: number;
  /** Before the second attempt; each further one waits twice as long. Default 1,000. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Told of the bytes that are there; `total` is null where the server does not say. */
  readonly onBytes?: (done: number, total: number | null) => void;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
}

/** Statuses after which another attempt may help. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Downloads `url` to `target`; goes on with `target.part` if it is there and the file has not
 * changed since.
 *
 * @throws XqgError XQG_DOWNLOAD where the server refuses or the connection breaks in every attempt
 * (what came is kept), XQG_DOWNLOAD_HASH where the file is not the expected one (it is deleted)
 */
export async function download(
  url: string,
  target: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { attempts = 5, waitMs = 1000, signal } = options;
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  try {
    await pRetry(() => fetchRest(url, part, options), {
      retries: attempts - 1,
      minTimeout: waitMs,
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw asDownloadError(url, error);
  }
  const found = await hashOf(part);
  if (options.sha256 !== null && found.sha256 !== options.sha256) {
    await rm(part);
    await rm(`${part}.etag`, { force: true });
    throw new XqgError('XQG_DOWNLOAD_HASH', { url, found: found.sha256, expected: options.sha256 });
  }
  await rename(part, target);
  await rm(`${part}.etag`, { force: true });
  return found;
}

/** sha256 (hex) and size of a file. */
export async function hashOf(path: string): Promise<Downloaded> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/**
 * Appends to the part what it lacks.
 *
 * @throws XqgError XQG_DOWNLOAD; wrapped in an AbortError where another attempt is of no use
 */
async function fetchRest(
  url: string,
  part: string,
  { signal, onBytes = () => {} }: DownloadOptions,
): Promise<void> {
  const there = await sizeOf(part);
  const etag = await readFile(`${part}.etag`, 'utf8').catch(() => '');
  // Without the mark of its version a part might be continued with another file's end.
  const from = etag === '' ? 0 : there;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) Object.assign(headers, { range: `bytes=${from}-`, 'if-range': etag });
  const response = await fetch(url, { headers, signal });
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 416) {
    await response.body?.cancel();
    if (response.headers.get('content-range') === `bytes */${from}`) return;
    await rm(part);
    throw refused(url, 503, 'the part that was there does not fit');
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw refused(
      url,
      response.status,
      `the server answers ${response.status} ${response.statusText}`.trim(),
    );
  }
  const continued = response.status === 206 && Number(range?.[1]) === from;
  const length = response.headers.get('content-length');
  const start = continued ? from : 0;
  const total = length === null ? null : start + Number(length);
  if (!continued) {
    const tag = response.headers.get('etag') ?? '';
    // A weak mark promises no equal bytes.
    await writeFile(`${part}.etag`, tag.startsWith('W/') ? '' : tag);
  }
  const file = await open(part, continued ? 'a' : 'w');
  let done = start;
  try {
    for await (const chunk of response.body) {
      await file.writeFile(chunk);
      done += chunk.length;
      onBytes(done, total);
    }
  } finally {
    await file.close();
  }
  if (total !== null && done < total)
    throw refused(url, 503, `only ${done} of ${total} bytes came`);
}

function refused(url: string, status: number, reason: string): Error {
  const error = new XqgError('XQG_DOWNLOAD', { url, reason });
  return TRANSIENT.has(status) ? error : new AbortError(error);
}

function asDownloadError(url: string, error: unknown): XqgError {
  if (error instanceof XqgError) return error;
  const { message, cause } = error as Error & { cause?: Error };
  return new XqgError('XQG_DOWNLOAD', { url, reason: cause?.message ?? message }, { cause: error });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}
