/**
 * A sealed run of at most 65,536 passages' postings in one block of bytes: written once, opened
 * without decoding.
 *
 * Layout (little-endian): "XQGL", version (u32), sha256 of everything behind it (32 bytes), length
 * of the header (u32), the header as JSON, then sections at multiples of 8 bytes. Per field (`own`,
 * `pivot`, `drawn:LANG`): terms     UTF-8, sorted by bytes, one behind the other; termEnds (u32 per
 * term) postings  rows (u16, ascending) and frequencies (half precision: see half.ts); postingEnds
 * (u32 per term) maxima    the largest frequency of each term (half precision), for bounds of its
 * score lengths   f32 per row: the sum of the row's frequencies, taken before they are rounded to
 * half precision The bytes depend on the rows and their order alone.
 */
import { createHash } from 'node:crypto';
import { XqgError } from '../../base/errors.js';

/** Rows of a full segment: a row fits 16 bits. */
export const SEGMENT_ROWS = 65_536;
export const SEGMENT_VERSION = 1;

const MAGIC = 0x4c475158; // "XQGL"
const HASH_AT = 8;
const BODY_AT = 40;

export type FieldName = 'own' | 'pivot' | `drawn:${string}`;

/** Where the sections of a field lie, in bytes from the first section. */
interface FieldHeader {
  readonly terms: number;
  readonly postings: number;
  readonly blobBytes: number;
  readonly blobAt: number;
  readonly termEndsAt: number;
  readonly postingEndsAt: number;
  readonly rowsAt: number;
  readonly frequenciesAt: number;
  readonly maximaAt: number;
  readonly lengthsAt: number;
}

interface SegmentHeader {
  readonly rows: number;
  readonly languages: readonly string[];
  readonly rowLanguagesAt: number;
  readonly fields: Readonly<Record<string, FieldHeader>>;
}

/** Postings of a field, term by term. */
export interface FieldPostings {
  /** End of the postings of term t. */
  readonly postingEnds: Uint32Array;
  /** Rows within the segment, ascending per term. */
  readonly rows: Uint16Array;
  /** Half-precision term frequencies, > 0. */
  readonly frequencies: Uint16Array;
  /** Largest half-precision frequency of term t. */
  readonly maxima: Uint16Array;
  /** (rows): sum of frequencies by row. */
  readonly lengths: Float32Array;
}

/** A field as arrays, before sealing or after opening. */
export interface FieldArrays extends FieldPostings {
  /** UTF-8 of all terms, sorted by bytes. */
  readonly blob: Uint8Array;
  /** End of term t in `blob`. */
  readonly termEnds: Uint32Array;
}

/** One field of a segment. */
export abstract class SegmentField implements FieldPostings {
  readonly postingEnds: Uint32Array;
  readonly rows: Uint16Array;
  readonly frequencies: Uint16Array;
  readonly maxima: Uint16Array;
  readonly lengths: Float32Array;

  constructor(postings: FieldPostings) {
    this.postingEnds = postings.postingEnds;
    this.rows = postings.rows;
    this.frequencies = postings.frequencies;
    this.maxima = postings.maxima;
    this.lengths = postings.lengths;
  }

  /** The number of a term given as UTF-8, or -1 if no passage of the segment has it. */
  abstract find(term: Uint8Array): number;

  /** Text of term number `t`. */
  abstract term(t: number): string;

  /** Number of distinct terms. */
  get size(): number {
    return this.postingEnds.length;
  }

  /** First posting of term number `t`; the last one lies before `postingEnds[t]`. */
  start(t: number): number {
    return t === 0 ? 0 : this.postingEnds[t - 1];
  }
}

/** A field in the bytes of a sealed segment. */
class SealedField extends SegmentField {
  readonly #blob: Uint8Array;
  readonly #termEnds: Uint32Array;
  readonly #text: Buffer;

  constructor(arrays: FieldArrays) {
    super(arrays);
    const { blob, termEnds } = arrays;
    this.#blob = blob;
    this.#termEnds = termEnds;
    this.#text = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  }

  find(term: Uint8Array): number {
    let low = 0;
    let high = this.#termEnds.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle, term);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  term(t: number): string {
    return this.#text.toString('utf8', t === 0 ? 0 : this.#termEnds[t - 1], this.#termEnds[t]);
  }

  /**
   * Negative if term number `t` comes before `term`. In JavaScript: a native call per step costs
   * ten times as much.
   */
  #compare(t: number, term: Uint8Array): number {
    const blob = this.#blob;
    const start = t === 0 ? 0 : this.#termEnds[t - 1];
    const length = this.#termEnds[t] - start;
    const shorter = Math.min(length, term.length);
    for (let i = 0; i < shorter; i++) {
      const difference = blob[start + i] - term[i];
      if (difference !== 0) return difference;
    }
    return length - term.length;
  }
}

/** A field that was never sealed, with its terms in the order in which they came. */
export class CollectedField extends SegmentField {
  readonly #terms: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(
    postings: FieldPostings,
    terms: readonly string[],
    numbers: ReadonlyMap<string, number>,
  ) {
    super(postings);
    this.#terms = terms;
    this.#numbers = numbers;
  }

  find(term: Uint8Array): number {
    return this.#numbers.get(Buffer.from(term).toString('utf8')) ?? -1;
  }

  term(t: number): string {
    return this.#terms[t];
  }
}

/**
 * An opened segment: typed arrays over the bytes it was opened from, or over what was never put
 * into bytes.
 */
export class LexicalSegment {
  /** Number of passages. */
  readonly rows: number;
  /** Languages of the passages; `rowLanguages` indexes them. */
  readonly languages: readonly string[];
  readonly rowLanguages: Uint8Array;
  readonly #fields: ReadonlyMap<string, SegmentField>;

  constructor(
    rowLanguages: Uint8Array,
    languages: readonly string[],
    fields: ReadonlyMap<FieldName, SegmentField>,
  ) {
    this.rows = rowLanguages.length;
    this.languages = languages;
    this.rowLanguages = rowLanguages;
    this.#fields = fields;
  }

  /** Names of the fields that have postings. */
  get fields(): readonly FieldName[] {
    return [...this.#fields.keys()] as FieldName[];
  }

  field(name: FieldName): SegmentField | null {
    return this.#fields.get(name) ?? null;
  }

  /**
   * @param bytes what `SegmentBuilder.finish` gave; kept, not copied (unless it does not start at a
   * multiple of 8).
   * @param where names the place (a path) in errors.
   * @throws XqgError XQG_SEGMENT_DAMAGED if the bytes are not what was written, XQG_SEGMENT_VERSION
   * for another format.
   */
  static open(bytes: Uint8Array, where: string): LexicalSegment {
    const own = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    const view = new DataView(own.buffer, own.byteOffset, own.byteLength);
    if (own.byteLength < BODY_AT + 4 || view.getUint32(0, true) !== MAGIC) {
      throw new XqgError('XQG_SEGMENT_DAMAGED', {
        path: where,
        reason: 'it does not start as one',
      });
    }
    const version = view.getUint32(4, true);
    if (version !== SEGMENT_VERSION) {
      throw new XqgError('XQG_SEGMENT_VERSION', { path: where, version, known: SEGMENT_VERSION });
    }
    if (!hash(own.subarray(BODY_AT)).equals(own.subarray(HASH_AT, BODY_AT))) {
      throw new XqgError('XQG_SEGMENT_DAMAGED', {
        path: where,
        reason: 'its sha256 does not fit its content',
      });
    }
    try {
      return LexicalSegment.#sections(own, view.getUint32(BODY_AT, true));
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new XqgError('XQG_SEGMENT_DAMAGED', { path: where, reason }, { cause });
    }
  }

  /** @throws Error where the sections do not fit each other */
  static #sections(own: Uint8Array, headerBytes: number): LexicalSegment {
    const header = JSON.parse(
      Buffer.from(own.buffer, own.byteOffset + BODY_AT + 4, headerBytes).toString('utf8'),
    ) as SegmentHeader;
    const { buffer, byteOffset } = own.subarray(aligned(BODY_AT + 4 + headerBytes));
    const end = own.byteOffset + own.byteLength;
    // A buffer may hold more than the segment.
    const at = <T>(
      Type: {
        new (buffer: ArrayBufferLike, from: number, length: number): T;
        BYTES_PER_ELEMENT: number;
      },
      from: number,
      length: number,
    ): T => {
      if (!(from >= 0 && byteOffset + from + length * Type.BYTES_PER_ELEMENT <= end))
        throw new Error('a section lies outside of it');
      return new Type(buffer, byteOffset + from, length);
    };
    const fields = Object.entries(header.fields).map(([name, f]): [FieldName, SegmentField] => {
      const arrays: FieldArrays = {
        blob: at(Uint8Array, f.blobAt, f.blobBytes),
        termEnds: at(Uint32Array, f.termEndsAt, f.terms),
        postingEnds: at(Uint32Array, f.postingEndsAt, f.terms),
        rows: at(Uint16Array, f.rowsAt, f.postings),
        frequencies: at(Uint16Array, f.frequenciesAt, f.postings),
        maxima: at(Uint16Array, f.maximaAt, f.terms),
        lengths: at(Float32Array, f.lengthsAt, header.rows),
      };
      requireFitting(arrays);
      return [name as FieldName, new SealedField(arrays)];
    });
    const rowLanguages = at(Uint8Array, header.rowLanguagesAt, header.rows);
    if (rowLanguages.some((language) => language >= header.languages.length))
      throw new Error('a row has a language that it does not name');
    return new LexicalSegment(rowLanguages, header.languages, new Map(fields));
  }
}

/**
 * Whoever made the bytes made their checksum too: places must lie within the sections.
 * @throws Error
 */
function requireFitting({ blob, termEnds, postingEnds, rows, lengths }: FieldArrays): void {
  requireAscending(termEnds, blob.length, 'terms');
  requireAscending(postingEnds, rows.length, 'postings');
  for (let i = 0; i < rows.length; i++)
    if (rows[i] >= lengths.length) throw new Error('a posting names a row that is not there');
}

function requireAscending(ends: Uint32Array, last: number, what: string): void {
  let before = 0;
  for (let i = 0; i < ends.length; i++) {
    if (ends[i] < before) throw new Error(`its ${what} are not in order`);
    before = ends[i];
  }
  if (before !== last) throw new Error(`its ${what} do not fill their section`);
}

/** Puts a segment into its bytes. `fields` in a fixed order: it is part of the bytes. */
export function sealSegment(
  rowLanguages: Uint8Array,
  languages: readonly string[],
  fields: ReadonlyMap<FieldName, FieldArrays>,
): Uint8Array {
  const sections: { at: number; data: Uint8Array }[] = [];
  let end = 0;
  const place = (data: ArrayBufferView): number => {
    const at = end;
    sections.push({ at, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    end = aligned(at + data.byteLength);
    return at;
  };
  const header: SegmentHeader = {
    rows: rowLanguages.length,
    languages,
    rowLanguagesAt: place(rowLanguages),
    fields: Object.fromEntries(
      [...fields].map(([name, f]): [string, FieldHeader] => [
        name,
        {
          terms: f.termEnds.length,
          postings: f.rows.length,
          blobBytes: f.blob.length,
          blobAt: place(f.blob),
          termEndsAt: place(f.termEnds),
          postingEndsAt: place(f.postingEnds),
          rowsAt: place(f.rows),
          frequenciesAt: place(f.frequencies),
          maximaAt: place(f.maxima),
          lengthsAt: place(f.lengths),
        },
      ]),
    ),
  };
  const headerText = Buffer.from(JSON.stringify(header), 'utf8');
  const sectionsAt = aligned(BODY_AT + 4 + headerText.length);
  const bytes = new Uint8Array(sectionsAt + end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, SEGMENT_VERSION, true);
  view.setUint32(BODY_AT, headerText.length, true);
  bytes.set(headerText, BODY_AT + 4);
  for (const { at, data } of sections) bytes.set(data, sectionsAt + at);
  bytes.set(hash(bytes.subarray(BODY_AT)), HASH_AT);
  return bytes;
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The next multiple of 8, so that every typed array may lie over the bytes themselves. */
function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
