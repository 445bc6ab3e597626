/**
 * Which code computed something: a hash over the program's own files, so that nothing computed by
 * other code is taken for this one's.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const known = new Map<string, string>();

/** What vectors depend on. */
export const ENCODING_CODE = [
  'encode',
  'generate',
  'indexing',
  'languages',
  'pack',
  'store',
  'vectors',
] as const;
/** What ranks depend on besides. */
export const RANKING_CODE = [...ENCODING_CODE, 'augment', 'search', 'evaluate'] as const;

/**
 * sha256 (hex) over the code in these folders and modules, named relative to the program's root.
 */
export function codeIdentity(parts: readonly string[]): string {
  const key = parts.join(' ');
  let identity = known.get(key);
  if (identity === undefined) {
    const hash = createHash('sha256');
    for (const part of parts) {
      for (const file of filesOf(part))
        hash
          .update(file)
          .update('\0')
          .update(readFileSync(join(ROOT, file)));
    }
    identity = hash.digest('hex');
    known.set(key, identity);
  }
  return identity;
}

/** The files of a folder, or of one module whether it is compiled or not. */
function filesOf(part: string): string[] {
  const [folder, name] = part.includes('/')
    ? [part.slice(0, part.lastIndexOf('/')), part.slice(part.lastIndexOf('/') + 1)]
    : [part, null];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        /(?<!\.d)\.[jt]s$/.test(file) && (name === null || file.replace(/\.[jt]s$/, '') === name),
    )
    .map((file) => `${folder}/${file}`)
    .sort();
}
