/**
 * Runs the tests of parts in S3 against a real server: versitygw over a folder, on a loopback port,
 * with keys of its own. The server is $VERSITYGW, or the one on the PATH, or is built once with Go
 * (some 2 minutes) into the user's cache.
 * usage: npm run test:s3
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

const program = findServer();
const folder = mkdtempSync(join(tmpdir(), 'xqg-s3-'));
mkdirSync(join(folder, 'buckets'));
const port = await freePort();
const [key, secret] = [randomBytes(10).toString('hex'), randomBytes(20).toString('hex')];
const server = spawn(
  program,
  ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', join(folder, 'buckets')],
  {
    env: { ...process.env, ROOT_ACCESS_KEY: key, ROOT_SECRET_KEY: secret },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
let status = 1;
try {
  const address = `http://127.0.0.1:${port}`;
  await untilUp(address);
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_S3: address,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: 'us-east-1',
  };
  const words = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 's3'];
  status = spawnSync(process.execPath, words, { env, stdio: 'inherit' }).status ?? 1;
} finally {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = status;

function findServer(): string {
  if (process.env.VERSITYGW) return process.env.VERSITYGW;
  if (spawnSync('versitygw', ['--version'], { stdio: 'ignore' }).status === 0) return 'versitygw';
  const bin = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'xqg', 'bin');
  const built = join(bin, 'versitygw');
  if (!existsSync(built)) {
    console.error(`Building ${MODULE} into ${bin}; this takes some minutes, once.`);
    execFileSync('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: bin },
      stdio: 'inherit',
    });
  }
  return built;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function untilUp(address: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null)
      throw new Error(`versitygw ended with exit code ${server.exitCode}`);
    // Any response will do; without a signature it is a refusal.
    const up = await fetch(address).then(
      () => true,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`versitygw does not answer at ${address}`);
}
