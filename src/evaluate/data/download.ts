/**
 * Downloads a file completely or not at all. After a broken connection the download is resumed, and
 * the file gets its name only after its hash has been verified.
 */
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pRetry, { AbortError } from 'p-retry';
import { XqgError } from '../../base/errors.js';
import { sha256OfFiles } from '../../base/identity.js';

export interface DownloadOptions {
  /** Hex; null if unknown. */
  readonly sha256: string | null;
  /** Maximum number of attempts; 5 by default. */
  readonly attempts?: number;
  /** Delay before the second attempt, which doubles with each further one; 1,000 by default. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Reports the bytes received so far; `total` is null if the server does not state it. */
  readonly onBytes?: (done: number, total: number | null) => void;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
}

/** Statuses after which another attempt may help. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Downloads `url` to `target`, resuming from `target.part` if it exists and the file has not
 * changed on the server.
 *
 * @throws XqgError XQG_DOWNLOAD when the server refuses or all attempts fail; the partial file
 * stays
 * @throws XqgError XQG_DOWNLOAD_HASH when the file has another hash; it is deleted
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
  const found = await sha256OfFiles(part);
  if (options.sha256 !== null && found !== options.sha256) {
    await rm(part);
    await rm(`${part}.etag`, { force: true });
    throw new XqgError('XQG_DOWNLOAD_HASH', { url, found, expected: options.sha256 });
  }
  await rename(part, target);
  await rm(`${part}.etag`, { force: true });
  return { sha256: found, bytes: await sizeOf(target) };
}

/**
 * Downloads the rest of a partial file.
 *
 * @throws XqgError XQG_DOWNLOAD when a request fails, wrapped in an AbortError if retrying is
 * useless
 */
async function fetchRest(
  url: string,
  part: string,
  { signal, onBytes = () => {} }: DownloadOptions,
): Promise<void> {
  const size = await sizeOf(part);
  const etag = await readFile(`${part}.etag`, 'utf8').catch(() => '');
  // Without an ETag, the rest might come from another version of the file.
  const from = etag === '' ? 0 : size;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) Object.assign(headers, { range: `bytes=${from}-`, 'if-range': etag });
  const response = await fetch(url, { headers, signal });
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 416) {
    await response.body?.cancel();
    if (response.headers.get('content-range') === `bytes */${from}`) return;
    await rm(part);
    throw refused(url, 503, 'the partial file does not fit');
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
    // A weak ETag does not guarantee equal bytes.
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
