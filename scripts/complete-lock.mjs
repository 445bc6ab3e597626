/**
 * Completes package-lock.json with the platform packages that the registry in use did not offer. npm
 * leaves an optional dependency that it cannot find out of the lock, and `npm ci` of npm 11 then
 * refuses that lock as out of sync. An entry with version, os and cpu is enough: npm skips it on
 * other platforms and fetches it from the registry on its own.
 *
 * usage: npm run lock -- [--check]     (after each change of dependencies; --check only compares)
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OS = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
const CPU = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
]);

const file = 'package-lock.json';
const before = readFileSync(file, 'utf8');
const lock = JSON.parse(before);
const added = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path ? `${path}/` : ''}node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[hoisted]) continue;
    lock.packages[hoisted] = platformEntry(name, range, entry.dev);
    added.push(`${name}@${range}`);
  }
}

// Its script would download CUDA libraries, which nothing here uses; npm runs the scripts of those
// packages that the lock marks. The package works without.
delete lock.packages['node_modules/onnxruntime-node']?.hasInstallScript;

// A host name in the lock would tie every clone to one registry.
for (const entry of Object.values(lock.packages)) delete entry.resolved;

const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
const after = `${JSON.stringify(lock, null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error(
      `${file} is incomplete${added.length ? ` (${added.join(', ')})` : ''}: run npm run lock`,
    );
    process.exit(1);
  }
} else {
  writeFileSync(file, after);
  console.error(
    added.length
      ? `Added ${added.length} platform packages: ${added.join(', ')}`
      : `${file} was complete.`,
  );
}

function platformEntry(name, version, dev) {
  if (!/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(
      `${name}: optional dependency with the range ${version}; only exact versions can be completed`,
    );
  }
  const parts = name.split(/[/-]/);
  const os = parts.filter((part) => OS.has(part));
  const cpu = parts.filter((part) => CPU.has(part));
  if (os.length === 0 || cpu.length === 0) {
    throw new Error(
      `${name}: not a platform package; override it in package.json or add it by hand`,
    );
  }
  const libc = parts.includes('musl')
    ? { libc: ['musl'] }
    : parts.includes('gnu')
      ? { libc: ['glibc'] }
      : {};
  return { version, cpu, ...(dev ? { dev: true } : {}), ...libc, optional: true, os };
}
