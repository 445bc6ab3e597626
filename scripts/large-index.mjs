// The index that load and re-ranking are measured over: 100,000 synthetic passages with queries in five languages, made once and used
// again; and a server over it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PASSAGES = 100_000;
/** Five, so that it is made in minutes. */
export const LANGUAGES = ['ar', 'de', 'ja', 'ru', 'th'];

/** Makes the index in `dir` if it is not there whole. */
export function makeLargeIndex(dir) {
  const file = join(dir, 'xqg.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).state.status === 'complete')
    return;
  console.error(`Indexing ${PASSAGES} synthetic passages in ${dir}: some minutes, once.`);
  const words = ['--passages', String(PASSAGES), '--languages', LANGUAGES.join(','), '--keep', dir];
  execFileSync(process.execPath, ['bench/indexing.bench.mjs', ...words], {
    stdio: ['ignore', 2, 2],
  });
}

/** A server over the index in `dir` by the name `load`; its process and its address. */
export async function serveLargeIndex(dir) {
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
  const { address } = JSON.parse(await new Promise((told) => server.stdout.once('data', told)));
  return { server, address };
}
