/**
 * Compiles src/ to dist/, bundles the command into dist/bin, executable, and builds the page into
 * dist/web, each file with a compressed one beside it, and copies what PDF.js reads to dist/cmaps.
 * usage: node scripts/build.mjs [--prepare]
 *   --prepare: as npm's lifecycle script; does nothing without a compiler
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const tsc = compiler();
if (!tsc) {
  if (process.argv.includes('--prepare')) process.exit(0);
  console.error('TypeScript is not installed here. Run npm ci first.');
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' });
if (status === 0) {
  removeStale();
  copyCharacterMaps();
  const { build } = await import('vite');
  await build({ configFile: 'src/cli/vite.config.mjs' });
  chmodSync('dist/bin/xqg.js', 0o755);
  await buildPage(build);
}
process.exit(status ?? 1);

/** Removes what was compiled from sources that are gone, so that nobody imports or packs it. */
function removeStale() {
  const entries = readdirSync('dist', { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = relative('dist', join(entry.parentPath, entry.name));
    if (!entry.isFile() || /^(bin|cmaps|web)\b|^\.tsbuildinfo$/.test(file)) continue;
    if (!existsSync(join('src', file.replace(/(\.d\.ts|\.js(\.map)?)$/, '.ts'))))
      rmSync(join('dist', file));
  }
}

/** For PDF.js: fonts of Chinese, Japanese and Korean name them. */
function copyCharacterMaps() {
  const manifest = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');
  cpSync(join(dirname(manifest), 'cmaps'), join('dist', 'cmaps'), { recursive: true });
}

async function buildPage(build) {
  await build({ configFile: 'src/web/vite.config.mjs' });
  const assets = join('dist', 'web', 'assets');
  for (const name of readdirSync(assets)) {
    const content = readFileSync(join(assets, name));
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content));
    writeFileSync(join(assets, `${name}.gz`), gzipSync(content));
  }
}

/** Path of tsc, or null where dev dependencies are left out (npm ci --omit=dev). */
function compiler() {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin',
      'tsc',
    );
  } catch {
    return null;
  }
}
