/**
 * What `.gitignore` and `.xqgignore` leave out. Both have the syntax of Git; in one folder the
 * latter decides, and files of deeper folders decide before those above.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { XqgError } from '../base/errors.js';
import { formatCount } from '../base/numbers.js';
import { fileError } from '../base/text-file.js';

const FILES = ['.gitignore', '.xqgignore'];

interface FolderRules {
  readonly folder: string;
  readonly rules: Ignore;
}

export class IgnoreRules {
  /** @param all outer folders first */
  private constructor(private readonly all: readonly FolderRules[]) {}

  /**
   * The rules of a Git repository around `folder`, none outside of one; nor if they leave out
   * `folder` itself, which somebody has named all the same.
   * @throws XqgError XQG_CORPUS_UNREADABLE
   */
  static async above(folder: string): Promise<IgnoreRules> {
    const above: string[] = [];
    for (let at = folder; ; at = dirname(at)) {
      if (at !== folder) above.unshift(at);
      if (await exists(join(at, '.git'))) break;
      if (at === dirname(at)) return new IgnoreRules([]);
    }
    let rules = new IgnoreRules([]);
    for (const outer of above) rules = await rules.within(outer, FILES);
    return rules.excludes(folder, true) ? new IgnoreRules([]) : rules;
  }

  /**
   * These rules and those of a folder.
   * @param names of its entries
   * @throws XqgError XQG_CORPUS_UNREADABLE
   */
  async within(folder: string, names: readonly string[]): Promise<IgnoreRules> {
    const texts: string[] = [];
    for (const file of FILES) {
      if (!names.includes(file)) continue;
      const path = join(folder, file);
      texts.push(await patternsIn(path));
    }
    if (texts.every((text) => text.trim() === '')) return this;
    const rules = ignore({ ignorecase: false }).add(texts.join('\n'));
    return new IgnoreRules([...this.all, { folder, rules }]);
  }

  /** @param path absolute, below the folders of the rules */
  excludes(path: string, isFolder: boolean): boolean {
    for (const { folder, rules } of [...this.all].reverse()) {
      const place = relative(folder, path).split(sep).join('/') + (isFolder ? '/' : '');
      const { ignored, unignored } = rules.test(place);
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** In bytes. */
const LARGEST = 2 ** 20;
/** `**` before a name: with each, the time of a match grows by the depth of the path. */
const MOST_DEPTHS = 2;

/** @throws XqgError XQG_CORPUS_UNREADABLE, also for patterns that could take very long to match */
async function patternsIn(path: string): Promise<string> {
  const refuse = (reason: string): never => {
    throw new XqgError('XQG_CORPUS_UNREADABLE', { path, reason });
  };
  try {
    const found = await stat(path);
    if (found.isDirectory()) return '';
    if (!found.isFile()) return refuse('it is no file');
    if (found.size > LARGEST) return refuse(`it has more than ${formatCount(LARGEST)} bytes`);
    const text = await readFile(path, 'utf8');
    const line = text.split('\n').findIndex(isCostly);
    if (line < 0) return text;
    return refuse(`its line ${formatCount(line + 1)} has more than ${MOST_DEPTHS} times "**/"`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fileError(path, error);
  }
}

function isCostly(pattern: string): boolean {
  return (pattern.match(/\*\*+\//g)?.length ?? 0) > MOST_DEPTHS;
}
