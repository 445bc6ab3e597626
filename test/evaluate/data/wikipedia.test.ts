import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TestCollection } from '../../../src/evaluate/data/collection.js';
import { openMiracl, openMrTydi } from '../../../src/evaluate/data/wikipedia.js';

type Files = Record<string, string | Buffer | null>;

function folder(files: Files): string {
  const directory = mkdtempSync(join(tmpdir(), 'xqg-wikipedia-'));
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

const rows = (...passages: object[]) => passages.map((row) => `${JSON.stringify(row)}\n`).join('');
const passage = (docid: string) => ({ docid, title: 'T', text: `text of ${docid}` });

async function passagesOf(collection: TestCollection) {
  const passages = [];
  for await (const each of collection.passages()) passages.push(each);
  return passages;
}

describe('openMiracl', () => {
  const files: Files = {
    'miracl-v1.0-fi/topics/topics.miracl-v1.0-fi-dev.tsv': '1\tMikä?\n2\tKuka?\n3\tEi arvioitu\n',
    'miracl-v1.0-fi/qrels/qrels.miracl-v1.0-fi-dev.tsv':
      '1\tQ0\t1#0\t1\n1\tQ0\t1#1\t0\n2\tQ0\t2#0\t1\n',
    'miracl-corpus-v1.0-fi/docs-0.jsonl.gz': gzipSync(rows(passage('1#0'), passage('1#1'))),
    'miracl-corpus-v1.0-fi/docs-1.jsonl.gz': gzipSync(rows(passage('2#0'))),
    'miracl-corpus-v1.0-fi/README.md': 'not a corpus',
  };
  const open = (changes: Files = {}, lang = 'fi', split?: string) =>
    openMiracl({ directory: folder({ ...files, ...changes }), lang, split });

  it('reads the judged questions and streams the corpus repeatedly', async () => {
    const collection = await open();
    expect(collection.name).toBe('miracl-fi/dev');
    expect(collection.queries).toEqual([
      { id: '1', text: 'Mikä?', lang: 'fi', langGiven: true, group: '1' },
      { id: '2', text: 'Kuka?', lang: 'fi', langGiven: true, group: '2' },
    ]);
    expect(collection.qrels.get('1')).toEqual(
      new Map([
        ['1#0', 1],
        ['1#1', 0],
      ]),
    );
    const passages = await passagesOf(collection);
    expect(passages.map(({ id }) => id)).toEqual(['1#0', '1#1', '2#0']);
    expect(passages[0]).toEqual({ id: '1#0', title: 'T', text: 'text of 1#0', lang: 'fi' });
    expect(await passagesOf(collection)).toEqual(passages);
    expect(collection.sources.map(({ file }) => file)).toHaveLength(4);
  });

  const topics = 'miracl-v1.0-fi/topics/topics.miracl-v1.0-fi-dev.tsv';
  const qrels = 'miracl-v1.0-fi/qrels/qrels.miracl-v1.0-fi-dev.tsv';
  it.each<[string, Files, string]>([
    ['no topics', { [topics]: null }, `there is no ${topics}`],
    ['no qrels', { [qrels]: null }, `there is no ${qrels}`],
    ['qrels without judgments', { [qrels]: '' }, 'it has no judgments'],
    ['a judged question without text', { [topics]: '1\tMikä?\n' }, 'lacks 1 of the questions'],
    ['a topic without text', { [topics]: '1\n' }, 'line 1: no topic'],
    ['a repeated topic', { [topics]: '1\ta\n1\tb\n' }, 'line 2: no topic: the id "1"'],
    [
      'a missing part of the corpus',
      { 'miracl-corpus-v1.0-fi/docs-0.jsonl.gz': null },
      'file 0 of the corpus',
    ],
  ])('refuses %s', async (_, changes, reason) => {
    await expect(open(changes)).rejects.toThrow(reason);
  });

  it('names the missing language or split', async () => {
    await expect(open({}, 'sw')).rejects.toThrow('there is no miracl-v1.0-sw/topics');
    await expect(open({}, 'fi', 'testA')).rejects.toThrow('fi-testA.tsv');
  });

  it.each<[string, string | Buffer, string]>([
    ['a row without text', rows({ docid: 'x' }), 'line 1: no passage'],
    ['an id that another file has', rows(passage('1#1')), 'line 1: docid "1#1" is repeated'],
    ['a truncated row', rows(passage('3#0')).slice(0, 20), 'line 1: not valid JSON'],
  ])('refuses %s while streaming', async (_, content, reason) => {
    const collection = await open({ 'miracl-corpus-v1.0-fi/docs-1.jsonl.gz': gzipSync(content) });
    await expect(passagesOf(collection)).rejects.toThrow(reason);
  });

  it('refuses a truncated gzip file while streaming', async () => {
    const cut = gzipSync(rows(...Array.from({ length: 99 }, (_, i) => passage(`${i}`)))).subarray(
      0,
      -20,
    );
    const collection = await open({ 'miracl-corpus-v1.0-fi/docs-1.jsonl.gz': cut });
    await expect(passagesOf(collection)).rejects.toMatchObject({ code: 'XQG_EVALUATION_FILE' });
  });
});

describe('openMrTydi', () => {
  const files: Files = {
    'mrtydi-v1.1-korean/ir-format-data/topics.test.txt': '0\t몇 개?\n4\t어디?\n',
    'mrtydi-v1.1-korean/ir-format-data/qrels.test.txt': '0 Q0 7#1 1\n4 Q0 8#0 1\n',
    'mrtydi-v1.1-korean/corpus.jsonl.gz': gzipSync(rows(passage('7#1'), passage('8#0'))),
  };

  it('reads the published folders', async () => {
    const collection = await openMrTydi({ directory: folder(files), lang: 'ko' });
    expect(collection.queries.map(({ id, text, lang }) => [id, text, lang])).toEqual([
      ['0', '몇 개?', 'ko'],
      ['4', '어디?', 'ko'],
    ]);
    expect((await passagesOf(collection)).map(({ id }) => id)).toEqual(['7#1', '8#0']);
  });

  it('refuses an unknown language and a missing corpus', async () => {
    await expect(openMrTydi({ directory: folder(files), lang: 'de' })).rejects.toThrow(
      'it has no de',
    );
    const without = folder({ ...files, 'mrtydi-v1.1-korean/corpus.jsonl.gz': null });
    await expect(openMrTydi({ directory: without, lang: 'ko' })).rejects.toThrow('has no corpus');
  });
});
