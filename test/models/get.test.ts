import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { getModel } from '../../src/models/get.js';
import { findModel } from '../../src/models/places.js';
import { xqg } from '../cli/run-xqg.js';

const FILES: Record<string, string> = {
  'config.json': '{}',
  'tokenizer.json': '{}',
  '1_Pooling/config.json': '{}',
  'onnx/model.onnx': 'graph',
  'onnx/model_quantized.onnx': 'small graph',
  'README.md': 'no',
};
let folder: string;
let hub: Server;
let fetched: string[];
let damaged: boolean;
/** Names that the hub lists besides. */
let listed: string[];
/** Where the hub says that the graph is; null: here. */
let redirect: string | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-get-'));
  fetched = [];
  damaged = false;
  listed = [];
  redirect = null;
  hub = createServer((request, response) => {
    const path = request.url!.split('?')[0];
    if (path === '/api/models/a/b') {
      const siblings = Object.entries(FILES).map(([rfilename, text]) => {
        const sha256 = createHash('sha256').update(text).digest('hex');
        return {
          rfilename,
          size: text.length,
          ...(rfilename.endsWith('.onnx') ? { lfs: { sha256 } } : {}),
        };
      });
      const strange = listed.map((rfilename) => ({ rfilename }));
      return void response.end(JSON.stringify({ siblings: [...siblings, ...strange] }));
    }
    if (redirect !== null && path.endsWith('/model.onnx'))
      return void response.writeHead(302, { location: redirect }).end();
    const text = FILES[path.replace('/a/b/resolve/main/', '')];
    if (text === undefined) return void response.writeHead(404).end();
    fetched.push(path.replace('/a/b/resolve/main/', ''));
    response.end(damaged ? text.replace('g', 'x') : text);
  });
  await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(hub.address() as AddressInfo).port}`);
  vi.stubEnv('XQG_MODELS', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => hub.close(done));
  rmSync(folder, { recursive: true });
});

it('gets the files of one dtype, and none that is whole a second time', async () => {
  await getModel('a/b', '_quantized');
  expect(fetched.sort()).toEqual([
    '1_Pooling/config.json',
    'config.json',
    'onnx/model_quantized.onnx',
    'tokenizer.json',
  ]);
  expect(readFileSync(join(findModel('hf:a/b').folder, 'onnx/model_quantized.onnx'), 'utf8')).toBe(
    'small graph',
  );
  fetched = [];
  await getModel('a/b', '');
  expect(fetched).toEqual(['onnx/model.onnx']);
});

it('does not take a damaged file for a good one', async () => {
  damaged = true;
  await expect(getModel('a/b', '')).rejects.toMatchObject({ code: 'XQG_MODEL_DOWNLOAD' });
  expect(existsSync(join(folder, 'a/b/onnx/model.onnx'))).toBe(false);
});

it('takes no file that leaves the folder of the model', async () => {
  listed = ['../../config.json', '/etc/config.json', 'onnx/../../../model.onnx', '..\\config.json'];
  await getModel('a/b', '');
  expect(fetched.sort()).toEqual(
    Object.keys(FILES)
      .filter((name) => fetched.includes(name))
      .sort(),
  );
  expect(existsSync(join(folder, 'config.json'))).toBe(false);
  for (const name of ['../b', 'a/../../b', '/a/b', 'a/b/c'])
    await expect(getModel(name, '')).rejects.toMatchObject({ code: 'XQG_MODEL_DOWNLOAD' });
});

it('sends the token to the hub alone, also where that leads elsewhere', async () => {
  vi.stubEnv('HF_TOKEN', 'a-secret-of-the-user');
  const authorizations: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end('graph');
  });
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  redirect = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x`;
  await getModel('a/b', '');
  expect(authorizations).toEqual([undefined]);
  elsewhere.closeAllConnections();
  await new Promise((done) => elsewhere.close(done));
});

it('says what the hub lacks', async () => {
  await expect(getModel('a/b', '_q4')).rejects.toThrow(/no onnx\/model_q4\.onnx/);
  await expect(getModel('no/body', '')).rejects.toThrow(/status 404/);
});

it('lists and shows cards, with what was not run here', async () => {
  const listed = JSON.parse((await xqg('models', 'list', '--json')).stdout);
  expect(listed.length).toBeGreaterThan(10);
  const shown = await xqg('models', 'show', 'hf:intfloat/multilingual-e5-base');
  expect(shown.stdout).toMatch(/queryPrefix "query: "[\s\S]*not run here/);
  expect((await xqg('models', 'check', 'hf:no/body')).stderr).toMatch(/xqg models get hf:no\/body/);
});
