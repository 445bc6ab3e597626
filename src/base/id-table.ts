/** Row numbers by id, for more ids than one Map can hold (2^24 in V8). */

const SHARDS = 64;

export class IdTable {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, number>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row of an id; undefined if it has none. */
  get(id: string): number | undefined {
    return this.#shard(id).get(id);
  }

  /** Adds an id with its row. Returns the row that the id already has, or undefined. */
  add(id: string, row: number): number | undefined {
    const shard = this.#shard(id);
    const known = shard.get(id);
    if (known !== undefined) return known;
    shard.set(id, row);
    this.#size++;
    return undefined;
  }

  #shard(id: string): Map<string, number> {
    let hash = 7;
    for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) >>> 0;
    return this.#shards[hash % SHARDS];
  }
}
