/**
 * A server that is killed at any moment of adding and removing loses nothing that it answered with
 * 202: the next one finishes it, in the order in which it was accepted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { XqgClient, type XqgClientError } from '../../src/client/index.js';
import { EXECUTABLE } from '../cli/run-xqg.js';
import { writePack } from '../support/pack-folder.js';
import { Random } from '../support/random.js';

const KILLS = process.env.XQG_EVERY === undefined ? 4 : 30;
const home = mkdtempSync(join(tmpdir(), 'xqg-kill-'));
const pack = writePack(join(home, 'pack'));
const directory = join(home, 'docs');
const numbers = new Random(7);

let child: ChildProcess;
afterAll(() => {
  kill(true);
  rmSync(home, { recursive: true, force: true });
});

async function serve(): Promise<XqgClient> {
  const args = ['serve', '--index', directory, '--pack', pack, '--port', '0', '--json'];
  child = spawn(process.execPath, [EXECUTABLE, ...args, '--no-access-log', '--rate', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, which the process that writes belongs to.
    detached: true,
  });
  const text = await new Promise<string>((resolve) => child.stdout!.once('data', resolve));
  return new XqgClient({ address: JSON.parse(text).address });
}

/** @param withWriter also kills the process that writes; else that one sees that it is alone */
function kill(withWriter: boolean): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  process.kill(withWriter ? -child.pid! : child.pid!, 'SIGKILL');
}

/** What may be found of a document: the last that was accepted, and what no answer came to. */
const expected = new Map<string, Set<string | null>>();

/** Sends one change after another until the server is gone. */
async function change(client: XqgClient, round: number): Promise<void> {
  for (let n = 0; ; n++) {
    await setTimeout(numbers.next() * 400);
    const id = `doc${Math.floor(numbers.next() * 6)}`;
    const text = numbers.next() < 0.3 ? null : `Bread of the morning, ${round} and ${n}.`;
    const before = expected.get(id) ?? new Set([null]);
    expected.set(id, new Set([...before, text]));
    try {
      if (text === null) await client.removeDocument('docs', id);
      else await client.addDocuments('docs', [{ id, text, lang: 'en' }]);
      expected.set(id, new Set([text]));
    } catch (error) {
      if ((error as XqgClientError).status === 0) return;
      expected.set(id, before);
      if ((error as XqgClientError).status !== 503) throw error;
      await setTimeout(100);
    }
  }
}

async function settled(client: XqgClient): Promise<void> {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await setTimeout(200)) {
    const jobs = await client.jobs();
    if (jobs.every(({ ended }) => ended !== null)) return;
  }
  throw new Error('jobs do not end');
}

it(`holds at ${KILLS} moments`, { timeout: 1_800_000 }, async () => {
  for (let round = 0; round < KILLS; round++) {
    const client = await serve();
    const changes = change(client, round);
    await setTimeout(numbers.next() * 2500);
    kill(round % 2 === 0);
    await changes;
  }
  const client = await serve();
  await settled(client);
  for (const [id, texts] of expected) {
    const found = await client.passage('docs', id).then(
      ({ text }) => text,
      (error: XqgClientError) => {
        if (error.status !== 404) throw error;
        return null;
      },
    );
    expect(texts, id).toContain(found);
  }
  const failures = (await client.jobs()).flatMap(({ error }) => error?.code ?? []);
  // Of a document that was not there.
  expect(failures.filter((code) => code !== 'XQG_NOTHING_REMOVED')).toEqual([]);
});
