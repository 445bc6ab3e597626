/**
 * One hash for the content of an index: equal for equal passages with equal vectors, queries and
 * postings, whatever the order, the batches and the interruptions in which they came in.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/identity.js';
import { COLUMNS, type IndexedPassage } from '../store/store.js';
import { encodeTerms } from '../store/term-bytes.js';
import type { LexicalSegment } from './lexical/segment.js';
import { openVersion, segmentsOf } from './open.js';

const HASH_BYTES = 32;

/**
 * sha256 (hex) over all rows sorted by id (by UTF-16 code units): of each row, the sha256 of its
 * columns and that of its postings in the lexical segments. Keeps 64 bytes a passage besides the
 * ids.
 *
 * @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU
 */
export async function digestIndex(dir: string): Promise<string> {
  const version = await openVersion(dir);
  try {
    const ids: string[] = [];
    const rowHashes = new HashList();
    for await (const batch of version.reader.scan(COLUMNS)) {
      for (const passage of batch) {
        ids.push(passage.id);
        rowHashes.push(rowHash(passage));
      }
    }
    const postings = new HashList();
    for await (const segment of segmentsOf(dir, version)) {
      for (const hash of postingHashes(segment)) postings.push(hash);
    }
    const order = Uint32Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
    const digest = createHash('sha256');
    for (const i of order) digest.update(rowHashes.at(i)).update(postings.at(i));
    return digest.digest('hex');
  } finally {
    await version.close();
  }
}

/** Hashes one behind the other: what is held is their bytes. */
class HashList {
  #bytes = Buffer.alloc(1024 * HASH_BYTES);
  #size = 0;

  push(hash: Uint8Array): void {
    if (this.#size === this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], 2 * this.#bytes.length);
    this.#bytes.set(hash, this.#size);
    this.#size += HASH_BYTES;
  }

  at(i: number): Uint8Array {
    return this.#bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }
}

function rowHash(row: Pick<IndexedPassage, (typeof COLUMNS)[number]>): Buffer {
  const { vector, sums, sentences, own, pivot, drawn, ...texts } = row;
  const hash = createHash('sha256').update(canonicalJson(texts)).update(bytesOf(vector));
  for (const lang of [...sums.keys()].sort()) hash.update(lang).update(bytesOf(sums.get(lang)!));
  for (const bag of [own, pivot]) hash.update(bag === null ? 'none' : encodeTerms(bag));
  if (sentences !== null) hash.update('sentences').update(sentences);
  return hash.update(canonicalJson(drawn === null ? null : Object.fromEntries(drawn))).digest();
}

/**
 * Bytes of a posting in its row's hash: 8 of the sha256 of its field and term, 2 of its frequency.
 */
const POSTING_BYTES = 10;

/**
 * sha256 per row over its postings: by field, then by term. Segments sort terms, so rows need not
 * be.
 */
function postingHashes(segment: LexicalSegment): Buffer[] {
  const fields = [...segment.fields].sort().map((name) => ({ name, field: segment.field(name)! }));
  const ends = new Uint32Array(segment.rows);
  for (const { field } of fields) {
    for (const row of field.rows) ends[row] += POSTING_BYTES;
  }
  for (let row = 1; row < ends.length; row++) ends[row] += ends[row - 1];
  const starts = new Uint32Array(segment.rows);
  starts.set(ends.subarray(0, -1), 1);
  const postings = Buffer.alloc(ends.at(-1) ?? 0);
  const next = starts.slice();
  for (const { name, field } of fields) {
    for (let t = 0; t < field.size; t++) {
      const term = createHash('sha256')
        .update(`${name}\0${field.term(t)}`)
        .digest()
        .subarray(0, 8);
      for (let i = field.start(t); i < field.postingEnds[t]; i++) {
        const at = next[field.rows[i]];
        postings.set(term, at);
        postings.writeUInt16LE(field.frequencies[i], at + 8);
        next[field.rows[i]] = at + POSTING_BYTES;
      }
    }
  }
  return Array.from({ length: segment.rows }, (_, row) => {
    const hash = createHash('sha256').update(segment.languages[segment.rowLanguages[row]]);
    hash.update(postings.subarray(starts[row], ends[row]));
    for (const { field } of fields) hash.update(bytesOf(field.lengths.subarray(row, row + 1)));
    return hash.digest();
  });
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
