/**
 * The file that a job is reading, written down beside its files: after the death of a process, it
 * is read behind all others, so that these are indexed even if it is what kills.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const FILE = 'reading.json';

export class ReadingMark {
  readonly #path: string;
  /** Absolute paths of the files that were being read when the process died, once or more. */
  readonly left: ReadonlySet<string>;

  /** @param folder of the files */
  constructor(folder: string) {
    this.#path = join(dirname(folder), FILE);
    this.left = new Set(leftNames(this.#path).map((name) => join(folder, basename(name))));
  }

  begin(path: string): void {
    const names = [...new Set([...this.left, path])].map((file) => basename(file));
    // Not synced: what it tells of is the death of a process, which the file outlives.
    writeFileSync(this.#path, JSON.stringify(names));
  }
}

function leftNames(path: string): string[] {
  try {
    const names: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
