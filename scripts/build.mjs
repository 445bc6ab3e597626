// Compiles src/ to dist/ and makes the command executable (tsc does not set the x bit).
// usage: node scripts/build.mjs [--prepare]     (--prepare: as npm's lifecycle script; does nothing without a compiler)
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = compiler();
if (!tsc) {
  if (process.argv.includes('--prepare')) process.exit(0);
  console.error('TypeScript is not installed here. Run npm ci first.');
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' });
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755);
process.exit(status ?? 1);

/** Path of tsc, or null where dev dependencies are left out (npm ci --omit=dev). */
function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    return null;
  }
}
