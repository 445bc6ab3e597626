/** A number for each row, most of them 0: reused, and cleared at the cost of what was added. */

export class RowSums {
  /** (n); 0 where nothing was added */
  readonly byRow: Float64Array;
  /**
   * Rows that are not 0 are `rows[0] ... rows[count - 1]`, in the order in which they were added
   * to. One place is to spare.
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

  /** Back to no row. */
  clear(): void {
    const { byRow, rows, count } = this;
    // Row by row takes several times as long as in one sweep.
    if (count > byRow.length / 8) byRow.fill(0);
    else for (let i = 0; i < count; i++) byRow[rows[i]] = 0;
    this.count = 0;
  }
}
