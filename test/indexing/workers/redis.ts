/**
 * Redis servers for tests. Most tests use the one of REDIS_URL, each file a database of its own;
 * where it is not set they are skipped, but in CI they fail. Tests that kill a server start one.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { BullQueue } from '../../../src/indexing/workers/bull-queue.js';

/** Address of the server with a database, or null where tests are skipped. */
export function redisUrl(database: number): string | null {
  const { REDIS_URL, CI } = process.env;
  if (REDIS_URL) return new URL(`/${database}`, REDIS_URL).href;
  if (CI) throw new Error('CI is set and REDIS_URL is not: these tests need a Redis server.');
  console.warn(
    'Tests of the queue are skipped: REDIS_URL is not set (e.g. redis://127.0.0.1:6379).',
  );
  return null;
}

/** Takes out what earlier tests left, so that no worker gets it. */
export async function forgetRuns(url: string): Promise<void> {
  const queue = await BullQueue.open(url);
  for (const { run } of await queue.runs()) await queue.removeRun(run);
  await queue.sweep();
  await queue.close();
}

/** True if this machine has a server to start; in CI it must. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.CI) throw new Error('CI is set and there is no redis-server on the PATH.');
    console.warn(
      'Tests that kill a Redis server are skipped: there is no redis-server on the PATH.',
    );
    return false;
  }
}

/** @param dir keeps what it holds */
export async function startRedis(port: number, dir: string): Promise<ChildProcess> {
  const words = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const server = spawn('redis-server', [...words.map(String), '--maxmemory-policy', 'noeviction'], {
    stdio: 'ignore',
  });
  for (;;) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    if (await answers(port)) return server;
    await setTimeout(50);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
