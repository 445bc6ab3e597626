/**
 * Streams the elements of a JSON array in a file. The file may be larger than the longest string in
 * JavaScript.
 */
import { XqgError } from '../../base/errors.js';
import { readChunks } from '../../base/text-file.js';
import { unreadable } from './lines.js';

export interface JsonElement {
  /** Position in the array, from 1. */
  readonly position: number;
  readonly value: unknown;
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] =
  Buffer.from('"\\,[]{}');

/**
 * @param file plain, or gzipped if it ends in `.gz`
 * @throws XqgError XQG_EVALUATION_FILE when it is not a JSON array, naming the first bad element
 */
export async function* jsonElements(file: string): AsyncGenerator<JsonElement> {
  const broken = (reason: string) =>
    new XqgError('XQG_EVALUATION_FILE', {
      file,
      reason,
      remedy: 'It must be a JSON array: [ ... ].',
    });
  let position = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let ended = false;
  let parts: Buffer[] = [];
  const element = (last: Buffer): JsonElement => {
    const text = Buffer.concat([...parts, last]).toString('utf8');
    parts = [];
    position++;
    try {
      return { position, value: JSON.parse(text) };
    } catch (error) {
      throw broken(`element ${position} is not JSON (${(error as Error).message})`);
    }
  };
  const isBlank = (last: Buffer) =>
    [...parts, last].every((part) => part.toString('latin1').trim() === '');
  for await (const chunk of chunksOf(file)) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        continue;
      }
      if (byte === QUOTE) inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth++;
        if (depth === 1) {
          if (byte !== OPEN_LIST || ended || !isBlank(chunk.subarray(from, at)))
            throw broken('it is not an array');
          parts = [];
          from = at + 1;
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        depth--;
        if (depth > 0) continue;
        if (depth < 0) throw broken('it is not an array');
        const last = chunk.subarray(from, at);
        if (position > 0 || !isBlank(last)) yield element(last);
        parts = [];
        from = at + 1;
        ended = true;
      } else if (byte === COMMA && depth === 1) {
        yield element(chunk.subarray(from, at));
        from = at + 1;
      }
    }
    parts.push(chunk.subarray(from));
  }
  if (!ended)
    throw broken(
      depth > 0 ? `it is truncated: it ends within element ${position + 1}` : 'it is not an array',
    );
  if (!isBlank(Buffer.alloc(0))) throw broken('there is more text after the array');
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(file, 2 ** 20);
  } catch (error) {
    throw unreadable(file, error);
  }
}
