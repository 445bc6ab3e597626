/** What is too long for the memory comes in parts; what pretends to be small is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LONGEST_DOCUMENT, partsOf } from '../../src/corpus/parts.js';
import type { Block, SourceDocument } from '../../src/corpus/passage.js';
import type { CorpusReader } from '../../src/corpus/reader.js';
import { csvReader } from '../../src/corpus/readers/csv.js';
import { jsonlReader } from '../../src/corpus/readers/jsonl.js';
import { textReader } from '../../src/corpus/readers/text.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-parts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(reader: CorpusReader, name: string, data: string | Buffer) {
  const path = join(folder, name);
  writeFileSync(path, data);
  const documents: SourceDocument[] = [];
  for await (const document of reader.read({ path, id: name, source: folder }))
    documents.push(document);
  return documents;
}

const documentOf = (blocks: readonly Block[]): SourceDocument => ({
  ...{ id: 'a', source: 's', path: 'p', title: 'T', metadata: {} },
  blocks,
});
const lengthOf = ({ blocks }: SourceDocument): number =>
  blocks.reduce((length, { text }) => length + text.length, 0);

describe('partsOf', () => {
  it('leaves a document as it is that is short enough, or a passage by definition', () => {
    const short = documentOf([{ headings: [], text: 'Bees.' }]);
    expect([...partsOf(short)]).toEqual([short]);
    const whole = { ...documentOf([{ headings: [], text: 'x '.repeat(3e6) }]), whole: true };
    expect([...partsOf(whole)]).toEqual([whole]);
  });

  it('cuts at paragraphs, else lines, else anywhere, and loses nothing', () => {
    const paragraph = `${'Bees make honey. '.repeat(60)}\n\n`;
    for (const text of [paragraph.repeat(10_000), 'a line\n'.repeat(1_500_000), '🐝'.repeat(4e6)]) {
      const parts = [...partsOf(documentOf([{ headings: ['H'], text }]))];
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.map(({ id }) => id)).toEqual(['a', 'a/2', 'a/3', 'a/4'].slice(0, parts.length));
      expect(parts.flatMap(({ blocks }) => blocks.map((block) => block.text)).join('')).toBe(text);
      for (const part of parts) {
        expect(lengthOf(part)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
        expect(
          part.blocks.every(({ headings, text: { length } }) => headings[0] === 'H' && length > 0),
        ).toBe(true);
        expect(part.blocks.at(-1)!.text).not.toMatch(/[\ud800-\udbff]$/);
      }
    }
  });

  it('bounds the number of sections', () => {
    const blocks = Array.from({ length: 10_000 }, (_, i) => ({ headings: [`${i}`], text: 'x' }));
    const parts = [...partsOf(documentOf(blocks))];
    expect(parts.map((part) => part.blocks.length)).toEqual([4096, 4096, 1808]);
  });
});

describe('a long text', () => {
  it('is read in parts that end with a paragraph', async () => {
    const text = 'A paragraph of a very long text.\n\n'.repeat(300_000);
    const documents = await read(textReader, 'long.txt', text);
    expect(documents.map(({ id }) => id)).toEqual(['long.txt', 'long.txt/2', 'long.txt/3']);
    expect(documents.map(({ blocks }) => blocks[0].text).join('')).toBe(text);
    expect(documents[0].blocks[0].text.endsWith('text.\n\n')).toBe(true);
  });

  it('of nothing but white space is empty', async () => {
    await expect(read(textReader, 'white.txt', '\n'.repeat(9_000_000))).rejects.toMatchObject({
      code: 'XQG_CORPUS_EMPTY',
    });
  });
});

describe('a row', () => {
  it.each([
    ['list', `{"id":"a","text":"x","list":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['object', `{"id":"a","text":"x","object":${'{"b":'.repeat(5000)}1${'}'.repeat(5000)}}`],
  ])('that is nested too deeply is refused with its line (%s)', async (_, row) => {
    await expect(read(jsonlReader, 'deep.jsonl', `\n${row}`)).rejects.toMatchObject({
      code: 'XQG_CORPUS_ROW',
      details: { line: '2' },
    });
  });

  it('of very many columns is refused in time', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    const started = process.cpuUsage();
    const reading = read(csvReader, 'wide.csv', `id,text,${names.join()},c7\n`);
    await expect(reading).rejects.toMatchObject({ code: 'XQG_CORPUS_ROW' });
    expect(process.cpuUsage(started).user).toBeLessThan(10e6);
  });

  it('is not quoted at length in a message', async () => {
    const fields = Array.from({ length: 100_000 }, (_, i) => `"field${i}":0`);
    await expect(read(jsonlReader, 'wide.jsonl', `{${fields.join()}}`)).rejects.toSatisfy(
      ({ message }: Error) => message.length < 2000 && message.includes('and 99980 others'),
    );
  });
});

it('a packed file that unpacks to hundreds of times its size is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000, '\n'), { level: 9 });
  await expect(read(jsonlReader, 'bomb.jsonl.gz', bomb)).rejects.toMatchObject({
    code: 'XQG_CORPUS_BOMB',
    details: { file: join(folder, 'bomb.jsonl.gz') },
  });
});
