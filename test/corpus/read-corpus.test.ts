import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { XqgError } from '../../src/base/errors.js';
import type { SourceDocument } from '../../src/corpus/passage.js';
import { type ReadOptions, readCorpus } from '../../src/corpus/read-corpus.js';
import { docxOf } from '../base/bytes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file below the folder and returns its path. */
function put(name: string, data: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return path;
}

async function read(paths: readonly string[], options?: ReadOptions): Promise<SourceDocument[]> {
  const found: SourceDocument[] = [];
  for await (const document of readCorpus(paths, options)) found.push(document);
  return found;
}

const idsOf = (documents: readonly SourceDocument[]): string[] => documents.map(({ id }) => id);

describe('readCorpus', () => {
  it('walks folders in the order of names, and reports what it skips', async () => {
    put('b.txt', 'B.');
    put('a/z.md', '# Z\n\nz');
    put('a/B.txt', 'b');
    put('a/picture.png', 'x');
    put('a/empty.txt', ' \n');
    put('.git/config.txt', 'x');
    put('node_modules/x/readme.md', 'x');
    put('package.json', '{"name": "x"}');
    const skipped: string[] = [];
    const found = await read([folder], {
      onSkip: (path, reason) => skipped.push(`${path.slice(folder.length + 1)} ${reason}`),
    });
    expect(idsOf(found)).toEqual(['a/B.txt', 'a/z.md', 'b.txt']);
    expect(found.every(({ source }) => source === folder)).toBe(true);
    expect(found[0].path).toBe(join(folder, 'a/B.txt'));
    expect(skipped.sort()).toEqual([
      '.git ignored',
      'a/empty.txt empty',
      'a/picture.png format',
      'node_modules ignored',
      'package.json format',
    ]);
  });

  it('leaves out what .gitignore and .xqgignore name, and counts it', async () => {
    put('.gitignore', 'secrets/\n*.log.txt\n/drafts\n!keep.log.txt\n');
    put('.xqgignore', 'old-*.md\n');
    put('secrets/key.txt', 'Key.');
    put('a/run.log.txt', 'Log.');
    put('a/keep.log.txt', 'Kept.');
    put('a/drafts/one.txt', 'In another folder of that name.');
    put('drafts/one.txt', 'Draft.');
    put('old-plan.md', 'Old.');
    put('b/.xqgignore', '!old-map.md\n');
    put('b/old-map.md', 'Map.');
    const skipped: string[] = [];
    const found = await read([folder], {
      onSkip: (path, reason) => skipped.push(`${path.slice(folder.length + 1)} ${reason}`),
    });
    expect(idsOf(found)).toEqual(['a/drafts/one.txt', 'a/keep.log.txt', 'b/old-map.md']);
    expect(skipped.filter((what) => what.endsWith('excluded'))).toEqual([
      'a/run.log.txt excluded',
      'drafts excluded',
      'old-plan.md excluded',
      'secrets excluded',
    ]);
    // What is named itself is read.
    expect(idsOf(await read([join(folder, 'secrets')]))).toEqual(['key.txt']);
  });

  it('obeys the .gitignore of the repository around a folder', async () => {
    put('.git/HEAD', 'x');
    put('.gitignore', 'docs/private/\nbuild/\n');
    put('docs/private/key.txt', 'Key.');
    put('docs/one.txt', 'One.');
    put('build/two.txt', 'Two.');
    expect(idsOf(await read([join(folder, 'docs')]))).toEqual(['one.txt']);
    expect(idsOf(await read([join(folder, 'build')]))).toEqual(['two.txt']);
  });

  it('does not loop on symbolic links, nor stop at a dangling one', async () => {
    put('a/one.txt', 'One.');
    symlinkSync(folder, join(folder, 'a/up'));
    symlinkSync(join(folder, 'self.txt'), join(folder, 'self.txt'));
    symlinkSync(join(folder, 'gone.txt'), join(folder, 'dangling.txt'));
    symlinkSync(join(folder, 'a/one.txt'), join(folder, 'two.txt'));
    const skipped: string[] = [];
    const found = await read([folder], {
      onSkip: (path, reason) => skipped.push(`${path.slice(folder.length + 1)} ${reason}`),
    });
    expect(idsOf(found)).toEqual(['a/one.txt', 'two.txt']);
    expect(skipped.sort()).toEqual(['a/up loop', 'dangling.txt special', 'self.txt loop']);
  });

  it('reads a BEIR folder without its queries and judgments', async () => {
    put(
      'scifact/corpus.jsonl',
      '{"_id": "4983", "title": "T", "text": "One.", "metadata": {"year": 2001}}\n',
    );
    put('scifact/queries.jsonl', '{"_id": "1", "text": "Why?"}\n');
    put('scifact/qrels/test.tsv', 'query-id\tcorpus-id\tscore\n1\t4983\t1\n');
    const found = await read([folder]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: '4983', whole: true, metadata: { year: 2001 }, line: 1 });
  });

  it('reads a corpus.jsonl with "id" as plain JSONL', async () => {
    const path = put('corpus.jsonl', '{"id": "a", "text": "One."}\n');
    const [document] = await read([path]);
    expect(document.id).toBe('a');
    expect(document.whole).toBeUndefined();
  });

  it('distinguishes two languages of a parallel collection', async () => {
    const squad = JSON.stringify({ data: [{ title: 'T', paragraphs: [{ context: 'x' }] }] });
    put('xquad.de.json', squad);
    put('xquad.en.json', squad);
    expect(idsOf(await read([folder]))).toEqual(['xquad.de.json/T#0', 'xquad.en.json/T#0']);
  });

  it('refuses a repeated id, naming both places', async () => {
    put('a.jsonl', '{"id": "x", "text": "1"}\n{"id": "same", "text": "2"}\n');
    put('b.csv', 'id,text\nsame,3\n');
    await expect(read([folder])).rejects.toMatchObject({
      code: 'XQG_CORPUS_DUPLICATE_ID',
      details: {
        id: 'same',
        first: `${join(folder, 'a.jsonl')}, line 2`,
        second: `${join(folder, 'b.csv')}, line 2`,
      },
    });
  });

  it('refuses files with the same name in two arguments', async () => {
    put('a/readme.md', 'a');
    put('b/readme.md', 'b');
    await expect(read([join(folder, 'a'), join(folder, 'b')])).rejects.toMatchObject({
      code: 'XQG_CORPUS_DUPLICATE_ID',
    });
  });

  it('reads a path that is passed twice only once, and refuses one within another', async () => {
    const path = put('a/one.txt', 'One.');
    expect(await read([path, path])).toHaveLength(1);
    await expect(read([path, folder])).rejects.toMatchObject({ code: 'XQG_CORPUS_OVERLAP' });
  });

  it('skips files of unknown kinds among several that are named, as a shell names them', async () => {
    const skipped: string[] = [];
    const onSkip = (path: string, reason: string): number =>
      skipped.push(`${basename(path)} ${reason}`);
    const paths = [put('a.txt', 'A.'), put('b.png', 'x'), put('c.md', 'C.')];
    expect(idsOf(await read(paths, { onSkip }))).toEqual(['a.txt', 'c.md']);
    expect(skipped).toEqual(['b.png format']);
    await expect(read([paths[1]])).rejects.toMatchObject({ code: 'XQG_CORPUS_UNKNOWN_FORMAT' });
    await expect(read([paths[1], put('d.exe', 'x')])).rejects.toMatchObject({
      code: 'XQG_CORPUS_NOTHING_FOUND',
    });
  });

  it('refuses missing, unreadable and empty files', async () => {
    const picture = put('picture.png', 'x');
    const empty = put('empty.txt', '');
    await expect(read([join(folder, 'gone')])).rejects.toMatchObject({
      code: 'XQG_CORPUS_NOT_FOUND',
    });
    await expect(read([picture])).rejects.toMatchObject({ code: 'XQG_CORPUS_UNKNOWN_FORMAT' });
    await expect(read([empty])).rejects.toMatchObject({ code: 'XQG_CORPUS_EMPTY' });
    await expect(read([folder])).rejects.toMatchObject({
      code: 'XQG_CORPUS_NOTHING_FOUND',
      details: { paths: folder, skipped: '2' },
    });
    await expect(read([])).rejects.toMatchObject({ code: 'XQG_CORPUS_NOTHING_FOUND' });
  });

  it('reports a JSON file that is not SQuAD if it was passed by name', async () => {
    await expect(read([put('x.json', '{"a": 1}')])).rejects.toMatchObject({
      code: 'XQG_CORPUS_SQUAD',
    });
  });

  it('continues after an invalid file if failures are handled', async () => {
    put('a.pdf', 'no PDF');
    put('b.txt', 'B.');
    const failures: XqgError[] = [];
    const found = await read([folder], { onFailure: (_, error) => failures.push(error) });
    expect(idsOf(found)).toEqual(['b.txt']);
    expect(failures.map(({ code }) => code)).toEqual(['XQG_CORPUS_BROKEN_FILE']);
  });

  it('reads tables and rows in UTF-16, and pages in the encoding that they declare', async () => {
    const table = put('a.tsv', Buffer.from('\ufeffid\ttext\r\n1\tไทย\r\n', 'utf16le'));
    const rows = put('b.jsonl', Buffer.from('\ufeff{"id": "2", "text": "ไทย"}\r\n', 'utf16le'));
    const cyrillic = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
    const page = put(
      'c.html',
      Buffer.concat([Buffer.from('<meta charset="windows-1251"><p>'), cyrillic]),
    );
    const found = await read([table, rows, page]);
    expect(found.map(({ blocks }) => blocks[0].text)).toEqual(['ไทย', 'ไทย', 'Привет']);
  });

  it('reads the headings of Word and Markdown files', async () => {
    const word = put(
      'a.docx',
      docxOf([
        ['Title', 'Report'],
        ['heading 1', 'Results'],
        ['', 'Good.'],
      ]),
    );
    const markdown = put('b.md', '# Report\n\n## Results\n\nGood.\n');
    for (const document of await read([word, markdown])) {
      expect(document.title).toBe('Report');
      expect(document.blocks).toEqual([{ headings: ['Results'], text: 'Good.' }]);
    }
  });

  it('reports empty rows', async () => {
    const path = put(
      'a.jsonl',
      '{"id": "1", "text": ""}\n{"id": "2", "title": "Only a title", "text": ""}\n',
    );
    const skipped: unknown[] = [];
    expect(idsOf(await read([path], { onSkip: (...what) => skipped.push(what) }))).toEqual(['2']);
    expect(skipped).toEqual([[path, 'empty', 1]]);
  });
});

describe('metadata of rows', () => {
  it('contains every other field', async () => {
    const row = {
      id: 'a',
      text: 'x',
      year: 2020,
      open: true,
      tags: ['a', 'b'],
      mixed: [1, { b: 2 }],
      author: { name: 'N', at: { city: 'C' } },
      metadata: { year: 1999, url: 'u', lang: 'th' },
      nothing: null,
    };
    const [document] = await read([put('a.jsonl', JSON.stringify(row))]);
    expect(document.lang).toBe('th');
    expect(document.metadata).toEqual({
      year: 2020,
      open: true,
      tags: ['a', 'b'],
      mixed: ['1', '{"b":2}'],
      'author.name': 'N',
      'author.at.city': 'C',
      'metadata.year': 1999,
      url: 'u',
    });
  });

  it('is named where it is bad, also as the only one of its file', async () => {
    const failures: XqgError[] = [];
    const path = put('a.jsonl', '{');
    expect(await read([path], { onFailure: (_, error) => failures.push(error) })).toEqual([]);
    expect(failures.map(({ code }) => code)).toEqual(['XQG_CORPUS_ROW']);
  });

  it('may have a field named __proto__', async () => {
    const [document] = await read([
      put('a.jsonl', '{"id": "a", "text": "x", "__proto__": {"polluted": "yes"}}'),
    ]);
    expect(Object.entries(document.metadata)).toEqual([['__proto__.polluted', 'yes']]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is refused if nested too deeply', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    await expect(
      read([put('a.jsonl', `{"id": "a", "text": "x", "m": ${deep}}`)]),
    ).rejects.toMatchObject({
      code: 'XQG_CORPUS_ROW',
    });
  });

  it('contains columns of a table as strings, and decomposed text unchanged', async () => {
    const path = put('a.tsv', 'id\ttext\tyear\tempty\n1\tcafe\u0301\t2020\t\n');
    const [document] = await read([path]);
    expect(document.metadata).toEqual({ year: '2020' });
    expect(document.blocks[0].text).toBe('cafe\u0301');
  });
});
