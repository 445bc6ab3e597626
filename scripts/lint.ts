/**
 * Runs every check of the sources at once: form, types, the page's types, the direction of imports,
 * and exports, files and packages that nobody uses. Prints what each one finds, and how long it
 * took.
 * usage: npm run lint
 */
import { type ChildProcess, spawn } from 'node:child_process';

// npm puts node_modules/.bin on the PATH.
const CHECKS = [
  spawn('biome', ['check', '--error-on-warnings']),
  spawn('tsgo', ['-p', 'tsconfig.check.json']),
  spawn('svelte-check', ['--tsgo', '--workspace', 'src/web', '--threshold', 'warning']),
  spawn('depcruise', ['src', '--config', '.dependency-cruiser.mjs', '--output-type', 'err']),
  spawn('knip', []),
];

async function passes(check: ChildProcess): Promise<boolean> {
  let output = '';
  for (const stream of [check.stdout!, check.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const code = await new Promise((resolve, reject) => {
    check.on('close', resolve);
    check.on('error', reject);
  });
  if (code !== 0) process.stdout.write(`${output.trim()}\n`);
  const seconds = (performance.now() / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.spawnargs[0]}, ${seconds} s\n`);
  return code === 0;
}

const passed = await Promise.all(CHECKS.map(passes));
if (passed.includes(false)) process.exitCode = 1;
