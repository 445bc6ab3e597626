/** What people see in a document is in its text; what was assumed or is missing is said. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCorpus } from '../../src/corpus/read-corpus.js';
import { READERS } from '../../src/corpus/readers/readers.js';
import { docxWith, pdfOf, pdfWithCharacterMap } from '../base/bytes.js';
import { readingOf } from './readers/reading.js';

/** Readers that are not the shipped objects are read in this process, which is quicker here. */
const readers = READERS.map((reader) => ({ ...reader }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-lossless-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string, data: string | Buffer) => readingOf(name, data, readers);

async function textOf(name: string, data: string | Buffer): Promise<string> {
  const { documents } = await read(name, data);
  return documents.flatMap(({ blocks }) => blocks.map(({ text }) => text)).join('\n\n');
}

describe('HTML', () => {
  it('drops soft hyphens, in headings too', async () => {
    const { documents } = await read(
      'a.html',
      '<h1>Fund&shy;büro</h1><h2>Dampf&#173;kessel</h2><p>Kessel&shy;flicker</p>',
    );
    expect(documents[0]).toMatchObject({
      title: 'Fundbüro',
      blocks: [{ headings: ['Dampfkessel'], text: 'Kesselflicker' }],
    });
  });

  it('leaves readings of ruby out of the words', async () => {
    expect(
      await textOf(
        'a.html',
        '<p><ruby>美術<rp>(</rp><rt>びじゅつ</rt><rp>)</rp></ruby>館は<ruby>月<rt>げつ</rt>曜<rt>よう</rt></ruby>日に休みます。',
      ),
    ).toBe('美術館は月曜日に休みます。');
  });

  it('makes a row of a table one line, whatever its cells contain', async () => {
    expect(
      await textOf(
        'a.html',
        '<table><tr><th><p>Boat</p></th><th><div>Price</div></th></tr><tr><td><p>Canoe</p></td><td><ul><li>12</li><li>euros</li></ul></td></tr></table>',
      ),
    ).toBe('Boat\tPrice\n\nCanoe\t12 euros');
  });

  it('reads a page that is laid out by a table as paragraphs', async () => {
    const paragraph = 'A sentence about boats and oars that is rather long. '.repeat(4).trim();
    const cells = `<td>Menu</td><td>${`<p>${paragraph}</p>`.repeat(5)}</td>`;
    expect(await textOf('a.html', `<table><tr>${cells}</tr></table>`)).toBe(
      ['Menu', ...Array.from({ length: 5 }, () => paragraph)].join('\n\n'),
    );
  });

  it('reads what a page hides for a while, in the place where it is shown', async () => {
    const streamed =
      '<main><p>Before.</p><!--$?--><template id="B:0"></template><p>Loading</p><!--/$--><p>After.</p></main>' +
      '<div hidden id="S:0"><p>Streamed.</p></div><script>function $RC(a,b){if(a<b){}};$RC("B:0","S:0")</script>';
    expect(await textOf('a.html', streamed)).toBe('Before.\n\nStreamed.\n\nAfter.');
    expect(
      await textOf('b.html', '<div role="tabpanel" hidden>Second tab.</div><p hidden>Never.</p>'),
    ).toBe('Second tab.');
    expect(await textOf('c.html', '<p>a</p><noscript><p>Without scripts.</p></noscript>')).toBe(
      'a\n\nWithout scripts.',
    );
    expect(await textOf('d.html', '<svg><title>t</title><text>Label</text></svg><p>a</p>')).toBe(
      'Label\n\na',
    );
  });

  it('leaves the signs of links to headings out', async () => {
    const { documents } = await read(
      'a.html',
      '<h2>Oars<a class="headerlink" href="#oars">¶</a></h2><p>a <a href="#b">see b</a></p><h2><a href="#c">#</a> C#</h2><p>b',
    );
    expect(documents[0].blocks).toEqual([
      { headings: ['Oars'], text: 'a see b' },
      { headings: ['C#'], text: 'b' },
    ]);
  });

  it('says the encoding of a page that names none, or another one', async () => {
    const latin = Buffer.from('<p>Die Fähre fährt über den See und zurück.</p>', 'latin1');
    expect(await read('a.html', latin)).toMatchObject({
      documents: [{ blocks: [{ text: 'Die Fähre fährt über den See und zurück.' }] }],
      notes: ['read as windows-1252, which it does not say'],
    });
    const wrong = '<meta charset="iso-8859-1"><p>Die Fähre fährt.</p>';
    expect(await read('b.html', wrong)).toMatchObject({
      documents: [{ blocks: [{ text: 'Die Fähre fährt.' }] }],
      notes: ['read as utf-8, which it does not say'],
    });
  });
});

describe('Markdown', () => {
  it('shows raw tags that GitHub shows, and hides nothing behind the others', async () => {
    expect(
      await textOf(
        'a.md',
        'Write a <textarea> for notes.\n\n<script>alert(1)</script>\n\nCall <object> and <your-name> here.\n\nThe end.\n',
      ),
    ).toBe(
      'Write a <textarea> for notes.\n\n<script>alert(1)</script>\n\nCall and here.\n\nThe end.',
    );
  });

  it('takes rules for text, and a mapping alone for front matter', async () => {
    expect(await textOf('a.md', '---\nThe oars\n\nare in the shed.\n\n---\nMore.\n')).toBe(
      'The oars\n\nare in the shed.\n\nMore.',
    );
    expect(await textOf('b.md', '---\n\nNote: the oars\n\n---\nMore.\n')).toContain('the oars');
    expect(
      await read('c.md', '---\ntitle: Oars\n# comment\n\ntags:\n- a\n---\nMore.\n'),
    ).toMatchObject({
      documents: [{ title: 'Oars', metadata: { tags: ['a'] }, blocks: [{ text: 'More.' }] }],
    });
  });

  it('reads footnotes, and links of wikis', async () => {
    expect(
      await textOf(
        'a.md',
        'The jetty[^1] leads to [[Boats/Canoe|the canoes]] and [[Oars]].\n\n[^1]: Repaired.\n[^long]: First line\n    and second.\n',
      ),
    ).toBe('The jetty leads to the canoes and Oars.\n\nRepaired.\n\nFirst line and second.');
  });

  it('reads MDX without its code', async () => {
    expect(
      await textOf(
        'a.mdx',
        "import Tabs from './tabs';\n\nexport const a = 1;\n\n{/* a note */}\n\n<Tabs>\n\nThe oars.\n\n</Tabs>\n",
      ),
    ).toBe('The oars.');
  });
});

describe('plain text', () => {
  it('is read in the encoding that it is in, which is said', async () => {
    const utf16 = Buffer.from('Die Ruder liegen im Schuppen.\n', 'utf16le');
    expect(await read('a.txt', utf16)).toMatchObject({
      documents: [{ blocks: [{ text: 'Die Ruder liegen im Schuppen.\n' }] }],
      notes: ['read as utf-16le, which it does not say'],
    });
    // Enough ASCII before, so that it comes in several pieces.
    const late = `${'The oars are in the shed.\n\n'.repeat(5000)}Crème brûlée\n`;
    expect(await read('b.txt', Buffer.from(late, 'latin1'))).toMatchObject({
      documents: [{ blocks: [{ text: late }] }],
      notes: ['read as windows-1252, which it does not say'],
    });
    expect((await read('c.txt', 'Crème brûlée')).notes).toEqual([]);
  });

  it('joins a word at the soft hyphen where its line ends', async () => {
    expect(await textOf('a.txt', 'Dampf\u00ad\nkessel')).toBe('Dampfkessel');
  });
});

describe('PDF', () => {
  it('reads fonts that name a predefined character map', async () => {
    expect(
      await textOf(
        'ja.pdf',
        pdfWithCharacterMap(['駅は西にあります。'], 'UniJIS-UTF16-H', 'Japan1'),
      ),
    ).toBe('駅は西にあります。');
    expect(
      await textOf('zh.pdf', pdfWithCharacterMap(['火车站在西边。'], 'UniGB-UTF16-H', 'GB1')),
    ).toBe('火车站在西边。');
    expect(
      await textOf('ko.pdf', pdfWithCharacterMap(['역은 서쪽에 있다.'], 'UniKS-UTF16-H', 'Korea1')),
    ).toBe('역은 서쪽에 있다.');
  });

  it('names pages without text', async () => {
    const path = join(folder, 'x.pdf');
    writeFileSync(path, pdfOf(['']));
    const notes: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const _ of readCorpus([path], {
        readers,
        onNote: (_path, note) => notes.push(note),
      }));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'XQG_CORPUS_EMPTY' });
    expect(notes).toEqual(['page 1 of 1 without text; scanned ones need OCR']);
    expect((await read('y.pdf', pdfOf(['One.', '', '', 'Two.', '']))).notes).toEqual([
      'pages 2-3, 5 of 5 without text; scanned ones need OCR',
    ]);
  });

  it('joins a word that is divided at the end of a line or a page', async () => {
    expect(await textOf('a.pdf', pdfOf(['The rud-\nders of the ca-', 'noe. The end.']))).toBe(
      'The rudders of the canoe. The end.',
    );
  });
});

describe('Word', () => {
  const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
  const paragraph = (content: string): string => `<w:p>${content}</w:p>`;

  it('reads footnotes and comments behind the text, and changes as accepted', async () => {
    const body = paragraph(
      `${run('The jetty')}<w:r><w:footnoteReference w:id="2"/></w:r>${run(' is ')}<w:del w:id="9" w:author="a"><w:r><w:delText>old</w:delText></w:r></w:del><w:ins w:id="10" w:author="a">${run('new')}</w:ins><w:r><w:commentReference w:id="0"/></w:r>${run('.')}`,
    );
    const notes = `<w:footnote w:id="2">${paragraph(run('Repaired in May.'))}</w:footnote>`;
    const comments = `<w:comment w:id="0" w:author="A" w:initials="A">${paragraph(run('Is it?'))}</w:comment>`;
    const text = await textOf('a.docx', docxWith(body, [], { notes, comments }));
    expect(text).toContain('The jetty is new.');
    expect(text).toContain('Repaired in May.');
    expect(text).toContain('Is it?');
    expect(text).not.toMatch(/old|\[1\]|↑/);
  });

  it('makes a row of a table one line', async () => {
    const row = (...cells: string[]): string =>
      `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(run(cell))}</w:tc>`).join('')}</w:tr>`;
    const table = `<w:tbl>${row('Canoe', '12 euros')}${row('Oar', '3 euros')}</w:tbl>`;
    expect(await textOf('a.docx', docxWith(table))).toBe('Canoe\t12 euros\n\nOar\t3 euros');
  });

  it('reads text boxes, fields, equations and words with readings', async () => {
    const box = `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>${paragraph(run('In a box.'))}</w:txbxContent></wps:txbx></w:drawing></mc:Choice></mc:AlternateContent></w:r>`;
    const field = `<w:fldSimple w:instr=" AUTHOR ">${run('Ms Field')}</w:fldSimple>`;
    const math =
      '<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f></m:oMath>';
    const ruby = `<w:r><w:ruby><w:rubyPr/><w:rt>${run('びじゅつ')}</w:rt><w:rubyBase>${run('美術')}</w:rubyBase></w:ruby></w:r>${run('館')}`;
    const body = [box, `${run('By ')}${field}`, math, ruby].map(paragraph).join('');
    const text = await textOf('a.docx', docxWith(body));
    for (const part of ['In a box.', 'By Ms Field', 'a+b/c', '美術館'])
      expect(text).toContain(part);
    expect(text).not.toContain('びじゅつ');
  });

  it('says which parts it does not read', async () => {
    const body = `${paragraph(run('Text.'))}<w:unheardOf>${paragraph(run('Lost.'))}</w:unheardOf>`;
    expect((await read('a.docx', docxWith(body))).notes).toEqual([
      'parts that are not read: w:unheardOf',
    ]);
  });
});

describe('tables and rows', () => {
  it('are read with the delimiter and the quotes that they are written with', async () => {
    const texts = async (name: string, data: string): Promise<unknown> =>
      (await read(name, data)).documents.map(({ id, blocks }) => [id, blocks[0].text]);
    const rows = [
      ['1', 'a, b'],
      ['2', 'c'],
    ];
    expect(await texts('a.csv', 'id;text\n1;a, b\n2;c\n')).toEqual(rows);
    expect(await texts('b.csv', 'id\ttext\n1\ta, b\n2\tc\n')).toEqual(rows);
    expect(await texts('c.csv', "'id','text'\n'1','a, b'\n'2','c'\n")).toEqual(rows);
    expect(await texts('d.tsv', 'id\ttext\n1\ta 5" pipe\n2\t"so" it is\n')).toEqual([
      ['1', 'a 5" pipe'],
      ['2', '"so" it is'],
    ]);
    expect(await texts('collection.tsv', '7\tThe oars.\n8\tThe canoe.\n')).toEqual([
      ['7', 'The oars.'],
      ['8', 'The canoe.'],
    ]);
  });

  it('are read from .gz, and with the names of published corpora', async () => {
    expect(
      await read(
        'docs-1.jsonl.gz',
        gzipSync('{"docid": "d1", "title": "T", "contents": "Oars."}\n'),
      ),
    ).toMatchObject({
      documents: [{ id: 'd1', title: 'T', metadata: {}, blocks: [{ text: 'Oars.' }] }],
    });
    expect(
      await read('corpus.jsonl.gz', gzipSync('{"_id": "d1", "text": "Oars."}\n')),
    ).toMatchObject({ documents: [{ id: 'd1', whole: true }] });
  });

  it('lose nothing but the rows that are not valid, which are named', async () => {
    const { documents, failures } = await read(
      'a.jsonl',
      '{"id": "1", "text": "a"}\n{"id": "2", \n{"id": "3"}\n{"id": "4", "text": "d"}\n',
    );
    expect(documents.map(({ id }) => id)).toEqual(['1', '4']);
    expect(failures.map(({ details }) => details.line)).toEqual(['2', '3']);
    const twice = await read(
      'b.jsonl',
      '{"id": "1", "text": "a"}\n{"id": "1", "text": "b"}\n{"id": "2", "text": "c"}\n',
    );
    expect(twice.documents.map(({ id }) => id)).toEqual(['1', '2']);
    expect(twice.failures.map(({ code }) => code)).toEqual(['XQG_CORPUS_DUPLICATE_ID']);
    const table = await read('a.csv', 'id,text\n1,a\n2,b,c\n,d\n4,e\n');
    expect(table.documents.map(({ id }) => id)).toEqual(['1', '4']);
    expect(table.failures.map(({ details }) => details.line)).toEqual(['3', '4']);
  });
});
