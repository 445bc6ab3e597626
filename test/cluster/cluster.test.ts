/**
 * Three nodes on loopback: one is killed while an index is built and searched, all of them are
 * killed and come back. Starts and ends its own nodes. Run by `npm run test:cluster`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewDocument, openIndex, type XqgIndex } from '../../src/index.js';

/** HTTP ports; nodes talk to each other 100 above. */
const PORTS = (process.env.XQG_CLUSTER_PORTS ?? '19211,19212,19213').split(',').map(Number);
/** A busy machine takes minutes to start three nodes (ms). */
const START_PATIENCE = 420_000;
const NODES = PORTS.map((port) => `127.0.0.1:${port}`);
const documents: NewDocument[] = Array.from({ length: 600 }, (_, i) => ({
  id: `d${i}`,
  text: `The river ${i} flows past school number ${i % 50} and the old bridge of ${(i * 7) % 90}.`,
  lang: 'en',
}));

describe('a cluster of three nodes', () => {
  let root: string;
  let home: string;
  const nodes = new Map<number, ChildProcess>();
  let embedded: XqgIndex;
  let stored: XqgIndex;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'xqg-cluster-'));
    await chmod(root, 0o755);
    home = execFileSync('scripts/opensearch/setup.sh', { encoding: 'utf8' }).trim();
    for (const port of PORTS) await start(port);
    await healthy('green', 3);
    embedded = await openIndex(join(root, 'embedded'), { create: true });
    await embedded.add(documents, { replace: true });
    const store = `opensearch://${NODES.join(',')}/cluster?shards=3&replicas=1`;
    stored = await openIndex(join(root, 'stored'), { create: true, store });
  });
  afterAll(async () => {
    await stored?.close();
    await embedded?.close();
    for (const node of nodes.values()) await kill(node);
    await rm(root, { recursive: true, force: true });
  });

  it('keeps every passage when a node is killed in the middle of indexing', async () => {
    await stored.add(documents.slice(0, 200));
    const adding = stored.add(documents, { replace: true });
    await kill(nodes.get(PORTS[1])!);
    expect(await adding).toMatchObject({ status: 'complete' });
    expect(await stored.digest()).toBe(await embedded.digest());
    await same();
  });

  it('is whole again when the node is back', async () => {
    await start(PORTS[1]);
    await healthy('green', 3);
    await same();
  });

  it('is the same index after all nodes were killed and started again, and waits for them', async () => {
    for (const node of nodes.values()) await kill(node);
    // It has answered before, so a search waits for it, as long as it promised.
    const waiting = stored.search('el viejo puente').then(
      () => 'answered',
      (error) => error.code,
    );
    for (const port of PORTS) await start(port);
    await healthy('yellow', 3);
    expect(await waiting).toBe('answered');
    expect(await stored.digest()).toBe(await embedded.digest());
    await same();
  });

  it('says so when shards have no node', async () => {
    await kill(nodes.get(PORTS[0])!);
    await kill(nodes.get(PORTS[2])!);
    // One of three nodes is no majority: it neither writes nor knows the truth.
    await expect(stored.add([{ id: 'late', text: 'too late', lang: 'en' }])).rejects.toMatchObject({
      code: expect.stringMatching(/^XQG_STORE_(BUSY|UNREACHABLE)$/),
    });
  });

  /** Both indexes answer alike. */
  async function same(): Promise<void> {
    for (const [question, lang] of [
      ['Wo fließt der Fluss an der Schule vorbei?', 'de'],
      ['el viejo puente', 'es'],
    ]) {
      const ids = async (index: XqgIndex) =>
        (await index.search(question, { lang, mode: 'dense', k: 10 })).hits.map(({ id }) => id);
      const right = await ids(embedded);
      const found = await ids(stored);
      // The graph of each shard is searched by itself: nearly always all are found.
      expect(found.filter((id) => right.includes(id)).length).toBeGreaterThanOrEqual(9);
    }
  }

  async function start(port: number): Promise<void> {
    const name = `n${PORTS.indexOf(port) + 1}`;
    const log = await open(join(root, `${name}.log`), 'a');
    const settings = [
      'cluster.name: xqg-cluster',
      `node.name: ${name}`,
      `transport.port: ${port + 100}`,
      `discovery.seed_hosts: [${PORTS.map((each) => `"127.0.0.1:${each + 100}"`)}]`,
      'cluster.initial_cluster_manager_nodes: [n1, n2, n3]',
      // A disk of the test machine may be nearly full.
      'cluster.routing.allocation.disk.threshold_enabled: false',
    ];
    const script = 'scripts/opensearch/start.sh';
    nodes.set(
      port,
      spawn(script, [home, join(root, name), String(port), ...settings], {
        stdio: ['ignore', log.fd, log.fd],
      }),
    );
    await log.close();
  }

  async function healthy(status: string, count: number): Promise<void> {
    const asked = `wait_for_status=${status}&wait_for_nodes=${count}&timeout=5s`;
    const until = Date.now() + START_PATIENCE;
    for (let i = 0; Date.now() < until; i++) {
      const port = PORTS[i % PORTS.length];
      const answer = await fetch(`http://127.0.0.1:${port}/_cluster/health?${asked}`).catch(
        () => null,
      );
      if (answer?.ok && ((await answer.json()) as { timed_out: boolean }).timed_out === false)
        return;
      await wait(500);
    }
    throw new Error(`the cluster is not ${status}: see ${root}`);
  }
});

async function kill(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const ended = new Promise((resolve) => node.once('exit', resolve));
  node.kill('SIGKILL');
  await ended;
}
