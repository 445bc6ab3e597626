/**
 * A node with OpenSearch's own security plugin: TLS, users and rights in earnest. Starts and ends
 * it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { securedStoreTests, writeCertificate } from '../support/secured-store.js';

/** HTTP port; the transport's is 100 above. */
const PORT = Number(process.env.XQG_SECURED_PORT ?? 19214);
/** Users that the plugin brings along: one with all rights, and one that may only read. */
const [user, password] = ['admin', 'admin'];
const READER = { XQG_OPENSEARCH_USER: 'readall', XQG_OPENSEARCH_PASSWORD: 'readall' };
/** A busy machine takes minutes (ms). */
const START_PATIENCE = 420_000;

describe('a store behind the security plugin', async () => {
  const root = await mkdtemp(join(tmpdir(), 'xqg-security-'));
  const store = `opensearchs://localhost:${PORT}/secured`;
  let node: ChildProcess;

  beforeAll(async () => {
    // A node is not root, and reads its files here.
    await chmod(root, 0o755);
    const env = { ...process.env, XQG_OS_SECURITY: '1' };
    const home = execFileSync('scripts/opensearch/setup.sh', { encoding: 'utf8', env }).trim();
    writeCertificate(root);
    const config = join(root, 'node', 'config');
    await mkdir(config, { recursive: true });
    for (const file of ['certificate.pem', 'key.pem'])
      await copyFile(join(root, file), join(config, file));
    const tls = (layer: string) => [
      `plugins.security.ssl.${layer}.pemcert_filepath: certificate.pem`,
      `plugins.security.ssl.${layer}.pemkey_filepath: key.pem`,
      `plugins.security.ssl.${layer}.pemtrustedcas_filepath: certificate.pem`,
    ];
    const settings = [
      'discovery.type: single-node',
      `transport.port: ${PORT + 100}`,
      'cluster.routing.allocation.disk.threshold_enabled: false',
      ...tls('transport'),
      ...tls('http'),
      'plugins.security.ssl.http.enabled: true',
      'plugins.security.nodes_dn: ["CN=localhost"]',
      'plugins.security.allow_default_init_securityindex: true',
      'plugins.security.restapi.roles_enabled: ["all_access"]',
    ];
    const log = await open(join(root, 'node.log'), 'a');
    const script = 'scripts/opensearch/start.sh';
    const words = [home, join(root, 'node'), String(PORT), ...settings];
    node = spawn(script, words, { stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    const until = Date.now() + START_PATIENCE;
    // Until users are known, everybody is refused.
    while ((await askAsAdmin('GET', '/')) !== 200) {
      if (Date.now() > until || node.exitCode !== null)
        throw new Error(
          `it does not start:\n${(await readFile(join(root, 'node.log'), 'utf8')).slice(-3000)}`,
        );
      await wait(500);
    }
  });
  afterAll(async () => {
    if (node.exitCode === null) {
      node.kill('SIGKILL');
      await once(node, 'exit');
    }
    await rm(root, { recursive: true, force: true });
  });

  const told = securedStoreTests(root, () => ({ store, user, password }));

  it('is searched by a user who may only read, who cannot write', async () => {
    // What docs/opensearch.md asks for, beside the right to read.
    const permission = {
      index_patterns: ['secured*'],
      allowed_actions: ['indices:admin/mappings/get'],
    };
    const security = '/_plugins/_security/api';
    const role = { index_permissions: [permission] };
    expect(await askAsAdmin('PUT', `${security}/roles/mappings`, role)).toBe(201);
    expect(
      await askAsAdmin('PUT', `${security}/rolesmapping/mappings`, { users: ['readall'] }),
    ).toBe(201);
    const pack = ['--pack', join(root, 'pack')];
    const found = await told(READER, 'search', 'Honig', '--store', store, ...pack);
    expect(found.code, found.stderr).toBe(0);
    expect(found.stdout).toContain('bees');
    const words = ['index', join(root, 'corpus.jsonl'), '--index', join(root, 'other'), ...pack];
    const other = store.replace('secured', 'other');
    const { code, stderr } = await told(READER, ...words, '--store', other);
    expect(code).toBe(1);
    expect(stderr).toContain('XQG_STORE_REFUSED');
  });
});

/** The status of the answer; null where none comes. */
function askAsAdmin(method: string, path: string, body?: object): Promise<number | null> {
  const settings = { method, path, port: PORT, host: 'localhost', auth: `${user}:${password}` };
  const headers = { 'content-type': 'application/json' };
  return new Promise((done) => {
    request({ ...settings, headers, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      done(answer.statusCode ?? null);
    })
      .on('error', () => done(null))
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}
