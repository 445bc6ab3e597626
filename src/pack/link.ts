/** A number on the other side of a table and its probability (or share). */
export interface Link {
  readonly id: number;
  readonly p: number;
}
