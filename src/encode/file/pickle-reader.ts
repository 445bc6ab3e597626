/**
 * The bytes of a pickle's file, read in order through a window, and what is said of them when they
 * cannot be used.
 */
import type { FileHandle } from 'node:fs/promises';
import { fileError, readBytes } from './matrix-file.js';

const WINDOW = 2 ** 20;
/** Texts are ids: none is longer, in bytes. */
const LONGEST_TEXT = 2 ** 20;
/** Of a name that is written as a line. */
const LONGEST_LINE = 200;

/** Bytes of the file that are left where they are. */
export class FileBytes {
  constructor(
    readonly offset: number,
    readonly length: number,
  ) {}
}

export class PickleReader {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #size: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #at = 0;

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
  }

  /** Offset of the next byte. */
  get at(): number {
    return this.#at;
  }

  /** A text whose length stands before it as a number of so many bytes. */
  async text(lengthBytes: number): Promise<string> {
    const length = await this.number(lengthBytes);
    if (length > LONGEST_TEXT) throw this.refusal(this.#at, `a text of ${length} bytes`);
    await this.#ensure(length);
    const start = this.#at - this.#windowStart;
    this.#at += length;
    return this.#window.toString('utf8', start, start + length);
  }

  /** Passes over bytes whose length stands before them. */
  async bytes(lengthBytes: number): Promise<FileBytes> {
    const length = await this.number(lengthBytes);
    if (this.#at + length > this.#size) throw this.#truncated();
    const bytes = new FileBytes(this.#at, length);
    this.#at += length;
    return bytes;
  }

  /** A whole number with sign, whose length stands before it. */
  async long(): Promise<number> {
    const length = await this.number(1);
    await this.#ensure(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.#byte()) << BigInt(8 * i);
    const signed = Number(BigInt.asIntN(8 * length, value));
    if (!Number.isSafeInteger(signed)) throw this.refusal(this.#at, 'a number beyond 2^53');
    return signed;
  }

  /** Text up to a line end, as GLOBAL has it. */
  async line(): Promise<string> {
    let text = '';
    for (;;) {
      await this.#ensure(1);
      const byte = this.#byte();
      if (byte === 0x0a) return text;
      text += String.fromCharCode(byte);
      if (text.length > LONGEST_LINE) throw this.damage();
    }
  }

  /** A little-endian whole number of 1, 2, 4 or 8 bytes. */
  async number(bytes: number): Promise<number> {
    await this.#ensure(bytes);
    let value = 0;
    for (let i = 0; i < bytes; i++) value += this.#byte() * 2 ** (8 * i);
    if (!Number.isSafeInteger(value)) throw this.damage();
    return value;
  }

  #byte(): number {
    return this.#window[this.#at++ - this.#windowStart];
  }

  /** Makes the next `count` bytes ready. */
  async #ensure(count: number): Promise<void> {
    if (
      this.#at >= this.#windowStart &&
      this.#at + count <= this.#windowStart + this.#window.length
    )
      return;
    if (this.#at + count > this.#size) throw this.#truncated();
    const length = Math.min(Math.max(WINDOW, count), this.#size - this.#at);
    this.#window = Buffer.from((await readBytes(this.#handle, this.#at, length)).buffer);
    this.#windowStart = this.#at;
  }

  #truncated() {
    return fileError(
      this.#path,
      `it is truncated: the pickle goes on beyond its ${this.#size} bytes`,
    );
  }

  damage() {
    return fileError(this.#path, `it is no pickle, or damaged before byte ${this.#at}`);
  }

  refusal(at: number, what: string) {
    const allowed =
      'only NumPy arrays of floating-point numbers, lists, tuples, texts and numbers are read';
    return fileError(
      this.#path,
      `its pickle has ${what} at byte ${at}, which is not run: ${allowed}`,
    );
  }
}
