/** What programs see of a failure: on stdout with --json, and as the body of an HTTP answer. Knows no command. */
import { XqgError } from './error.js';

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
  const { code, message, remedy, details } = asXqgError(thrown);
  return { error: { code, message, remedy, details } };
}

/** The value itself, or what it means: a full disk, a missing permission, else a fault of xqg. */
export function asXqgError(thrown: unknown): XqgError {
  if (thrown instanceof XqgError) return thrown;
  const reason = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const { code, path } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new XqgError('XQG_DISK_FULL', { path: path ?? reason }, { cause: thrown });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new XqgError('XQG_NO_PERMISSION', { path: path ?? reason }, { cause: thrown });
  }
  return new XqgError('XQG_UNEXPECTED', { reason }, { cause: thrown });
}

/** True for what an aborted signal throws: somebody asked for it, so it is no failure of the program. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || isAbort(thrown.cause));
}
