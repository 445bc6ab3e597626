/**
 * How a failure is told: code, what happened, what to do, on stderr; with --json also as one JSON document on stdout, in
 * place of the result. Knows no command.
 */

import { XqgError } from '../errors/error.js';
import { errorColors as colors } from './colors.js';

export interface FailureReport {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly details: Readonly<Record<string, string | number>>;
  };
}

/** What programs see of any thrown value. */
export function describeFailure(thrown: unknown): FailureReport {
  const error = asXqgError(thrown);
  return {
    error: { code: error.code, message: error.message, remedy: error.remedy, details: error.details },
  };
}

/** A failure that is part of a result on stdout: it is told on stderr only. */
export class ToldFailure extends Error {
  constructor(readonly failure: XqgError) {
    super(failure.message, { cause: failure });
  }
}

/** Tells people, and programs where they asked for JSON. The caller sets the exit code. */
export function tellFailure(thrown: unknown, json: boolean): void {
  const { error } = describeFailure(thrown);
  process.stderr.write(`${colors.red(colors.bold(error.code))} ${error.message}\n  ${error.remedy}\n`);
  if (process.env.XQG_DEBUG && thrown instanceof Error) process.stderr.write(`${fullStack(thrown)}\n`);
  if (json && !(thrown instanceof ToldFailure))
    process.stdout.write(`${JSON.stringify(describeFailure(thrown))}\n`);
}

/** True for what an aborted signal throws: the person asked for it, so it is no failure of the program. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || isAbort(thrown.cause));
}

function asXqgError(thrown: unknown): XqgError {
  if (thrown instanceof XqgError) return thrown;
  if (thrown instanceof ToldFailure) return thrown.failure;
  const reason = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const { code, path } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new XqgError('XQG_DISK_FULL', { path: path ?? reason }, { cause: thrown });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new XqgError('XQG_NO_PERMISSION', { path: path ?? reason }, { cause: thrown });
  }
  return new XqgError('XQG_UNEXPECTED', { reason }, { cause: thrown });
}

function fullStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${fullStack(error.cause)}` : '';
  return `${error.stack}${cause}`;
}
