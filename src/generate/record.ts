/**
 * Writes generated queries in the format that recorded.ts reads, so that what was generated once can be used again and
 * elsewhere. Passages stream; the file appears when it is whole.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Generator, GeneratorInput } from './generator.js';

export interface RecordOptions {
  /** Default: all of the generator's. */
  readonly languages?: readonly string[];
  /** Queries for each passage and language; default 5. */
  readonly queries?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Passages that are asked for at once; the file does not depend on it. Default 64. */
  readonly batch?: number;
  /** Told how many passages are written. */
  readonly onWritten?: (passages: number) => void;
}

/**
 * One row a passage, in their order, without the passage's own language. A file that ends in `.gz` is gzipped.
 *
 * @returns the number of passages
 */
export async function recordQueries(
  file: string,
  passages: AsyncIterable<GeneratorInput> | Iterable<GeneratorInput>,
  generator: Generator,
  options: RecordOptions = {},
): Promise<number> {
  const { batch = 64, onWritten = () => {} } = options;
  let written = 0;
  async function* rows(): AsyncGenerator<string> {
    let waiting: GeneratorInput[] = [];
    for await (const passage of passages) {
      waiting.push(passage);
      if (waiting.length < batch) continue;
      yield await rowsOf(waiting, generator, options);
      written += waiting.length;
      onWritten(written);
      waiting = [];
    }
    if (waiting.length > 0) yield await rowsOf(waiting, generator, options);
    written += waiting.length;
  }
  const temporary = `${file}.part`;
  const packing = file.endsWith('.gz') ? [createGzip()] : [];
  try {
    await pipeline([Readable.from(rows()), ...packing, createWriteStream(temporary)]);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return written;
}

async function rowsOf(
  passages: readonly GeneratorInput[],
  generator: Generator,
  { languages = generator.languages, queries = 5, seed = 0 }: RecordOptions,
): Promise<string> {
  const generated = passages.map((): Record<string, string[]> => ({}));
  for (const lang of languages) {
    const rows = [...passages.keys()].filter((row) => passages[row].lang !== lang);
    const drawn = await generator.draw(
      rows.map((row) => passages[row]),
      lang,
      queries,
      seed,
    );
    rows.forEach((row, i) => {
      generated[row][lang] = drawn[i];
    });
  }
  return passages
    .map(({ id, title, text }, i) => ({ docid: id, title, text, generated_queries: generated[i] }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}
