/**
 * One hash for the content of an index: equal for equal passages with equal vectors, queries and postings, whatever the
 * order, the batches and the interruptions in which they came in. Knows neither versions nor files.
 */
import { createHash } from 'node:crypto';
import type { LexicalSegment } from '../search/lexical/segment.js';
import { COLUMNS, type IndexedPassage } from '../store/store.js';
import { encodeTerms } from '../store/term-bytes.js';
import { canonicalJson } from './manifest.js';
import { openSnapshot } from './open.js';

const HASH_BYTES = 32;

/**
 * sha256 (hex) over all rows sorted by id (by UTF-16 code units): of each row, the sha256 of its columns and that of its
 * postings in the lexical segments. Keeps 64 bytes a passage besides the ids.
 *
 * @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU
 */
export async function digestIndex(dir: string): Promise<string> {
  const snapshot = await openSnapshot(dir);
  try {
    const { ids } = snapshot;
    const hashes = Buffer.alloc(ids.length * 2 * HASH_BYTES);
    let row = 0;
    for await (const batch of snapshot.scan(COLUMNS)) {
      for (const passage of batch) hashes.set(rowHash(passage), row++ * 2 * HASH_BYTES);
    }
    let firstRow = 0;
    for (const segment of await snapshot.segments()) {
      postingHashes(segment).forEach((hash, i) => {
        hashes.set(hash, (2 * (firstRow + i) + 1) * HASH_BYTES);
      });
      firstRow += segment.rows;
    }
    const order = Uint32Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
    const digest = createHash('sha256');
    for (const i of order) digest.update(hashes.subarray(i * 2 * HASH_BYTES, (i + 1) * 2 * HASH_BYTES));
    return digest.digest('hex');
  } finally {
    await snapshot.close();
  }
}

function rowHash(row: Pick<IndexedPassage, (typeof COLUMNS)[number]>): Buffer {
  const { vector, sums, own, pivot, drawn, ...texts } = row;
  const hash = createHash('sha256').update(canonicalJson(texts)).update(bytesOf(vector));
  for (const lang of [...sums.keys()].sort()) hash.update(lang).update(bytesOf(sums.get(lang)!));
  for (const bag of [own, pivot]) hash.update(bag === null ? 'none' : encodeTerms(bag));
  return hash.update(canonicalJson(drawn === null ? null : Object.fromEntries(drawn))).digest();
}

/** Bytes of a posting in its row's hash: 8 of the sha256 of its field and term, 2 of its frequency. */
const POSTING_BYTES = 10;

/** sha256 per row over its postings: by field, then by term. Segments sort terms, so rows need not be. */
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
