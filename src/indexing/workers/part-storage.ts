/**
 * The door of part storage: where coordinator and workers put what they hand each other. An object
 * appears whole or not at all.
 */

export interface PartStorage {
  /** As people name it: an absolute folder, or s3://bucket/prefix. */
  readonly place: string;
  /**
   * Puts an object in; where two come at once, one of them stays. Names are of letters, digits,
   * `-`, `.` and `/`.
   */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** null if there is none. */
  get(name: string): Promise<Uint8Array | null>;
  has(name: string): Promise<boolean>;
  /** Takes an object out; none is needed to be there. */
  remove(name: string): Promise<void>;
  close(): void;
}
