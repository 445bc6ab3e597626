/** A reusable sparse vector of one number per row, cleared at the cost of its non-zero entries. */

export class RowSums {
  /** (n); 0 for rows without an addition */
  readonly byRow: Float64Array;
  /**
   * (n + 1) The rows that are not 0 are `rows[0] ... rows[count - 1]`, in the order of their first
   * addition. One entry is spare, for writes without a branch.
   */
  readonly rows: Uint32Array;
  count = 0;

  /**
   * @param byRow (n), zeros
   * @param rows (n + 1)
   */
  constructor(byRow: Float64Array, rows: Uint32Array) {
    this.byRow = byRow;
    this.rows = rows;
  }

  clear(): void {
    const { byRow, rows, count } = this;
    // Clearing single rows takes several times as long per row as one sweep.
    if (count > byRow.length / 8) byRow.fill(0);
    else for (let i = 0; i < count; i++) byRow[rows[i]] = 0;
    this.count = 0;
  }
}
