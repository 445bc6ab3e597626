import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CARDS, type DataFile } from '../../../src/evaluate/data/cards.js';
import { checkFiles, filesOf, getFiles } from '../../../src/evaluate/data/data-folder.js';
import { download } from '../../../src/evaluate/data/download.js';
import { xqg } from '../../cli/run-xqg.js';
import { shared } from '../../support/shared.js';

const folder = () => mkdtempSync(join(tmpdir(), 'xqg-download-'));
const BODY = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) % 251));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Served {
  readonly url: string;
  /** The requested ranges; '' for the whole file. */
  readonly ranges: string[];
}

/** A server with one handler per request; the last handler serves all further requests. */
async function serve(
  ...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]
): Promise<Served> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)];
    ranges.push(request.headers.range ?? '');
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges };
}

/** Sends the body, or the requested range if the version is the same. */
function whole(body: Buffer = BODY, etag = '"v1"') {
  return (request: IncomingMessage, response: ServerResponse) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from === 0 || request.headers['if-range'] !== etag) {
      response.writeHead(200, { etag, 'content-length': body.length }).end(body);
      return;
    }
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    const headers = { etag, 'content-length': body.length - from, 'content-range': range };
    response.writeHead(206, headers).end(body.subarray(from));
  };
}

const unfinished: { readonly response: ServerResponse; readonly bytes: number }[] = [];

/** Sends some bytes, and closes the connection when the client has them (see `hangUp`). */
function broken(bytes: number, etag = '"v1"') {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { etag, 'content-length': BODY.length });
    response.write(BODY.subarray(0, bytes));
    unfinished.push({ response, bytes });
  };
}

/** Closes the connections whose bytes have arrived. */
function hangUp(received: number): void {
  for (const { response, bytes } of unfinished) if (received >= bytes) response.destroy();
}

const status = (code: number) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(code).end('no');
};

const quick = { sha256: sha256(BODY), waitMs: 1, onBytes: hangUp };

describe('download', () => {
  it('resumes after a broken connection and requests only the rest', async () => {
    const { url, ranges } = await serve(broken(70_000), whole());
    const target = join(folder(), 'deep', 'file');
    const told: number[] = [];
    const onBytes = (done: number): void => {
      told.push(done);
      hangUp(done);
    };
    const found = await download(url, target, { ...quick, onBytes });
    expect(found).toEqual({ sha256: sha256(BODY), bytes: BODY.length });
    expect(readFileSync(target).equals(BODY)).toBe(true);
    expect(ranges).toEqual(['', 'bytes=70000-']);
    expect(told.at(-1)).toBe(BODY.length);
    expect([existsSync(`${target}.part`), existsSync(`${target}.part.etag`)]).toEqual([
      false,
      false,
    ]);
  });

  it('keeps the partial file if every attempt fails, and resumes in a later run', async () => {
    const target = join(folder(), 'file');
    const first = await serve(broken(50_000), status(503));
    await expect(download(first.url, target, { ...quick, attempts: 2 })).rejects.toMatchObject({
      code: 'XQG_DOWNLOAD',
      message: expect.stringContaining('503'),
    });
    expect(existsSync(target)).toBe(false);
    expect(readFileSync(`${target}.part`)).toHaveLength(50_000);
    const later = await serve(whole());
    await download(later.url, target, quick);
    expect(later.ranges).toEqual(['bytes=50000-']);
    expect(readFileSync(target).equals(BODY)).toBe(true);
  });

  it('starts again if the file has changed or its version is unknown', async () => {
    for (const etag of ['"v2"', 'W/"weak"']) {
      const target = join(folder(), 'file');
      const { url } = await serve(
        broken(50_000, etag === '"v2"' ? '"v1"' : etag),
        whole(BODY, etag),
      );
      await download(url, target, quick);
      expect(readFileSync(target).equals(BODY)).toBe(true);
    }
  });

  it('accepts a partial file that is complete', async () => {
    const target = join(folder(), 'file');
    writeFileSync(`${target}.part`, BODY);
    writeFileSync(`${target}.part.etag`, '"v1"');
    const { url } = await serve((_, response) => {
      response.writeHead(416, { 'content-range': `bytes */${BODY.length}` }).end();
    });
    expect((await download(url, target, quick)).bytes).toBe(BODY.length);
  });

  it('deletes a file with a wrong hash', async () => {
    const target = join(folder(), 'file');
    const { url } = await serve(whole(Buffer.from('something else')));
    await expect(download(url, target, quick)).rejects.toMatchObject({ code: 'XQG_DOWNLOAD_HASH' });
    expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false]);
  });

  it('does not retry a file that does not exist', async () => {
    const { url, ranges } = await serve(status(404));
    await expect(download(url, join(folder(), 'file'), quick)).rejects.toThrow(
      'the server answers 404 Not Found',
    );
    expect(ranges).toHaveLength(1);
  });

  it('retries when the server is busy', async () => {
    const { url, ranges } = await serve(status(429), status(500), whole());
    await download(url, join(folder(), 'file'), quick);
    expect(ranges).toHaveLength(3);
  });

  it('fails if the server truncates the file in every attempt', async () => {
    const { url, ranges } = await serve(broken(1000));
    await expect(
      download(url, join(folder(), 'file'), { ...quick, attempts: 3 }),
    ).rejects.toMatchObject({
      code: 'XQG_DOWNLOAD',
    });
    expect(ranges).toHaveLength(3);
  });

  it('stops when aborted', async () => {
    const { url } = await serve(status(503));
    const signal = AbortSignal.timeout(50);
    await expect(
      download(url, join(folder(), 'file'), { ...quick, waitMs: 10_000, signal }),
    ).rejects.toThrow();
  });
});

describe('getFiles and checkFiles', () => {
  const file = (url: string, hash: string | null): DataFile => ({
    path: 'set/file',
    url,
    lang: 'en',
    sha256: hash,
    bytes: null,
  });

  it('fetch missing and changed files once', async () => {
    const { url, ranges } = await serve(whole());
    const directory = folder();
    const files = [file(url, sha256(BODY))];
    expect(await checkFiles(directory, files)).toEqual([
      { path: 'set/file', state: 'missing', sha256: null },
    ]);
    expect((await getFiles(directory, files))[0].state).toBe('whole');
    expect((await getFiles(directory, files))[0].state).toBe('whole');
    expect(ranges).toHaveLength(1);
    writeFileSync(join(directory, 'set', 'file'), 'damaged');
    expect((await checkFiles(directory, files))[0].state).toBe('changed');
    await getFiles(directory, files);
    expect((await checkFiles(directory, files))[0].state).toBe('whole');
  });

  it('record the hash of a file at its first download, and require it later', async () => {
    const { url } = await serve(whole(), whole(Buffer.from('another version')));
    const directory = folder();
    const files = [file(url, null)];
    expect((await getFiles(directory, files))[0]).toEqual({
      path: 'set/file',
      state: 'recorded',
      sha256: sha256(BODY),
    });
    expect(
      JSON.parse(readFileSync(join(directory, 'hashes.json'), 'utf8'))['set/file'],
    ).toMatchObject({
      sha256: sha256(BODY),
      url,
    });
    writeFileSync(join(directory, 'set', 'file'), 'damaged');
    expect((await checkFiles(directory, files))[0].state).toBe('changed');
    await expect(getFiles(directory, files)).rejects.toMatchObject({ code: 'XQG_DOWNLOAD_HASH' });
  });

  it('copy from a folder instead of downloading', async () => {
    const from = folder();
    mkdirSync(join(from, 'set'));
    writeFileSync(join(from, 'set', 'file'), BODY);
    const directory = folder();
    const unreachable = 'http://127.0.0.1:1/file';
    expect((await getFiles(directory, [file(unreachable, sha256(BODY))], { from }))[0].state).toBe(
      'whole',
    );
    const wrong = [file(unreachable, sha256(Buffer.from('x')))];
    await expect(getFiles(folder(), wrong, { from })).rejects.toMatchObject({
      code: 'XQG_DOWNLOAD_HASH',
    });
    await expect(getFiles(folder(), wrong, { from: folder() })).rejects.toMatchObject({
      code: 'XQG_DATA_MISSING',
    });
    await expect(getFiles(folder(), wrong, { attempts: 1 })).rejects.toMatchObject({
      code: 'XQG_DOWNLOAD',
    });
  });
});

describe('the catalog', () => {
  it('lists every file once, with or without a hash', () => {
    const files = CARDS.flatMap((card) => card.files);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { url, sha256: hash, bytes } of files) {
      expect(new URL(url).protocol).toBe('https:');
      expect(hash === null ? bytes === null : /^[0-9a-f]{64}$/.test(hash)).toBe(true);
    }
  });

  it('finds files by name and language', () => {
    expect(filesOf('xquad-r', ['th']).files.map(({ path }) => path)).toEqual(['xquad-r/th.json']);
    expect(() => filesOf('squad')).toThrow('data set "squad"');
    expect(() => filesOf('mlqa-r', ['th'])).toThrow('language "th" of mlqa-r');
  });

  const evaluation = shared('data/eval');
  it.skipIf(!evaluation)('matches the published files (needs XQG_SHARED data/eval)', async () => {
    const dir = folder();
    const names = ['xquad', 'xquad-r', 'mlqa-r'];
    const got = await xqg('data', 'get', ...names, '--dir', dir, '--from', evaluation!, '--json');
    expect(got.code).toBe(0);
    const { files } = JSON.parse(got.stdout) as { files: { state: string }[] };
    expect(files).toHaveLength(29);
    expect(new Set(files.map(({ state }) => state))).toEqual(new Set(['whole']));
    writeFileSync(join(dir, 'xquad-r', 'th.json'), '{}');
    const checked = await xqg('data', 'check', 'xquad-r', '--dir', dir);
    expect([checked.code, checked.stderr.includes('1 of 11 files')]).toEqual([1, true]);
    expect(checked.stdout).toMatch(/xquad-r\/th\.json +changed/);
  });

  it('is documented', async () => {
    const { stdout, code } = await xqg('data', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/mlqa-r +CC-BY-NC-4\.0 +7 +verified/);
    expect(stdout).toMatch(/xor-tydi +MIT +1 +unverified/);
  });
});
