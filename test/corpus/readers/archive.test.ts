/** Archives that are made to fill memories are refused while they unpack. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive } from '../../../src/corpus/archive.js';
import { epubOf, odfOf, pptxOf, xlsxOf, zipOf } from './archives.js';
import { readingOf } from './reading.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function opened(data: Buffer, limit?: number): Promise<Archive> {
  const path = join(folder, 'a.zip');
  writeFileSync(path, data);
  return Archive.open(path, 'Word', limit);
}

describe('archives', () => {
  it('have parts whose names differ in case alone where they are asked for', async () => {
    const archive = await opened(await zipOf({ 'xl/SharedStrings.xml': '<a/>' }));
    expect(archive.has('xl/sharedStrings.xml')).toBe(true);
    expect(await archive.text('xl/sharedstrings.xml')).toBe('<a/>');
    archive.close();
  });

  it('count what they unpack, of all parts together', async () => {
    const archive = await opened(await zipOf({ a: 'x'.repeat(600), b: 'y'.repeat(600) }), 1000);
    await archive.text('a');
    await expect(archive.text('b')).rejects.toMatchObject({ code: 'XQG_CORPUS_UNPACKED' });
    archive.close();
  });

  it('do not unpack more than they declare', async () => {
    const data = await zipOf({ a: 'x'.repeat(100_000) });
    // The size in the central directory, and in the header before the data.
    const size = Buffer.alloc(4);
    size.writeUInt32LE(100_000);
    for (let at = data.indexOf(size); at >= 0; at = data.indexOf(size, at))
      data.writeUInt32LE(10, at);
    const archive = await opened(data, 1000);
    await expect(archive.text('a')).rejects.toMatchObject({ code: 'XQG_CORPUS_BROKEN_FILE' });
    archive.close();
  });

  it('are read in UTF-16, and in other encodings that they declare', async () => {
    const zip = new (await import('jszip')).default();
    zip.file('a', Buffer.from('\ufeff<a>東</a>', 'utf16le'));
    zip.file('b', Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>', 'latin1'));
    const archive = await opened(await zip.generateAsync({ type: 'nodebuffer' }));
    expect(await archive.text('a')).toBe('<a>東</a>');
    expect(await archive.text('b')).toContain('é');
    let streamed = '';
    const handler = { open() {}, text: (text: string) => (streamed += text), close() {} };
    await archive.stream('a', handler);
    expect(streamed).toBe('東');
    archive.close();
  });
});

describe('documents that nest too deep', () => {
  const deep = (tag: string, text: string): string =>
    `<${tag}>`.repeat(100_000) + text + `</${tag}>`.repeat(100_000);

  it.each([
    ['a.pptx', () => pptxOf([{ content: deep('p:grpSp', '') }])],
    ['a.xlsx', () => xlsxOf([{ name: 'S', rows: deep('x:row', '') }])],
    ['a.odt', () => odfOf('text', deep('text:span', ''))],
    ['a.epub', () => epubOf([deep('div', '')])],
  ])('%s is an error or empty, no crash', async (name, data) => {
    const { failures } = await readingOf(name, await data());
    expect(failures.map(({ code }) => code)).toEqual([
      expect.stringMatching(/XQG_CORPUS_(?:BROKEN_FILE|EMPTY)/),
    ]);
  });
});
