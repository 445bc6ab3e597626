/** A store behind TLS and a password: a proxy of the test's own stands before the real server. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { describeWithOpenSearch, newStoreSpec } from '../support/opensearch.js';
import { securedStoreTests, writeCertificate } from '../support/secured-store.js';

const [user, password] = ['indexer', 'correct horse'];

describeWithOpenSearch('a store behind a proxy with TLS and a password', () => {
  const home = mkdtempSync(join(tmpdir(), 'xqg-secured-'));
  let proxy: Server;
  let store: string;

  beforeAll(async () => {
    writeCertificate(home);
    const [, host, name] = /^opensearch:\/\/([^/]+)\/(.+)$/.exec(newStoreSpec())!;
    const right = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const [key, cert] = ['key.pem', 'certificate.pem'].map((file) =>
      readFileSync(join(home, file)),
    );
    proxy = createServer({ key, cert }, (asked, answer) => {
      const { method, url, headers } = asked;
      if (headers.authorization !== right) {
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
  });
  afterAll(() => {
    proxy.closeAllConnections();
    proxy.close();
    rmSync(home, { recursive: true, force: true });
  });

  securedStoreTests(home, () => ({ store, user, password }));
});
