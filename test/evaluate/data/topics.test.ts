/** Query files and qrels in the forms in which they are published. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readTopics, type Topic } from '../../../src/evaluate/data/topics.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-topics-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function read(name: string, content: string | Buffer): Promise<Topic[]> {
  const file = join(folder, `${files++}${name}`);
  writeFileSync(file, content);
  const topics: Topic[] = [];
  const error = (line: number, reason: string) => new Error(`line ${line}: ${reason}`);
  for await (const topic of readTopics(file, error)) topics.push(topic);
  return topics;
}

const plain = (topics: readonly Topic[]) =>
  topics.map(({ id, text, lang }) => (lang === undefined ? [id, text] : [id, text, lang]));

const EXPECTED = [
  ['7', 'Where does the ferry land?'],
  ['8', 'Who keeps the "old" light?'],
];

describe('queries are the same', () => {
  it.each<[string, string, string]>([
    ['in columns', '.tsv', '7\tWhere does the ferry land?\n8\tWho keeps the "old" light?\n'],
    [
      'under a header',
      '.tsv',
      'qid\tquery\n7\tWhere does the ferry land?\n8\tWho keeps the "old" light?',
    ],
    [
      'with a header of other names',
      '.txt',
      'Query-ID\tText\n7\tWhere does the ferry land?\r\n8\tWho keeps the "old" light?',
    ],
    [
      'with columns in another order',
      '.tsv',
      'text\tyear\t_id\nWhere does the ferry land?\t1900\t7\nWho keeps the "old" light?\t1901\t8',
    ],
    [
      'quoted by a program',
      '.tsv',
      'id\ttext\n7\tWhere does the ferry land?\n8\t"Who keeps the ""old"" light?"',
    ],
    [
      'as CSV',
      '.csv',
      '_id,text\n7,Where does the ferry land?\n8,"Who keeps the ""old"" light?"\n',
    ],
    [
      'as CSV without a header',
      '.csv',
      '7,Where does the ferry land?\n8,"Who keeps the ""old"" light?"\n',
    ],
    [
      'as CSV with semicolons',
      '.csv',
      'id;question\n7;Where does the ferry land?\n8;"Who keeps the ""old"" light?"\n',
    ],
    [
      'as JSONL',
      '.jsonl',
      '{"_id":"7","text":"Where does the ferry land?"}\n{"query_id":8,"query":"Who keeps the \\"old\\" light?"}',
    ],
    [
      'as topics of TREC',
      '.txt',
      '<top>\n<num> Number: 7\n<title> Where does the\nferry land?\n\n<desc> Description:\nharbor\n</top>\n\n<top>\n<num>8</num>\n<title>Who keeps the &quot;old&quot; light?</title>\n</top>\n',
    ],
    [
      'as XML of TREC',
      '.xml',
      '<?xml version="1.0"?>\n<topics>\n<topic number="7">\n<query>Where does the ferry land?</query>\n<question>x</question>\n</topic>\n<topic number="8"><query>Who keeps the &#34;old&#34; light?</query></topic>\n</topics>',
    ],
  ])('%s', async (_, name, content) => {
    expect(plain(await read(name, content))).toEqual(EXPECTED);
    expect(plain(await read(`${name}.gz`, gzipSync(content)))).toEqual(EXPECTED);
  });

  it('with the languages that they name', async () => {
    const rows =
      '{"id":"a","text":"Wo?","lang":"de"}\n{"id":"b","text":"Où ?","metadata":{"lang":"fr"}}';
    const expected = [
      ['a', 'Wo?', 'de'],
      ['b', 'Où ?', 'fr'],
    ];
    expect(plain(await read('.jsonl', rows))).toEqual(expected);
    expect(plain(await read('.tsv', 'id\tlang\ttext\na\tde\tWo?\nb\tfr\tOù ?'))).toEqual(expected);
  });
});

describe('a file of queries is refused', () => {
  it.each<[string, string, string, string]>([
    ['an id twice', '.tsv', 'id\ttext\n1\ta\n1\tb', 'line 3: the id "1" was given in line 2'],
    ['a row without its text', '.tsv', 'id\ttext\n1', 'line 2: 1 columns'],
    [
      'a topic without an end',
      '.txt',
      '<top>\n<num> 1\n<title> a',
      'line 1: a topic that does not end',
    ],
    [
      'a topic without a number',
      '.txt',
      '<top>\n<title> a\n</top>',
      'line 1: a topic without a number',
    ],
  ])('for %s, with its line', async (_, name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });
});
