/**
 * What a part is: some whole documents as passages, one JSON line a document. Equal documents give
 * equal bytes, and the hash of these bytes is the part's name.
 */

import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import type { Passage } from '../../corpus/passage.js';

/** A document of a part. */
export interface PartDocument {
  /** sha256 (hex) of the document and of the settings that its rows depend on. */
  readonly hash: string;
  readonly passages: readonly Passage[];
}

export interface PartInput {
  /** sha256 (hex) of the bytes. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export function encodeInput(documents: readonly PartDocument[]): PartInput {
  const lines = documents.map(({ hash, passages }) => `${JSON.stringify({ hash, passages })}\n`);
  const bytes = Buffer.from(lines.join(''), 'utf8');
  return { hash: sha256(bytes), bytes };
}

/**
 * @param hash of what the part is named after
 * @throws XqgError XQG_PART_DAMAGED
 */
export function decodeInput(bytes: Uint8Array, hash: string, place: string): PartDocument[] {
  if (sha256(bytes) !== hash)
    throw new XqgError('XQG_PART_DAMAGED', {
      place,
      reason: 'its passages are not those it is named after',
    });
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as PartDocument);
}

/** Names of the files of a part in the storage. */
export function inputName(key: string, hash: string): string {
  return `${key}/${hash}.passages`;
}

export function rowsName(key: string, hash: string): string {
  return `${key}/${hash}.rows`;
}

/** By this file a worker sees that it looks where the run does. */
export function markName(key: string): string {
  return `${key}/made-by.json`;
}
