/**
 * The real server that tests of the distributed store ask: OS_URL, as scripts/opensearch/setup.sh
 * and start.sh make it. Where there is none they are skipped with a reason, but never in continuous
 * integration.
 */
import { afterAll, describe } from 'vitest';
import { parseAddress, type StoreAddress } from '../../src/store/opensearch/address.js';

const url = process.env.OS_URL;
const required = /^(1|true)$/i.test(process.env.CI ?? '');
const made = new Set<string>();
let number = 0;

/** Tests that need the server; `describe` itself where it is there, or has to be. */
export const describeWithOpenSearch = (name: string, tests: () => void): void => {
  if (url === undefined && !required) {
    describe.skip(`${name} (OS_URL names no server: docs/opensearch.md)`, tests);
    return;
  }
  describe(name, () => {
    afterAll(removeMade);
    tests();
  });
};

/** `opensearch://...` of a store that no other test has. */
export function newStoreSpec(settings = ''): string {
  const name = `xqg-test-${process.pid}-${Date.now().toString(36)}-${++number}`;
  made.add(name);
  return `opensearch://${host()}/${name}${settings}`;
}

export function newAddress(settings = ''): StoreAddress {
  return parseAddress(newStoreSpec(settings));
}

/** Asks the server itself. */
export async function askServer<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`http://${host()}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (await answer.json()) as T;
}

async function removeMade(): Promise<void> {
  for (const name of made) {
    const found = await askServer<Record<string, unknown>>('GET', `/${name}-*/_alias`);
    for (const index of Object.keys(found)) await askServer('DELETE', `/${index}`);
  }
  made.clear();
}

function host(): string {
  if (url === undefined) throw new Error('OS_URL is not set, and CI is: .ci/run starts the server');
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
