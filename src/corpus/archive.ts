/**
 * The parts of a ZIP archive (EPUB, Office, OpenDocument), read one by one within limits: a few
 * kilobytes may unpack to terabytes. The archive itself may be large, since pictures and films in
 * it are not read.
 */
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import type { Entry, ZipFile } from 'yauzl';
import { guessEncoding } from '../base/encoding.js';
import { XqgError } from '../base/errors.js';
import { formatCount } from '../base/numbers.js';
import { loadPackage } from '../base/optional-package.js';
import { fileError, refuseLargeFile } from '../base/text-file.js';
import { parseXml, type XmlElement, type XmlHandler, xmlParser } from './xml.js';

/** The most bytes that the parts read of one archive may have together, unpacked. */
const UNPACKED_LIMIT = 256 * 2 ** 20;

const MOST_PARTS = 100_000;

/** The beginning of Microsoft's older container, which also holds encrypted documents. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export class Archive {
  readonly #parts = new Map<string, Entry>();
  #unpacked = 0;

  private constructor(
    readonly path: string,
    readonly format: string,
    private readonly zip: ZipFile,
    private readonly limit: number,
  ) {}

  /**
   * @param format for messages: `Word`
   * @throws XqgError XQG_CORPUS_BROKEN_FILE, XQG_CORPUS_EMPTY, XQG_CORPUS_NOT_FOUND,
   * XQG_CORPUS_UNREADABLE
   */
  static async open(path: string, format: string, limit = UNPACKED_LIMIT): Promise<Archive> {
    await refuseLargeFile(path, Number.POSITIVE_INFINITY);
    const { open: openZip } = await loadPackage(`Reading ${format}`, 'yauzl', () =>
      import('yauzl').then((loaded) => loaded.default),
    );
    await refuseLocked(path, format);
    const zip = await new Promise<ZipFile>((done, fail) =>
      openZip(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
        error === null ? done(opened) : fail(error),
      ),
    ).catch((error: NodeJS.ErrnoException) => {
      throw error.code === undefined ? brokenFile(path, format, error) : fileError(path, error);
    });
    const archive = new Archive(path, format, zip, limit);
    try {
      await archive.#list();
      return archive;
    } catch (error) {
      zip.close();
      throw error instanceof XqgError ? error : brokenFile(path, format, error as Error);
    }
  }

  /** Of all parts, as written. */
  get names(): readonly string[] {
    return [...this.#parts.values()].map(({ fileName }) => fileName);
  }

  /** True for a part of this name; case does not matter. */
  has(name: string): boolean {
    return this.#parts.has(name.toLowerCase());
  }

  close(): void {
    this.zip.close();
  }

  /**
   * The text of a part in the encoding that it states.
   * @throws XqgError XQG_CORPUS_BROKEN_FILE also where there is no such part,
   * XQG_CORPUS_UNPACKED
   */
  async text(name: string): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of this.bytes(name)) pieces.push(piece);
    return this.#decoded(Buffer.concat(pieces), name);
  }

  /** As `text`, '' where there is no such part. */
  async textIfAny(name: string): Promise<string> {
    return this.has(name) ? this.text(name) : '';
  }

  /** A small part as a tree. */
  async xml(name: string): Promise<XmlElement> {
    const text = await this.text(name);
    return this.parsed(text, name);
  }

  /** As `xml`, an empty tree where there is no such part. */
  async xmlIfAny(name: string): Promise<XmlElement> {
    return this.parsed(await this.textIfAny(name), name);
  }

  /** @param name of the part, for messages */
  parsed(text: string, name: string): XmlElement {
    try {
      return parseXml(text);
    } catch (error) {
      throw this.broken(`${name}: ${(error as Error).message}`, error);
    }
  }

  /** Passes a large part to the handler as it streams. */
  async stream(name: string, handler: XmlHandler): Promise<void> {
    const parser = xmlParser(handler);
    try {
      for await (const piece of this.pieces(name)) parser.write(piece);
      parser.end();
    } catch (error) {
      if (error instanceof XqgError) throw error;
      throw this.broken(`${name}: ${(error as Error).message}`, error);
    }
  }

  /** As `text`, in pieces. */
  private async *pieces(name: string): AsyncGenerator<string> {
    let decoder: TextDecoder | undefined;
    try {
      for await (const piece of this.bytes(name)) {
        decoder ??= new TextDecoder(declaredEncoding(piece), { fatal: true });
        yield decoder.decode(piece, { stream: true });
      }
      yield decoder?.decode() ?? '';
    } catch (error) {
      throw error instanceof XqgError ? error : this.broken(`${name} is not valid UTF-8`, error);
    }
  }

  /** The unpacked bytes of a part. */
  async *bytes(name: string): AsyncGenerator<Buffer> {
    const entry = this.#parts.get(name.toLowerCase());
    if (entry === undefined) throw this.broken(`it has no part ${name}`);
    if (entry.isEncrypted()) throw this.broken('it is locked by a password');
    this.#count(entry.uncompressedSize);
    try {
      const stream = await new Promise<NodeJS.ReadableStream>((done, fail) =>
        this.zip.openReadStream(entry, (error, opened) =>
          error === null ? done(opened) : fail(error),
        ),
      );
      // The library ends a stream that is longer than the archive says.
      for await (const piece of stream) yield piece as Buffer;
    } catch (error) {
      throw this.broken((error as Error).message, error);
    }
  }

  broken(reason: string, cause?: unknown): XqgError {
    return new XqgError(
      'XQG_CORPUS_BROKEN_FILE',
      { file: this.path, format: this.format, reason: reason.replace(/\.$/, '') },
      { cause },
    );
  }

  #count(bytes: number): void {
    this.#unpacked += bytes;
    if (this.#unpacked <= this.limit) return;
    throw new XqgError('XQG_CORPUS_UNPACKED', {
      file: this.path,
      limit: formatCount(this.limit),
    });
  }

  #list(): Promise<void> {
    return new Promise((done, fail) => {
      this.zip.on('error', fail);
      this.zip.on('end', done);
      this.zip.on('entry', (entry: Entry) => {
        if (this.#parts.size >= MOST_PARTS)
          return fail(this.broken(`it has more than ${formatCount(MOST_PARTS)} parts`));
        if (!entry.fileName.endsWith('/')) this.#parts.set(entry.fileName.toLowerCase(), entry);
        this.zip.readEntry();
      });
      this.zip.readEntry();
    });
  }

  async #decoded(bytes: Buffer, name: string): Promise<string> {
    const declared = declaredEncoding(bytes);
    for (const encoding of [declared, await (declared === 'utf-8' ? guessEncoding(bytes) : null)]) {
      if (encoding === null) continue;
      try {
        return new TextDecoder(encoding, { fatal: true }).decode(bytes);
      } catch {
        // The other one may fit; if none does, the file is broken.
      }
    }
    throw this.broken(`${name} is not valid ${declared.toUpperCase()}`);
  }
}

/** Encrypted Office documents are no archives, nor are those of Word 97. */
async function refuseLocked(path: string, format: string): Promise<void> {
  const file = await open(path).catch((error) => {
    throw fileError(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    if (!buffer.subarray(0, bytesRead).subarray(0, 8).equals(COMPOUND_FILE)) return;
    const { size } = await file.stat();
    const tail = await file.read(Buffer.alloc(65_536), 0, 65_536, Math.max(0, size - 65_536));
    const name = Buffer.from('EncryptedPackage', 'utf16le');
    const isLocked = buffer.includes(name) || tail.buffer.includes(name);
    const reason = isLocked
      ? 'it is locked by a password'
      : 'it is in the older format of Office 97, or locked by a password';
    throw new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format, reason });
  } finally {
    await file.close();
  }
}

function brokenFile(path: string, format: string, cause: Error): XqgError {
  const reason = cause.message.split('\n')[0].replace(/\.$/, '');
  return new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format, reason }, { cause });
}

/** By the byte order mark, or by what an XML or HTML part says of itself; else UTF-8. */
function declaredEncoding(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const [, declared = 'utf-8'] =
    /<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)|<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(
      head.toString('latin1', 0, 1024),
    ) ?? [];
  try {
    const { encoding } = new TextDecoder(declared);
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return 'utf-8';
  }
}
