/**
 * What the disk says, in words that help: a full disk and a missing permission become XqgErrors, whether Node or Lance
 * found out. Knows no file format.
 */
import { XqgError } from '../errors/error.js';

/** The error to throw in place of `cause`: itself unless it is about space or permission. */
export function storageError(cause: unknown, path: string): unknown {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  // Lance reports the operating system's error inside its own text.
  if (code === 'ENOSPC' || code === 'EDQUOT' || /os error (28|122)\b/.test(text)) {
    return new XqgError('XQG_DISK_FULL', { path }, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || /os error (1|13|30)\b/.test(text)) {
    return new XqgError('XQG_NO_PERMISSION', { path }, { cause });
  }
  return cause;
}
