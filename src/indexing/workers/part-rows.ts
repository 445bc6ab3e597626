/**
 * The rows of a part as one sealed file: a line of JSON that says what made them, then texts, then
 * numbers. What was cut short or changed is refused, and so is what another version, pack, encoder
 * or generator made.
 *
 * Layout: header line; per row the length of its JSON in bytes (uint32, little-endian); the JSON of
 * all rows; per row the vector (float32), its sums in the order of the JSON (`encodeSum`), the
 * quantized vectors of its sentences, if it has any, the weights of own terms and of pivot stems
 * (float32).
 */

import type { ErrorCode } from '../../base/error-catalogue.js';
import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import type { TermBag } from '../../languages/terms.js';
import {
  type QuantizedBits,
  quantize,
  quantizedBytes,
  quantizedCount,
} from '../../store/quantize.js';
import type { IndexedPassage } from '../../store/store.js';
import { originDifference, type RowOrigin } from './run-plan.js';

/** A document for which no rows could be made. */
export interface PartFailure {
  readonly path: string;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface PartRows {
  readonly rows: readonly IndexedPassage[];
  /** Documents whose rows are there. */
  readonly documents: number;
  readonly failures: readonly PartFailure[];
}

interface Header {
  readonly origin: RowOrigin;
  /** Hash of the part's passages. */
  readonly input: string;
  readonly rows: number;
  readonly documents: number;
  readonly failures: readonly PartFailure[];
  /** Of everything after this line. */
  readonly sha256: string;
}

type RowText = Omit<IndexedPassage, 'vector' | 'sums' | 'sentences' | 'own' | 'pivot' | 'drawn'> & {
  readonly sums: readonly string[];
  /** How many have vectors; absent: none. */
  readonly sentences?: number;
  readonly own: readonly string[];
  readonly pivot: readonly string[] | null;
  readonly drawn: readonly (readonly [string, readonly string[]])[] | null;
};

const NEWLINE = 0x0a;

export function encodePart(
  { rows, documents, failures }: PartRows,
  origin: RowOrigin,
  input: string,
): Uint8Array {
  const { sumBits } = origin.identity;
  const { dim } = origin.identity.encoder;
  const texts = rows.map((row) => Buffer.from(JSON.stringify(textOf(row, dim)), 'utf8'));
  const lengths = Buffer.alloc(4 * rows.length);
  texts.forEach((text, i) => {
    lengths.writeUInt32LE(text.length, 4 * i);
  });
  const numbers = rows.flatMap(({ vector, sums, sentences, own, pivot }) => [
    floatBytes(vector),
    ...[...sums.values()].map((sum) => encodeSum(sum, sumBits)),
    ...(sentences === null ? [] : [sentences]),
    floatBytes(own.weights),
    ...(pivot === null ? [] : [floatBytes(pivot.weights)]),
  ]);
  const body = Buffer.concat([lengths, ...texts, ...numbers]);
  const header: Header = {
    origin,
    input,
    rows: rows.length,
    documents,
    failures,
    sha256: sha256(body),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`, 'utf8'), body]);
}

/**
 * @param expected what must have made the rows
 * @param input hash of the part's passages
 * @param place names the file in messages
 * @throws XqgError XQG_PART_DAMAGED, XQG_PART_IDENTITY with both identities
 */
export function decodePart(
  bytes: Uint8Array,
  expected: RowOrigin,
  input: string,
  place: string,
): PartRows {
  const damaged = (reason: string): XqgError => new XqgError('XQG_PART_DAMAGED', { place, reason });
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = file.indexOf(NEWLINE);
  let header: Header;
  try {
    header = JSON.parse(file.toString('utf8', 0, Math.max(0, end))) as Header;
  } catch {
    throw damaged('it has no header');
  }
  if (typeof header?.origin?.identity !== 'object')
    throw damaged('its header does not say what made it');
  const difference = originDifference(expected, header.origin);
  if (difference !== null) {
    const { what, expected: there, actual } = difference;
    throw new XqgError('XQG_PART_IDENTITY', { place, what, index: there, part: actual });
  }
  if (header.input !== input) throw damaged('it holds the rows of other passages');
  const body = file.subarray(end + 1);
  if (sha256(body) !== header.sha256)
    throw damaged('its sha256 is not the one that its header states');
  return { rows: decodeBody(body, header), documents: header.documents, failures: header.failures };
}

function decodeBody(body: Buffer, { rows, origin }: Header): IndexedPassage[] {
  const { sumBits, encoder } = origin.identity;
  const { dim } = encoder;
  let at = 4 * rows;
  const texts = Array.from({ length: rows }, (_, i) => {
    const from = at;
    at += body.readUInt32LE(4 * i);
    return JSON.parse(body.toString('utf8', from, at)) as RowText;
  });
  const floats = (n: number): Float32Array => {
    const copy = body.buffer.slice(body.byteOffset + at, body.byteOffset + at + 4 * n);
    at += 4 * n;
    return new Float32Array(copy as ArrayBuffer);
  };
  const sumBytes = storedSumBytes(dim, sumBits);
  const nextSum = (): Float32Array => {
    at += sumBytes;
    return decodeSum(body.subarray(at - sumBytes, at), dim, sumBits);
  };
  const sentenceBytes = (n: number): Uint8Array => {
    const from = at;
    at += n * quantizedBytes(dim, 8);
    return new Uint8Array(body.subarray(from, at));
  };
  const bag = (terms: readonly string[]): TermBag => ({ terms, weights: floats(terms.length) });
  return texts.map(({ sums, sentences, own, pivot, drawn, ...text }) => ({
    ...text,
    vector: floats(dim),
    sums: new Map(sums.map((lang) => [lang, nextSum()] as const)),
    sentences: sentences === undefined ? null : sentenceBytes(sentences),
    own: bag(own),
    pivot: pivot === null ? null : bag(pivot),
    drawn: drawn === null ? null : new Map(drawn),
  }));
}

function textOf(
  { vector: _, sums, sentences, own, pivot, drawn, ...text }: IndexedPassage,
  dim: number,
): RowText {
  return {
    ...text,
    sums: [...sums.keys()],
    ...(sentences === null ? {} : { sentences: quantizedCount(sentences, dim) }),
    own: own.terms,
    pivot: pivot?.terms ?? null,
    drawn: drawn === null ? null : [...drawn],
  };
}

function floatBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Sums on their way to a store, in the precision that it keeps: a quarter of their size at 8 bits.
 * What a store makes of the vector that comes back is, byte for byte, what it would have made of
 * the vector itself (quantize.ts).
 *
 * Layout: the largest magnitude (float32, little-endian), then one step a number. The largest
 * magnitude, not the scale that follows from it, because a scale times 127 may be rounded to a
 * number with another scale.
 */
const SCALE_BYTES = 4;

/** Bytes of a sum of `dim` numbers. */
export function storedSumBytes(dim: number, bits: QuantizedBits): number {
  return SCALE_BYTES + (dim * bits) / 8;
}

/** @param vector finite numbers */
export function encodeSum(vector: Float32Array, bits: QuantizedBits): Uint8Array {
  const bytes = quantize(vector, bits);
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // A vector that the store takes for zero has no scale.
  if (view.getFloat32(0, true) !== 0) view.setFloat32(0, largest, true);
  return bytes;
}

/** @param bytes what `encodeSum` gave */
export function decodeSum(bytes: Uint8Array, dim: number, bits: QuantizedBits): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const most = bits === 8 ? 127 : 32_767;
  const largest = view.getFloat32(0, true);
  const scale = Math.fround(largest / most);
  const vector = new Float32Array(dim);
  for (let i = 0; i < dim; i++) {
    const step =
      bits === 8 ? view.getInt8(SCALE_BYTES + i) : view.getInt16(SCALE_BYTES + 2 * i, true);
    vector[i] = step === most ? largest : step === -most ? -largest : step * scale;
  }
  return vector;
}
