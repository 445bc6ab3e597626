/** A store behind TLS and a password, as clusters are in earnest: a proxy of the test's own stands before the real server. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeWithOpenSearch, newStoreSpec } from '../support/opensearch.js';
import { writePack } from '../support/written-pack.js';
import { start, type Told } from './run-xqg.js';

const [USER, PASSWORD] = ['indexer', 'correct horse'];

describeWithOpenSearch('a store behind TLS and a password', () => {
  const home = mkdtempSync(join(tmpdir(), 'xqg-secured-'));
  const at = (name: string): string => join(home, name);
  const [certificate, pack, corpus] = [at('certificate.pem'), at('pack'), at('corpus.jsonl')];
  let proxy: Server;
  let store: string;
  let refused = 0;

  beforeAll(async () => {
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const files = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', at('key.pem'), '-out', certificate];
    execFileSync('openssl', [...words, ...files], { stdio: 'ignore' });
    writePack(pack);
    writeFileSync(corpus, '{"id":"bees","text":"The bee makes honey.","lang":"en"}\n');
    const plain = newStoreSpec();
    const [, host, name] = /^opensearch:\/\/([^/]+)\/(.+)$/.exec(plain)!;
    const right = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
    const settings = { key: readFileSync(at('key.pem')), cert: readFileSync(certificate) };
    proxy = createServer(settings, (asked, answer) => {
      const { method, url, headers } = asked;
      if (headers.authorization !== right) {
        refused++;
        answer.writeHead(401, { 'content-type': 'text/plain' }).end('Unauthorized');
        return;
      }
      const passed = request(`http://${host}${url}`, { method, headers }, (reply) => {
        answer.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(answer);
      });
      asked.pipe(passed);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    store = `opensearchs://localhost:${(proxy.address() as AddressInfo).port}/${name}`;
    await told({}, 'index', corpus, '--index', at('index'), '--pack', pack, '--store', store);
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => {
    proxy.closeAllConnections();
    proxy.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** A process of its own: Node reads its authorities once, when it starts. */
  const told = async (env: Record<string, string | undefined>, ...words: string[]): Promise<Told> => {
    const usual = {
      XQG_OPENSEARCH_USER: USER,
      XQG_OPENSEARCH_PASSWORD: PASSWORD,
      NODE_EXTRA_CA_CERTS: certificate,
      XQG_CACHE: at('cache'),
    };
    for (const [key, value] of Object.entries({ ...usual, ...env })) vi.stubEnv(key, value);
    return start(...words).ended;
  };

  it('is made, attached and searched; neither directory nor output holds the password', async () => {
    const { code, stdout, stderr } = await told({}, 'search', 'Honig', '--store', store, '--pack', pack);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('bees');
    const status = await told({}, 'status', '--index', at('index'), '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ passages: 1, manifest: { store: expect.any(String) } });
    const kept = readFileSync(join(at('index'), 'xqg.json'), 'utf8');
    for (const text of [stdout, stderr, status.stdout, kept]) expect(text).not.toContain(PASSWORD);
    expect(kept).toContain('opensearchs://localhost');
  });

  it.each([
    ['a wrong password', { XQG_OPENSEARCH_PASSWORD: 'wrong horse' }],
    ['none', { XQG_OPENSEARCH_USER: undefined, XQG_OPENSEARCH_PASSWORD: undefined }],
  ])('is refused at once with %s', async (_, env) => {
    const before = refused;
    const { code, stderr } = await told(env, 'search', 'Honig', '--store', store, '--pack', pack);
    expect(code).toBe(1);
    expect(stderr).toContain('XQG_STORE_REFUSED');
    expect(stderr).not.toContain('horse');
    expect(refused).toBeGreaterThan(before);
  });

  it('is not trusted where its authority is unknown', async () => {
    const env = { NODE_EXTRA_CA_CERTS: undefined };
    const { code, stderr } = await told(env, 'search', 'Honig', '--store', store, '--pack', pack);
    expect(code).toBe(1);
    expect(stderr).toMatch(/XQG_STORE_UNREACHABLE.*self-signed certificate/s);
  });
});
