/**
 * Bytes of a file to text: UTF-8, or what its byte order mark says, or the encoding that the bytes
 * look like, of which the caller is told. Anything else is an error that names the byte, never a
 * replacement character.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { guessEncoding, guessUtf16 } from './encoding.js';
import { XqgError } from './errors.js';
import { formatCount } from './numbers.js';

/** The most bytes of a file that is read as a whole. */
export const WHOLE_FILE_LIMIT = 128 * 2 ** 20;

const BYTE_ORDER_MARKS = [
  // UTF-32 first: its little-endian mark begins with that of UTF-16.
  { encoding: 'utf-32', bytes: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32', bytes: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * Called with the encoding that was assumed, where the data does not name it; without a listener
 * nothing is assumed.
 */
export type EncodingListener = (encoding: string) => void;

/**
 * The text of a file in pieces of some 64 KiB, without the byte order mark; `.gz` is unpacked.
 * @param declared encoding that the data itself names (HTML); a byte order mark overrules it, and
 * so do bytes that can only be UTF-8 or cannot be what is declared
 * @throws XqgError XQG_CORPUS_ENCODING, XQG_CORPUS_BINARY, XQG_CORPUS_UNREADABLE,
 * XQG_CORPUS_NOT_FOUND
 */
export async function* decodeFile(
  path: string,
  declared = 'utf-8',
  onAssumed?: EncodingListener,
): AsyncGenerator<string> {
  let decoder: ChunkDecoder | undefined;
  for await (const chunk of bytesOf(path)) {
    decoder ??= await decoderFor(path, chunk, declared, onAssumed);
    const text = await decoder.push(chunk, false);
    if (text !== '') yield text;
  }
  const rest = (await decoder?.push(Buffer.alloc(0), true)) ?? '';
  if (rest !== '') yield rest;
}

/**
 * The whole text of a file that is one document.
 * @throws XqgError also XQG_CORPUS_TOO_LARGE, and XQG_CORPUS_EMPTY if there is nothing but white
 * space
 */
export async function decodeWhole(
  path: string,
  declared?: string,
  onAssumed?: EncodingListener,
  limit = WHOLE_FILE_LIMIT,
): Promise<string> {
  await refuseLargeFile(path, limit);
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodeFile(path, declared, onAssumed)) {
    pieces.push(piece);
    length += piece.length;
    // Of a packed file, the size says nothing.
    if (length > limit) throw tooLarge(path, length, limit);
  }
  const text = pieces.join('');
  if (text.trim() === '') throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
  return text;
}

/**
 * The bytes of a file that is one document.
 * @throws XqgError XQG_CORPUS_TOO_LARGE, XQG_CORPUS_EMPTY, and those of files that cannot be read
 */
export async function readWhole(path: string): Promise<Buffer> {
  await refuseLargeFile(path, WHOLE_FILE_LIMIT);
  return readFile(path).catch((error) => {
    throw fileError(path, error);
  });
}

/** @throws XqgError XQG_CORPUS_TOO_LARGE above `limit` bytes, XQG_CORPUS_EMPTY at 0 bytes */
export async function refuseLargeFile(path: string, limit: number): Promise<void> {
  const { size } = await stat(path).catch((error) => {
    throw fileError(path, error);
  });
  if (size === 0) throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
  if (size > limit) throw tooLarge(path, size, limit);
}

function tooLarge(file: string, bytes: number, limit: number): XqgError {
  return new XqgError('XQG_CORPUS_TOO_LARGE', {
    file,
    bytes: formatCount(bytes),
    limit: formatCount(limit),
  });
}

/**
 * The first `length` bytes as text, broken characters replaced: only to guess the format of a file.
 */
export async function headOf(path: string, length: number): Promise<string> {
  if (path.endsWith('.gz')) {
    for await (const chunk of bytesOf(path)) return chunk.toString('utf8', 0, length);
    return '';
  }
  const file = await open(path).catch((error) => {
    throw fileError(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The XqgError for an error of the file system or of unpacking. */
export function fileError(path: string, error: unknown): XqgError {
  if (error instanceof XqgError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new XqgError('XQG_CORPUS_NOT_FOUND', { path }, { cause: error });
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const reason = isForbidden ? 'permission denied' : code?.startsWith('Z_') ? message : code;
  return new XqgError(
    'XQG_CORPUS_UNREADABLE',
    { path, reason: reason ?? String(error) },
    { cause: error },
  );
}

/**
 * A packed file that grows more than this is no text that somebody packed. gzip reaches 1,030.
 */
const LARGEST_RATIO = 200;
/** Bytes that any packed file may grow to. */
const SMALL_UNPACKED = 64 * 2 ** 20;

/**
 * The bytes of a file, those of `.gz` unpacked.
 * @param chunkBytes read at once
 * @throws XqgError XQG_CORPUS_BOMB; what Node.js throws
 */
export async function* readChunks(path: string, chunkBytes = 2 ** 16): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const isPacked = path.endsWith('.gz');
  const source = isPacked ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => source.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += (chunk as Buffer).length;
      if (isPacked && bytes > SMALL_UNPACKED && bytes > LARGEST_RATIO * file.bytesRead)
        throw new XqgError('XQG_CORPUS_BOMB', { file: path, ratio: LARGEST_RATIO });
      yield chunk as Buffer;
    }
  } finally {
    file.destroy();
  }
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

interface ChunkDecoder {
  push(chunk: Buffer, last: boolean): Promise<string>;
}

async function decoderFor(
  path: string,
  head: Buffer,
  declared: string,
  onAssumed?: EncodingListener,
): Promise<ChunkDecoder> {
  const mark = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (mark?.encoding === 'utf-32') {
    throw new XqgError('XQG_CORPUS_ENCODING', {
      file: path,
      line: 1,
      offset: 0,
      encoding: 'UTF-8 but UTF-32',
    });
  }
  if (mark !== undefined)
    return mark.encoding === 'utf-8'
      ? new Utf8Decoder(path, onAssumed)
      : new OtherDecoder(path, mark.encoding);
  const unmarked = onAssumed !== undefined && head.includes(0) ? guessUtf16(head) : null;
  if (unmarked !== null) {
    onAssumed?.(unmarked);
    return new OtherDecoder(path, unmarked);
  }
  // Its bytes are ASCII, and what they mean is said by escape sequences among them.
  if (onAssumed !== undefined && JIS_ESCAPE.test(head.toString('latin1'))) {
    if (supportedEncoding(declared) !== 'iso-2022-jp') onAssumed('iso-2022-jp');
    return new OtherDecoder(path, 'iso-2022-jp');
  }
  const encoding = supportedEncoding(declared);
  if (encoding === 'utf-8') return new Utf8Decoder(path, onAssumed);
  if (onAssumed === undefined) return new OtherDecoder(path, encoding);
  const start = head.subarray(0, completeLength(head));
  if (isUtf8(start) && start.some((byte) => byte >= 0x80)) {
    onAssumed('utf-8');
    return new Utf8Decoder(path, onAssumed);
  }
  if (isDecodable(head, encoding)) return new OtherDecoder(path, encoding);
  const guess = await guessEncoding(head);
  if (guess !== null) onAssumed(guess);
  return new OtherDecoder(path, guess ?? encoding);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences begin with ESC
const JIS_ESCAPE = /\u001b\$[@B]/;

function isDecodable(bytes: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** As in the HTML standard: a page that could be read far enough to find "utf-16" is not UTF-16. */
function supportedEncoding(declared: string): string {
  try {
    const { encoding } = new TextDecoder(declared);
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return 'utf-8';
  }
}

class Utf8Decoder implements ChunkDecoder {
  private carry: Buffer = Buffer.alloc(0);
  /** Bytes of the file before the carry. */
  private offset = 0;
  /** Until a character beyond ASCII shows it, a file may yet be in another encoding. */
  private isAscii = true;
  private other: OtherDecoder | undefined;

  constructor(
    private readonly path: string,
    private readonly onAssumed?: EncodingListener,
  ) {}

  async push(chunk: Buffer, last: boolean): Promise<string> {
    if (this.other !== undefined) return this.other.push(chunk, last);
    const bytes = this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]);
    const end = last ? bytes.length : completeLength(bytes);
    const body = bytes.subarray(0, end);
    const nul = body.indexOf(0);
    const invalid = isUtf8(body) ? -1 : firstInvalidByte(body);
    if (invalid >= 0 && (nul < 0 || invalid < nul)) {
      const wasAscii = this.isAscii && !body.subarray(0, invalid).some((byte) => byte >= 0x80);
      const guess =
        this.onAssumed !== undefined && wasAscii && nul < 0 ? await guessEncoding(bytes) : null;
      if (guess !== null) {
        this.onAssumed?.(guess);
        this.other = new OtherDecoder(this.path, guess, this.offset);
        return this.other.push(bytes, last);
      }
      throw await encodingError(this.path, this.offset + invalid, 'UTF-8');
    }
    if (nul >= 0) throw await binaryError(this.path, this.offset + nul);
    const marked = this.offset === 0 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
    this.carry = Buffer.from(bytes.subarray(end));
    this.offset += end;
    const text = body.toString('utf8', marked ? 3 : 0);
    // One character a byte: ASCII alone.
    if (marked || text.length !== body.length) this.isAscii = false;
    return text;
  }
}

class OtherDecoder implements ChunkDecoder {
  private readonly decoder: TextDecoder;

  constructor(
    private readonly path: string,
    private readonly encoding: string,
    private offset = 0,
  ) {
    this.decoder = new TextDecoder(encoding, { fatal: true });
  }

  async push(chunk: Buffer, last: boolean): Promise<string> {
    let text: string;
    try {
      text = this.decoder.decode(chunk, { stream: !last });
    } catch {
      throw await encodingError(this.path, this.offset, this.encoding.toUpperCase());
    }
    if (text.includes('\0')) throw await binaryError(this.path, this.offset);
    this.offset += chunk.length;
    return text;
  }
}

async function encodingError(path: string, offset: number, encoding: string): Promise<XqgError> {
  const line = formatCount(await lineAt(path, offset));
  return new XqgError('XQG_CORPUS_ENCODING', {
    file: path,
    line,
    offset: formatCount(offset),
    encoding,
  });
}

async function binaryError(path: string, offset: number): Promise<XqgError> {
  const line = formatCount(await lineAt(path, offset));
  return new XqgError('XQG_CORPUS_BINARY', { file: path, line, offset: formatCount(offset) });
}

/** Line (from 1) of a byte: read again, since only errors need it. */
async function lineAt(path: string, offset: number): Promise<number> {
  let line = 1;
  let rest = offset;
  for await (const chunk of readChunks(path)) {
    for (const byte of chunk.subarray(0, rest)) if (byte === 0x0a) line++;
    rest -= chunk.length;
    if (rest <= 0) break;
  }
  return line;
}

/**
 * Length of the well-formed UTF-8 sequence that begins at `at` (1 to 4 bytes); 0 if there is none;
 * -1 if the bytes end within a sequence that may still become well-formed. The ranges are those of
 * Unicode 16, table 3-7.
 */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    if (at + i >= bytes.length) return -1;
    const byte = bytes[at + i];
    const least = i === 1 && lead === 0xe0 ? 0xa0 : i === 1 && lead === 0xf0 ? 0x90 : 0x80;
    const most = i === 1 && lead === 0xed ? 0x9f : i === 1 && lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < least || byte > most) return 0;
  }
  return length;
}

/** Offset of the first byte that is not part of well-formed UTF-8, or -1. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length <= 0) return at;
    at += length;
  }
  return -1;
}

/**
 * How many of the bytes, from the start, do not end within a sequence that the next chunk may
 * complete.
 */
function completeLength(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at--) {
    if ((bytes[at] & 0xc0) !== 0x80) return sequenceLength(bytes, at) === -1 ? at : bytes.length;
  }
  return bytes.length;
}
