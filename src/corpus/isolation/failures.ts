/** Whatever a reader or its libraries throw is a failure of the file. */
import { XqgError } from '../../base/errors.js';
import type { CorpusReader } from '../reader.js';

const LONGEST_REASON = 200;

/** What an error that nobody foresaw says about a file. */
export function reasonOf(error: unknown): string {
  if (error instanceof RangeError && /call stack/.test(error.message))
    return 'its parts are nested too deeply';
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0].slice(0, LONGEST_REASON).replace(/\.$/, '');
}

/** The error that a process wrote to stderr before it ended, if it did. */
export function lastErrorOf(stderr: string): string[] {
  const [, error] = /^\w*Error(?: \[\w+\])?: (.*)$/m.exec(stderr) ?? [];
  return error === undefined ? [] : [error.slice(0, LONGEST_REASON)];
}

export function brokenFile(
  path: string,
  { name }: CorpusReader,
  reason: string,
  cause?: unknown,
): XqgError {
  return new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format: name, reason }, { cause });
}
