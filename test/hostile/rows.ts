/** Rows and plain texts that were written to break what reads them. */
import { gzipSync } from 'node:zlib';
import type { HostileFile } from './documents.js';

const file = (name: string, data: () => string | Buffer): HostileFile => ({ name, data });
const row = (fields: string): string => `{"id":"hostile","text":"x",${fields}}`;

export const ROWS: readonly HostileFile[] = [
  file('deep.json', () => `{"data":${'['.repeat(3_000_000)}`),
  file('deep-closed.json', () => `{"paragraphs": [${'['.repeat(500_000)}${']'.repeat(500_000)}]}`),
  file(
    'keys.json',
    () => `{"paragraphs": [], ${Array.from({ length: 500_000 }, (_, i) => `"k${i}":0`).join()}}`,
  ),
  file('lists.json', () => `{"data":[{"paragraphs": [${'[],'.repeat(5_000_000)}[]]}]}`),
  file('open.json', () => `{"data":[{"paragraphs": ["${'x'.repeat(20_000_000)}`),
  file('deep.jsonl', () => row(`"a":${'['.repeat(500_000)}${']'.repeat(500_000)}`)),
  file('objects.jsonl', () => row(`"a":${'{"b":'.repeat(200_000)}1${'}'.repeat(200_000)}`)),
  file('line.jsonl', () => row(`"a":"${'x'.repeat(40_000_000)}"`)),
  file('lists.jsonl', () => row(`"a":[${'[],'.repeat(3_000_000)}[]]`)),
  file(
    'keys.jsonl',
    () => `{"nothing":0,${Array.from({ length: 400_000 }, (_, i) => `"k${i}":0`).join()}}`,
  ),
  file('prototype.jsonl', () => '{"id":"","text":"x","__proto__":{"a":1}}'),
  file('language.jsonl', () => row(`"lang":"${'a-'.repeat(1_000_000)}"`)),
  file('empty-lines.jsonl', () => '\n'.repeat(20_000_000)),
  file('nulls.jsonl', () => 'null\n'.repeat(20_000)),
  file(
    'metadata.jsonl',
    () =>
      `{"id":"hostile-metadata","text":"${'word '.repeat(300_000)}","note":"${'x'.repeat(5_000_000)}"}`,
  ),
  file(
    'title.jsonl',
    () =>
      `{"id":"hostile-title","text":"${'word '.repeat(300_000)}","title":"${'x'.repeat(5_000_000)}"}`,
  ),
  file('bomb.jsonl.gz', () => gzipSync(Buffer.alloc(500_000_000, '\n'), { level: 9 })),
  file('bomb.txt.gz', () => gzipSync(Buffer.alloc(500_000_000, 'a'), { level: 9 })),
  file('bomb.html.gz', () => gzipSync(Buffer.alloc(500_000_000, '<p>'), { level: 9 })),
  file('twice.txt.gz', () => gzipSync(gzipSync('x'.repeat(1000)))),
  file('cut.txt.gz', () => gzipSync('x'.repeat(100_000)).subarray(0, 40)),
  file('quote.csv', () => `id,text\n1,"${'x\n'.repeat(15_000_000)}`),
  file('quotes.csv', () => `id,text\n${'"'.repeat(5_000_001)}`),
  file(
    'columns.csv',
    () => `id,text,${Array.from({ length: 500_000 }, (_, i) => `c${i}`).join()}\n`,
  ),
  file('same-columns.csv', () => `id,text,${'c,'.repeat(500_000)}d\n`),
  file('values.csv', () => `id,text\n${','.repeat(10_000_000)}`),
  file('empty-lines.csv', () => `id,text\n${'\n'.repeat(20_000_000)}`),
  file('header.tsv', () => `${'id\ttext\t'.repeat(300_000)}\n`),
  file('line.txt', () => 'x'.repeat(12_000_000)),
  file('zero-width.txt', () => '\u200b\u200c\u200d'.repeat(700_000)),
  file('marks.txt', () => `e${'\u0301'.repeat(2_000_000)}`),
  file('soft-hyphens.txt', () => '\u00ad \n'.repeat(1_000_000)),
  file('overrides.txt', () => '\u202e\u2066'.repeat(500_000)),
  file('returns.txt', () => 'a\r'.repeat(1_500_000)),
  file('separators.txt', () => 'a\u2028b\u2029'.repeat(500_000)),
  file('hyphens.txt', () => 'well-\nknown-\n'.repeat(200_000)),
  file('signs.txt', () => '-'.repeat(4_000_000)),
  file('utf-32.txt', () => Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0])),
  file('binary.txt', () => Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 256))),
  file('lone-surrogates.jsonl', () => '{"id":"hostile-\\ud800","text":"\\udfff\\ud800"}'),
];
