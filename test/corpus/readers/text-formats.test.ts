/** HTML, Markdown, tables and plain text: what programs write into them beside the text. */
import { describe, expect, it } from 'vitest';
import { subtitleReader } from '../../../src/corpus/readers/subtitles.js';
import { describeReader } from '../conformance.js';
import { readingOf } from './reading.js';

describeReader({
  reader: subtitleReader,
  name: 'talk.srt',
  sound: '1\r\n00:00:01,000 --> 00:00:02,000\r\nRow.\r\n',
  holding: (text) => `WEBVTT\n\n00:01.000 --> 00:02.000\n${text}\n`,
  documents: [{ id: 'talk.srt', title: 'talk', text: 'Row.' }],
  broken: {
    'times alone': { data: '1\n00:00:01,000 --> 00:00:02,000\n', says: /contains no text/ },
  },
});

const textOf = async (name: string, data: string | Buffer): Promise<string> =>
  (await readingOf(name, data)).sections.map(([, text]) => text).join('\n\n');

describe('HTML', () => {
  it('is read where the whole page is hidden until its scripts run', async () => {
    expect(await textOf('a.html', '<html hidden><body hidden><p>Oars.</p><p hidden>x')).toBe(
      'Oars.',
    );
  });

  it('is read from shadow roots, and without the numbers of notes', async () => {
    expect(
      await textOf('a.html', '<x-a><template shadowrootmode="open"><p>Shade.</p></template></x-a>'),
    ).toBe('Shade.');
    expect(
      await textOf(
        'a.html',
        '<p>Oars<sup><a href="#n1">1</a></sup>, see <a href="#p2">2</a>; H<sub>2</sub>O',
      ),
    ).toBe('Oars, see 2; H2O');
  });

  it('is read whatever the depth of its elements', async () => {
    const deep = `${'<div>'.repeat(60_000)}<p>Deep.</p>${'</div>'.repeat(60_000)}<p>After.`;
    expect(await textOf('a.html', deep)).toBe('Deep.\n\nAfter.');
  });
});

describe('Markdown', () => {
  it('has front matter in TOML too', async () => {
    const { documents } = await readingOf(
      'a.md',
      '+++\ntitle = "Oars"\ndraft = false\n[x]\ny = 1\n+++\nText.',
    );
    expect(documents[0]).toMatchObject({
      title: 'Oars',
      metadata: { draft: false },
      blocks: [{ text: 'Text.' }],
    });
    expect(await textOf('a.md', '+++\nText.\n+++\n')).toContain('Text.');
  });

  it('has MDX without its code, but with examples of code and what components show', async () => {
    const mdx =
      'import {\n  Tabs,\n} from "./tabs";\n\nexport const meta = {\n  a: 1,\n};\n\n<Card title="Oars and sails" href="/x">\n\nInside.\n\n</Card>\n\n```js\nimport a from "b";\n```\n';
    expect(await textOf('a.mdx', mdx)).toBe('Oars and sails\n\nInside.\n\nimport a from "b";');
  });
});

describe('tables', () => {
  const rowsOf = async (name: string, data: string): Promise<unknown> =>
    (await readingOf(name, data)).documents.map(({ id, title, blocks }) => [
      id,
      title,
      blocks[0].text,
    ]);

  it('have headers in capitals, with the names of published corpora, or after sep=', async () => {
    expect(await rowsOf('a.csv', 'ID,Title,Text\n1,t,a\n')).toEqual([['1', 't', 'a']]);
    expect(await rowsOf('a.tsv', 'docid\tcontents\nd1\ta\n')).toEqual([['d1', '', 'a']]);
    expect(await rowsOf('a.csv', 'id,docid,text\n1,x,a\n')).toEqual([['1', '', 'a']]);
    expect(await rowsOf('a.csv', 'sep=;\nid;text\n1;a, b\n')).toEqual([['1', '', 'a, b']]);
    const { failures } = await readingOf('a.csv', 'sep=;\nid;text\n1;a\n2\n');
    expect(failures[0].details.line).toBe('4');
  });

  it('have quotes within values, and none of MS MARCO has a header', async () => {
    expect(await rowsOf('a.tsv', 'id\ttext\n1\t"An oar"\n2\ta 5" pipe\n')).toEqual([
      ['1', '', 'An oar'],
      ['2', '', 'a 5" pipe'],
    ]);
    expect(await rowsOf('docs.tsv', 'D7\thttps://x.org/a\tOars\tMade of ash.\n')).toEqual([
      ['D7', 'Oars', 'Made of ash.'],
    ]);
  });
});

describe('plain text', () => {
  it('is read in ISO-2022-JP, whose bytes are those of ASCII', async () => {
    const data = Buffer.from('1b2442456c357e1b28420a', 'hex');
    expect(await readingOf('a.txt', data)).toMatchObject({
      sections: [['', '東京\n']],
      notes: ['read as iso-2022-jp, which it does not say'],
    });
  });
});

describe('subtitles', () => {
  it('have no times', async () => {
    const srt =
      '1\n00:00:01,000 --> 00:00:02,500\n<i>Row</i> slowly.\nAnd on.\n\n2\n00:01:03,000 --> 00:01:04,000\nStop.\n';
    expect((await textOf('a.srt', srt)).trim()).toBe('Row slowly.\nAnd on.\n\nStop.');
    const vtt =
      'WEBVTT - talk\nKind: captions\n\nNOTE by nobody\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Row.\n';
    expect((await textOf('a.vtt', vtt)).trim()).toBe('Row.');
  });
});

describe('mail that does not name its encoding', () => {
  const header = 'Subject: a\r\nMIME-Version: 1.0\r\n';

  it('is read in the one of its HTML, or that it looks like, which is said', async () => {
    const html = Buffer.concat([
      Buffer.from(`${header}Content-Type: text/html\r\n\r\n<meta charset="gb2312"><p>`),
      Buffer.from('d6d0b9fab5c4b4acd4dabad3b5c4b6abb1df', 'hex'),
    ]);
    expect(await readingOf('a.eml', html)).toMatchObject({
      sections: [['', '中国的船在河的东边']],
      notes: ['read as gb2312, which it does not say'],
    });
    const jis = Buffer.concat([
      Buffer.from(`${header}\r\n`),
      Buffer.from('1b2442456c357e1b2842', 'hex'),
    ]);
    expect(await readingOf('a.eml', jis)).toMatchObject({ sections: [['', '東京']] });
    const latin = Buffer.from(
      `${header}Content-Type: text/plain\r\n\r\nDie Fähre fährt über den See.`,
      'latin1',
    );
    expect(await readingOf('a.eml', latin)).toMatchObject({
      sections: [['', 'Die Fähre fährt über den See.']],
    });
  });
});
