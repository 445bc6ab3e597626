/** What `xqg index` says of files that are skipped or set aside, while it runs and at its end. */
import { extname } from 'node:path';
import type { XqgError } from '../base/errors.js';
import type { SkipReason } from '../corpus/reader.js';
import type { IndexResult } from '../indexing/options.js';
import type { CommandContext } from './command.js';
import { SKIPPED } from './skipped.js';
import { count, foreign } from './terminal.js';

/** Skipped files that are named one by one, of those that a folder may be full of. */
const NAMED_SKIPS = 10;
const ALWAYS_NAMED: ReadonlySet<SkipReason> = new Set(['special', 'loop', 'repeated']);

/** Failures of one file that are told one by one: each of its rows may be bad. */
const TOLD_OF_FILE = 10;

/** Names every file that is set aside. */
export class FailureTalk {
  readonly #counts = new Map<string, number>();

  constructor(private readonly context: CommandContext) {}

  tell(
    path: string,
    { code, message }: Pick<XqgError, 'message'> & { readonly code: string },
  ): void {
    const told = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, told);
    if (told <= TOLD_OF_FILE) this.context.say(`${code} ${foreign(path)}: ${foreign(message)}`);
  }

  /** Names also what failed behind its reader, and counts what was not told. */
  finish({ failures }: IndexResult): void {
    const read = new Set(this.#counts.keys());
    for (const failure of failures) if (!read.has(failure.path)) this.tell(failure.path, failure);
    for (const [path, told] of this.#counts) {
      const more = told - TOLD_OF_FILE;
      if (more > 0) this.context.say(`${foreign(path)}: ${count(more, 'failure')} more`);
    }
  }
}

/** Skipped on purpose. */
const EXPECTED: ReadonlySet<SkipReason> = new Set(['ignored', 'excluded', 'companion']);

/** Names the first skipped files and counts the others by reason. Hidden files are only counted. */
export class SkipTalk {
  readonly #counts = new Map<SkipReason, number>();
  readonly #formats = new Map<string, number>();
  #named = 0;

  constructor(private readonly context: CommandContext) {}

  tell(path: string, reason: SkipReason, line?: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    if (reason === 'format') {
      const kind = extname(path).toLowerCase() || 'no extension';
      this.#formats.set(kind, (this.#formats.get(kind) ?? 0) + 1);
    }
    if (EXPECTED.has(reason)) return;
    if (!ALWAYS_NAMED.has(reason) && this.#named++ >= NAMED_SKIPS) return;
    const place = line === undefined ? path : `${path}, line ${count(line)}`;
    this.context.say(`Skipped ${foreign(place)}: ${SKIPPED[reason]}`);
  }

  finish(): void {
    const total = [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
    if (total === 0) return;
    const formats = [...this.#formats]
      .map(([kind, n]) => `${count(n)} ${foreign(kind)}`)
      .join(', ');
    const reasons = [...this.#counts].map(([reason, n]) => {
      const kinds = reason === 'format' ? ` (${formats})` : '';
      return `${count(n)} ${SKIPPED[reason]}${kinds}`;
    });
    this.context.say(`Skipped in all: ${reasons.join('; ')}`);
  }
}
