/** What one file may take while it is read. */
import { WHOLE_FILE_LIMIT } from '../../base/text-file.js';

export interface FileLimits {
  /**
   * Seconds of processor time for a file of up to 2 MB, and as many for each further 2 MB; for
   * rows, from one to the next. Default 10.
   */
  readonly seconds?: number;
  /** Memory of the process that reads, in bytes. Default 1 GB. */
  readonly memoryBytes?: number;
}

export const DEFAULT_FILE_LIMITS: Required<FileLimits> = {
  seconds: 10,
  memoryBytes: 1e9,
};

/** Bytes of a file that the seconds of the limit are for. */
const SECONDS_ARE_FOR = 2e6;

/** Seconds for a file of this size. */
export function secondsFor(bytes: number, { seconds }: Required<FileLimits>): number {
  return seconds * Math.max(1, Math.min(bytes, WHOLE_FILE_LIMIT) / SECONDS_ARE_FOR);
}
