/**
 * The progress of reading a corpus, in bytes: the sizes of files are known in advance, the number
 * of their documents is not.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IgnoreRules } from './ignore-rules.js';
import type { SourceDocument } from './passage.js';

export interface ReadBytes {
  readonly done: number;
  readonly total: number;
}

export class CorpusProgress {
  readonly #total: number;
  #finished = 0;
  #path = '';
  #size = 0;
  #read = 0;

  private constructor(total: number) {
    this.#total = total;
  }

  static async of(paths: readonly string[]): Promise<CorpusProgress> {
    let total = 0;
    for (const path of paths) total += await bytesOf(path);
    return new CorpusProgress(total);
  }

  get bytes(): ReadBytes {
    return {
      done: Math.min(this.#total, this.#finished + Math.min(this.#read, this.#size)),
      total: this.#total,
    };
  }

  /** Counts a document. A file counts as read once a document of another file arrives. */
  async add({ id, path, line, title, metadata, blocks }: SourceDocument): Promise<void> {
    if (path !== this.#path) {
      this.#finished += this.#size;
      this.#path = path;
      this.#size = await bytesOf(path);
      this.#read = 0;
    }
    for (const { text } of blocks) this.#read += Buffer.byteLength(text);
    // A row has more than its text.
    if (line !== undefined)
      this.#read += Buffer.byteLength(JSON.stringify({ id, title, text: '', ...metadata })) + 1;
  }

  /** Counts everything as read. */
  finish(): void {
    this.#finished = this.#total;
  }
}

/** 0 for an unreadable file: its reader will report the error. */
async function bytesOf(path: string, outer?: IgnoreRules): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
    let bytes = 0;
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.map(({ name }) => name);
    const rules = await (outer ?? (await IgnoreRules.above(path))).within(path, names);
    for (const entry of entries) {
      if (entry.isSymbolicLink() || entry.name.startsWith('.') || entry.name === 'node_modules')
        continue;
      const inner = join(path, entry.name);
      if (!rules.excludes(inner, entry.isDirectory())) bytes += await bytesOf(inner, rules);
    }
    return bytes;
  } catch {
    return 0;
  }
}
