/** What one file may take while it is read. */

export interface FileLimits {
  /**
   * Seconds of processor time for a file of up to 10 MB, and as many for each further 10 MB; for
   * rows, from one to the next. Default 20.
   */
  readonly seconds?: number;
  /** Memory of the process that reads, in bytes. Default 1 GB. */
  readonly memoryBytes?: number;
  /** Size of a file that cannot be read row by row, in bytes. Default 128 MiB. */
  readonly bytes?: number;
}

export const DEFAULT_FILE_LIMITS: Required<FileLimits> = {
  seconds: 20,
  memoryBytes: 1e9,
  bytes: 128 * 2 ** 20,
};

/** Bytes of a file that the seconds of the limit are for. */
const SECONDS_ARE_FOR = 10e6;

/** Seconds for a file of this size. */
export function secondsFor(bytes: number, { seconds }: Required<FileLimits>): number {
  return seconds * Math.max(1, bytes / SECONDS_ARE_FOR);
}
