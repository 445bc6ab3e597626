/**
 * Collects the rows of one segment and seals them. Memory: about 10 bytes a posting, so at most
 * some 200 MB for a full segment, however large the corpus is.
 */

import { toHalf } from '../../base/half.js';
import type { TermBag } from '../../languages/terms.js';
import type { LexicalRow } from '../snapshot.js';
import {
  CollectedField,
  type FieldArrays,
  type FieldName,
  type FieldPostings,
  LexicalSegment,
  SEGMENT_ROWS,
  sealSegment,
} from './segment.js';

/** Rows in, one sealed block of bytes out; see segment.ts for the format. */
export class SegmentBuilder {
  readonly #rowLanguages: number[] = [];
  readonly #languages: string[] = [];
  readonly #fields = new Map<FieldName, FieldCollector>();

  /** Rows added so far. */
  get rows(): number {
    return this.#rowLanguages.length;
  }

  /** True once SEGMENT_ROWS rows were added: finish it and begin another. */
  get full(): boolean {
    return this.rows >= SEGMENT_ROWS;
  }

  /**
   * Adds the next row.
   * @throws RangeError if the segment is full or a bag holds a term twice or a frequency that is
   * not finite and > 0.
   */
  add(row: LexicalRow): void {
    if (this.full) throw new RangeError(`a segment holds at most ${SEGMENT_ROWS} rows`);
    const number = this.rows;
    let language = this.#languages.indexOf(row.lang);
    if (language < 0) language = this.#languages.push(row.lang) - 1;
    this.#rowLanguages.push(language);
    this.#field('own').add(number, row.own);
    if (row.pivot !== null) this.#field('pivot').add(number, row.pivot);
    if (row.drawn !== null) {
      for (const [lang, bag] of row.drawn) this.#field(`drawn:${lang}`).add(number, bag);
    }
  }

  /** The sealed segment. The builder must not be used after it. */
  finish(): Uint8Array {
    const fields = this.#each((field) => field.finish(this.rows));
    return sealSegment(Uint8Array.from(this.#rowLanguages), this.#languages, fields);
  }

  /**
   * The same without bytes, for rows that are kept nowhere: terms are not sorted, which takes most
   * of the time. The builder must not be used after it.
   */
  open(): LexicalSegment {
    const fields = this.#each((field) => field.open(this.rows));
    return new LexicalSegment(Uint8Array.from(this.#rowLanguages), this.#languages, fields);
  }

  #each<T>(make: (field: FieldCollector) => T): Map<FieldName, T> {
    return new Map(
      [...this.#fields.keys()].sort().map((name) => [name, make(this.#fields.get(name)!)]),
    );
  }

  #field(name: FieldName): FieldCollector {
    let field = this.#fields.get(name);
    if (field === undefined) {
      field = new FieldCollector();
      this.#fields.set(name, field);
    }
    return field;
  }
}

/** Seals all rows (at most SEGMENT_ROWS) of an iterable, in its order. */
export async function buildSegment(
  rows: Iterable<LexicalRow> | AsyncIterable<LexicalRow>,
): Promise<Uint8Array> {
  const builder = new SegmentBuilder();
  for await (const row of rows) builder.add(row);
  return builder.finish();
}

/** Postings of one field in the order of the rows, and then by term. */
class FieldCollector {
  readonly #numbers = new Map<string, number>();
  readonly #terms: string[] = [];
  readonly #counts: number[] = [];
  readonly #lastRow: number[] = [];
  readonly #lengths = new Float32Array(SEGMENT_ROWS);
  #termOf = new Uint32Array(1024);
  #rowOf = new Uint16Array(1024);
  #frequencyOf = new Uint16Array(1024);
  #postings = 0;

  add(row: number, bag: TermBag): void {
    let length = 0;
    this.#reserve(bag.terms.length);
    for (let i = 0; i < bag.terms.length; i++) {
      const weight = bag.weights[i];
      if (!(weight > 0 && weight < Infinity)) {
        throw new RangeError(`term "${bag.terms[i]}" of row ${row} has frequency ${weight}`);
      }
      const number = this.#number(bag.terms[i]);
      if (this.#lastRow[number] === row)
        throw new RangeError(`term "${bag.terms[i]}" is twice in row ${row}`);
      this.#lastRow[number] = row;
      this.#counts[number]++;
      this.#termOf[this.#postings] = number;
      this.#rowOf[this.#postings] = row;
      this.#frequencyOf[this.#postings++] = toHalf(weight);
      length += weight;
    }
    this.#lengths[row] = bag.total ?? length;
  }

  finish(rows: number): FieldArrays {
    const encoded = this.#terms.map((term) => Buffer.from(term, 'utf8'));
    const order = Uint32Array.from(encoded.keys()).sort((a, b) =>
      Buffer.compare(encoded[a], encoded[b]),
    );
    const termEnds = new Uint32Array(order.length);
    let bytes = 0;
    order.forEach((number, place) => {
      termEnds[place] = bytes += encoded[number].length;
    });
    const blob = new Uint8Array(bytes);
    order.forEach((number, place) => {
      blob.set(encoded[number], termEnds[place] - encoded[number].length);
    });
    return { blob, termEnds, ...this.#postingsBy(order, rows) };
  }

  open(rows: number): CollectedField {
    const order = Uint32Array.from(this.#terms.keys());
    return new CollectedField(this.#postingsBy(order, rows), this.#terms, this.#numbers);
  }

  /** @param order numbers of the terms, in the order in which their postings shall lie */
  #postingsBy(order: Uint32Array, rows: number): FieldPostings {
    const postingEnds = new Uint32Array(order.length);
    const next = new Uint32Array(order.length);
    let postings = 0;
    order.forEach((number, place) => {
      next[number] = postings;
      postingEnds[place] = postings += this.#counts[number];
    });
    const rowsByTerm = new Uint16Array(postings);
    const frequencies = new Uint16Array(postings);
    const maximaByNumber = new Uint16Array(order.length);
    for (let i = 0; i < postings; i++) {
      const number = this.#termOf[i];
      const frequency = this.#frequencyOf[i];
      const at = next[number]++;
      rowsByTerm[at] = this.#rowOf[i];
      frequencies[at] = frequency;
      // Bits of positive halves are in the order of their values.
      if (frequency > maximaByNumber[number]) maximaByNumber[number] = frequency;
    }
    const maxima = Uint16Array.from(order, (number) => maximaByNumber[number]);
    const lengths = this.#lengths.slice(0, rows);
    return { postingEnds, rows: rowsByTerm, frequencies, maxima, lengths };
  }

  #number(term: string): number {
    let number = this.#numbers.get(term);
    if (number === undefined) {
      number = this.#terms.push(term) - 1;
      this.#numbers.set(term, number);
      this.#counts.push(0);
      this.#lastRow.push(-1);
    }
    return number;
  }

  #reserve(more: number): void {
    if (this.#postings + more <= this.#termOf.length) return;
    const capacity = Math.max(this.#postings + more, this.#termOf.length * 2);
    const grow = <T extends Uint32Array | Uint16Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#termOf = grow(this.#termOf, new Uint32Array(capacity));
    this.#rowOf = grow(this.#rowOf, new Uint16Array(capacity));
    this.#frequencyOf = grow(this.#frequencyOf, new Uint16Array(capacity));
  }
}
