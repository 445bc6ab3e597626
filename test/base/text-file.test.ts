import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readLines } from '../../src/base/lines.js';
import { decodeFile, decodeWhole, firstInvalidByte } from '../../src/base/text-file.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-decode-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(data: Buffer | string): string {
  const path = join(folder, 'file');
  writeFileSync(path, data);
  return path;
}

async function decoded(data: Buffer | string, encoding?: string): Promise<string> {
  return decodeWhole(put(data), encoding);
}

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('decodeFile', () => {
  const text = 'Ünïcode ภาษาไทย 日本 😀\r\nnext';

  it('reads UTF-8 and UTF-16 with their marks', async () => {
    expect(await decoded(text)).toBe(text);
    expect(await decoded(`\ufeff${text}`)).toBe(text);
    expect(await decoded(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(text);
    expect(await decoded(swapped(`\ufeff${text}`))).toBe(text);
  });

  it('keeps characters whole that lie across two chunks', async () => {
    // 64 KiB are read at once; every offset of a four-byte character around that border.
    for (let shift = 0; shift < 4; shift++) {
      const long = 'x'.repeat(65_536 - shift) + '😀'.repeat(3);
      expect(await decoded(long)).toBe(long);
    }
  });

  it('uses the encoding that a page declares', async () => {
    expect(await decoded(Buffer.from([0xcf, 0xf0, 0xe8]), 'windows-1251')).toBe('При');
    expect(await decoded('é', 'no-such-encoding')).toBe('é');
  });

  it('refuses UTF-16 without a mark, UTF-32, a surrogate alone and a file that breaks off', async () => {
    await expect(decoded(Buffer.from('text', 'utf16le'))).rejects.toMatchObject({
      code: 'XQG_CORPUS_BINARY',
    });
    await expect(decoded(Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]))).rejects.toMatchObject({
      code: 'XQG_CORPUS_ENCODING',
    });
    await expect(decoded(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0]))).rejects.toMatchObject({
      code: 'XQG_CORPUS_ENCODING',
      details: { encoding: 'UTF-16LE' },
    });
    await expect(decoded(Buffer.from([0x41, 0xe2, 0x82]))).rejects.toMatchObject({
      code: 'XQG_CORPUS_ENCODING',
      details: { line: '1', offset: '1' },
    });
  });

  it('counts lines and bytes over many chunks', async () => {
    const data = Buffer.concat([Buffer.from('ä\n'.repeat(100_000)), Buffer.from([0xff])]);
    await expect(decoded(data)).rejects.toMatchObject({
      details: { line: '100,001', offset: '300,000' },
    });
  });

  it('refuses a file above the limit before reading it', async () => {
    await expect(decodeWhole(put('12345'), undefined, undefined, 4)).rejects.toMatchObject({
      code: 'XQG_CORPUS_TOO_LARGE',
      details: { bytes: '5', limit: '4' },
    });
  });

  it('refuses a folder', async () => {
    const reading = async (): Promise<void> => {
      for await (const _ of decodeFile(folder));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'XQG_CORPUS_UNREADABLE' });
  });
});

describe('firstInvalidByte', () => {
  it('agrees with the platform on any bytes', () => {
    const bytes = fc.array(
      fc.oneof(
        fc.constantFrom(
          0x41,
          0x80,
          0x8f,
          0x90,
          0x9f,
          0xa0,
          0xbf,
          0xc1,
          0xc2,
          0xe0,
          0xed,
          0xef,
          0xf0,
          0xf4,
          0xf5,
        ),
        fc.integer({ min: 0, max: 255 }),
      ),
      { maxLength: 8 },
    );
    const isValid = (part: Uint8Array): boolean => {
      try {
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(bytes, (values) => {
        const data = Uint8Array.from(values);
        const at = firstInvalidByte(data);
        expect(at < 0).toBe(isValid(data));
        if (at >= 0) expect(isValid(data.subarray(0, at))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('readLines', () => {
  const lines = async (data: string, limit?: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const { number, text } of readLines(put(data), limit))
      found.push(`${number} ${text}`);
    return found;
  };

  it('ends lines at LF and CRLF', async () => {
    expect(await lines('a\r\n\nb\u2028c\nd')).toEqual(['1 a', '2 ', '3 b\u2028c', '4 d']);
    expect(await lines('a\n')).toEqual(['1 a']);
    expect(await lines('')).toEqual([]);
  });

  it('unpacks .gz, and names the line of a bad byte within', async () => {
    const packed = (bytes: Buffer) => {
      const path = put(gzipSync(bytes));
      renameSync(path, `${path}.gz`);
      return `${path}.gz`;
    };
    const texts = async (path: string) => {
      const found: string[] = [];
      for await (const { text } of readLines(path)) found.push(text);
      return found;
    };
    const many = Array.from({ length: 50_000 }, (_, i) => `line ${i}`);
    expect(await texts(packed(Buffer.from(many.join('\n'))))).toEqual(many);
    const bad = Buffer.concat([Buffer.from(`${many.join('\n')}\n`), Buffer.of(0xff)]);
    await expect(texts(packed(bad))).rejects.toMatchObject({
      code: 'XQG_CORPUS_ENCODING',
      details: { line: '50,001' },
    });
    const cut = put(gzipSync(many.join('\n')).subarray(0, 1000));
    renameSync(cut, `${cut}.gz`);
    await expect(texts(`${cut}.gz`)).rejects.toMatchObject({
      code: 'XQG_CORPUS_UNREADABLE',
      details: { reason: 'unexpected end of file' },
    });
  });

  it('joins a line of many chunks', async () => {
    const long = 'x'.repeat(300_000);
    expect(await lines(`a\n${long}\nb`)).toEqual(['1 a', `2 ${long}`, '3 b']);
  });

  it('refuses a line above the limit', async () => {
    await expect(lines(`ab\n${'x'.repeat(11)}`, 10)).rejects.toMatchObject({
      code: 'XQG_CORPUS_LONG_LINE',
      details: { line: '2', limit: '10' },
    });
  });
});
