/**
 * The index that load and re-ranking are measured over: 100,000 synthetic passages with queries in
 * five languages, built once and used again; and a server over it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PASSAGES = 100_000;
/** Five, so that it is made in minutes. */
export const LANGUAGES = ['ar', 'de', 'ja', 'ru', 'th'];

/** Builds the index in `dir` unless it is complete. */
export function buildLargeIndex(dir: string): void {
  const file = join(dir, 'xqg.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).state.status === 'complete')
    return;
  console.error(`Indexing ${PASSAGES} synthetic passages in ${dir}: some minutes, once.`);
  const words = ['--passages', String(PASSAGES), '--languages', LANGUAGES.join(','), '--keep', dir];
  execFileSync(process.execPath, [...process.execArgv, 'bench/indexing.bench.ts', ...words], {
    stdio: ['ignore', 2, 2],
  });
}

/** Starts a server over the index in `dir` by the name `load`. */
export async function serveLargeIndex(
  dir: string,
): Promise<{ server: ChildProcess; address: string }> {
  const words = [
    'dist/bin/xqg.js',
    'serve',
    '--index',
    `load=${dir}`,
    '--port',
    '0',
    '--rate',
    '0',
  ];
  const server = spawn(process.execPath, [...words, '--json', '--no-access-log'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => server.stdout.once('data', resolve));
  const { address } = JSON.parse(line) as { address: string };
  return { server, address };
}
