/**
 * Which code computed something: a hash over the program's files that a module reaches by its
 * imports, so that a result computed by other code is never reused. The files are found by reading
 * the imports, in the sources as well as in the compiled program.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the program: `dist`, or `src` in tests. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What makes vectors and queries: encoders and generators are opened as parts of a recipe. */
export const ENCODING_CODE: readonly string[] = [
  'evaluate/ranking/artifact-store',
  'evaluate/ranking/block',
  'indexing/recipe',
  'search/expansion',
];
/** What ranks depend on. */
export const RANKING_CODE: readonly string[] = [
  ...ENCODING_CODE,
  'evaluate/ranking/pool',
  'evaluate/ranking/ranker',
  'evaluate/ranking/round-trip',
  'search/dense/open-scanner',
];

const identities = new Map<string, string>();

/**
 * sha256 (hex) over the modules and everything that they import.
 * @param modules paths from the program's folder, without extension
 */
export function codeIdentity(modules: readonly string[]): string {
  const key = modules.join(' ');
  let identity = identities.get(key);
  if (identity === undefined) {
    const hash = createHash('sha256');
    for (const file of codeFiles(modules)) {
      const name = file.replace(/\.[jt]s$/, '');
      hash
        .update(`${name}\0`)
        .update(readFileSync(join(ROOT, file)))
        .update('\0');
    }
    identity = hash.digest('hex');
    identities.set(key, identity);
  }
  return identity;
}

/**
 * The files that the modules reach by imports, these included, as paths from the program's folder.
 * @throws RangeError if a module does not exist
 */
export function codeFiles(modules: readonly string[]): string[] {
  const files = new Set<string>();
  const open = modules.map((module) => {
    const file = fileAt(join(ROOT, `${module}.js`));
    if (file === null) throw new RangeError(`the program has no module ${module}`);
    return file;
  });
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      const target = fileAt(resolve(dirname(file), specifier));
      if (target !== null) open.push(target);
    }
  }
  return [...files].map((file) => relative(ROOT, file).split(sep).join('/')).sort();
}

/**
 * `import ... from './x.js'` and `export ... from './x.js'`; the first group is what stands
 * between.
 */
const STATIC = /^(?:import|export)\s+([^'"]*?)\bfrom\s*['"](\.[^'"]+)['"]/gm;
/** `import './x.js'`, `import('./x.js')`, and `new URL('./x.js', import.meta.url)` of a thread. */
const OTHERS = [
  /^import\s*['"](\.[^'"]+)['"]/gm,
  /\bimport\(\s*['"](\.[^'"]+)['"]\s*,?\s*\)/g,
  /\bnew URL\(\s*['"](\.[^'"]+)['"],\s*import\.meta\.url,?\s*\)/g,
];

/** Relative specifiers of what a module loads. Imports of types alone are gone once compiled. */
function importsOf(code: string): string[] {
  const specifiers: string[] = [];
  for (const [, names, specifier] of code.matchAll(STATIC))
    if (!onlyTypes(names)) specifiers.push(specifier);
  for (const pattern of OTHERS)
    for (const [, specifier] of code.matchAll(pattern)) specifiers.push(specifier);
  return specifiers;
}

function onlyTypes(names: string): boolean {
  if (/^type\b/.test(names)) return true;
  const listed = /^\{([^}]*)\}\s*$/.exec(names);
  if (listed === null) return false;
  const parts = listed[1].split(',').filter((part) => part.trim() !== '');
  return parts.length > 0 && parts.every((part) => /^\s*type\s/.test(part));
}

/** The file of a module that is named as compiled; null for what is not code. */
function fileAt(path: string): string | null {
  if (!path.endsWith('.js')) return null;
  return [path, path.replace(/\.js$/, '.ts')].find((file) => existsSync(file)) ?? null;
}
