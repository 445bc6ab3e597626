/**
 * Runs every check of the sources at once: form, types, the page's types, the direction of imports,
 * and exports, files and packages that nobody uses. Prints what each one finds, and how long it
 * took.
 * usage: npm run lint
 */
import { spawn } from 'node:child_process';

const CHECKS = [
  'biome check --error-on-warnings',
  'tsgo -p tsconfig.check.json',
  'svelte-check --tsgo --workspace src/web --tsconfig ./tsconfig.json --threshold warning',
  'depcruise src --config .dependency-cruiser.mjs --output-type err',
  'knip',
];

async function run(check: string): Promise<boolean> {
  const [tool, ...words] = check.split(' ');
  const started = performance.now();
  const child = spawn(`node_modules/.bin/${tool}`, words);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const code = await new Promise((done) => child.on('close', done));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code !== 0) process.stdout.write(`${output.trim()}\n`);
  process.stdout.write(`${code === 0 ? 'ok' : 'failed'}  ${tool}  ${seconds} s\n`);
  return code === 0;
}

const passed = await Promise.all(CHECKS.map(run));
if (passed.includes(false)) process.exitCode = 1;
