/** The rows with the best scores of many that come in blocks. Knows numbers only. */

export class BestRows {
  readonly #k: number;
  #kept: { row: number; score: number }[] = [];
  #floor = -Infinity;

  constructor(k: number) {
    this.#k = k;
  }

  /** @param scores of the rows from `firstRow` on */
  add(firstRow: number, scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] <= this.#floor) continue;
      this.#kept.push({ row: firstRow + i, score: scores[i] });
      if (this.#kept.length >= 4 * this.#k) this.#prune();
    }
  }

  /** Best first, equal scores by row. */
  rows(): Uint32Array {
    this.#prune();
    return Uint32Array.from(this.#kept, ({ row }) => row);
  }

  #prune(): void {
    this.#kept.sort((a, b) => b.score - a.score || a.row - b.row);
    this.#kept = this.#kept.slice(0, this.#k);
    if (this.#kept.length === this.#k) this.#floor = this.#kept[this.#k - 1].score;
  }
}
