import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseAddress } from '../../src/store/opensearch/address.js';
import { Connection } from '../../src/store/opensearch/connection.js';
import { Documents } from '../../src/store/opensearch/documents.js';

const FOUND = { hits: { total: { value: 1 }, hits: [{ _id: 'a' }] } };
const ERRORS = {
  later: { status: 503, error: { type: 'no_shard_available_action_exception', reason: 'no node' } },
  partly: { ...FOUND, _shards: { failed: 1 } },
  wrong: { status: 400, error: { type: 'parsing_exception', reason: 'no such thing' } },
};

/** A server that answers searches with these responses in turn, and then with hits. */
async function asked(answers: (keyof typeof ERRORS)[], patience: number) {
  const left = [...answers];
  const server = createServer((_, response) => {
    const next = left.shift();
    response.setHeader('content-type', 'application/json');
    // The request succeeds, but one of its two searches fails.
    response.end(JSON.stringify({ responses: [FOUND, next === undefined ? FOUND : ERRORS[next]] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = new Connection(parseAddress(`opensearch://127.0.0.1:${port}/some`), {
    patience,
  });
  try {
    return await new Documents(connection, 'some-1').search([{}, {}]);
  } finally {
    connection.close();
    server.close();
    server.closeAllConnections();
  }
}

it('waits for shards without a node, even if only one of several searches reports them', async () => {
  const found = await asked(['later', 'partly'], 10_000);
  expect(found.map(({ total }) => total)).toEqual([1, 1]);
});

it('fails after a time limit, and at once if waiting does not help', async () => {
  await expect(asked(Array(99).fill('later'), 300)).rejects.toMatchObject({
    code: 'XQG_STORE_BUSY',
  });
  const began = performance.now();
  await expect(asked(['wrong'], 60_000)).rejects.toMatchObject({ code: 'XQG_STORE_REJECTED' });
  expect(performance.now() - began).toBeLessThan(10_000);
});
