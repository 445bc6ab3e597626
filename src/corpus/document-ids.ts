/**
 * Finds an id that two documents share. Keeps 20 bytes a document and not the ids, so that a corpus of 18 million rows
 * takes less than a gigabyte; a false alarm needs two equal 96-bit hashes. Knows no format.
 */
import { createHash } from 'node:crypto';
import { XqgError } from '../errors/error.js';
import type { SourceDocument } from './passage.js';
import { placeOf } from './place.js';

/** Words of 32 bits a slot: three of the hash, the number of the path from 1 (0: free), the line. */
const SLOT = 5;

export class DocumentIds {
  private slots: Uint32Array;
  private used = 0;
  private readonly paths: string[] = [];

  /** @param capacity slots at first, a power of two */
  constructor(private capacity = 1024) {
    this.slots = new Uint32Array(capacity * SLOT);
  }

  /** @throws XqgError XQG_CORPUS_DUPLICATE_ID with both places */
  claim({ id, path, line }: Pick<SourceDocument, 'id' | 'path' | 'line'>): void {
    if (this.used * 3 >= this.capacity * 2) this.grow();
    const digest = createHash('sha1').update(id).digest();
    const hash = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const;
    const at = this.find(hash);
    if (this.slots[at + 3] !== 0) {
      const first = placeOf(this.paths[this.slots[at + 3] - 1], this.slots[at + 4] || undefined);
      throw new XqgError('XQG_CORPUS_DUPLICATE_ID', { id, first, second: placeOf(path, line) });
    }
    // The documents of a file come together.
    if (this.paths.at(-1) !== path) this.paths.push(path);
    this.slots.set([...hash, this.paths.length, line ?? 0], at);
    this.used++;
  }

  /** Offset of the slot that holds the hash, or of the free one where it belongs. */
  private find([a, b, c]: readonly [number, number, number]): number {
    const { slots } = this;
    for (let slot = a & (this.capacity - 1); ; slot = (slot + 1) & (this.capacity - 1)) {
      const at = slot * SLOT;
      if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.capacity *= 2;
    this.slots = new Uint32Array(this.capacity * SLOT);
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 3] === 0) continue;
      this.slots.set(old.subarray(from, from + SLOT), this.find([old[from], old[from + 1], old[from + 2]]));
    }
  }
}
