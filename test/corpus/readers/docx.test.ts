import JSZip from 'jszip';
import { describe, expect, it } from 'vitest';
import { docxWith } from '../../base/bytes.js';
import type { Parts } from './archives.js';
import { readingOf } from './reading.js';

const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (content: string): string => `<w:p>${content}</w:p>`;

/** A Word file with more parts. @param types of the document's relationships, by target */
async function docxAnd(
  body: string,
  parts: Parts,
  types: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const zip = await JSZip.loadAsync(docxWith(body));
  for (const [name, text] of Object.entries(parts)) zip.file(name, text);
  const path = 'word/_rels/document.xml.rels';
  const relationships = Object.entries(types).map(
    ([target, type], i) =>
      `<Relationship Id="x${i}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
  );
  const xml = await zip.file(path)!.async('string');
  zip.file(path, xml.replace('</Relationships>', `${relationships.join('')}</Relationships>`));
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

describe('Word', () => {
  it('has running heads first and feet last, each once, without page numbers', async () => {
    const field =
      '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>';
    const head = `<w:hdr>${paragraph(run('Rowing &amp; club'))}</w:hdr>`;
    const cells = ['Draft', 'Board'].map((text) => `<w:tc>${paragraph(run(text))}</w:tc>`);
    const data = await docxAnd(
      `${paragraph(run('Body.'))}<w:sectPr><w:pgSz w:w="1"/></w:sectPr>`,
      {
        'word/header1.xml': head,
        'word/header2.xml': head,
        'word/footer1.xml': `<w:ftr><w:tbl><w:tr>${cells.join('')}</w:tr></w:tbl>${paragraph(`${run('Page ')}${field}`)}${paragraph(field)}</w:ftr>`,
      },
      { 'header1.xml': 'header', 'header2.xml': 'header', 'footer1.xml': 'footer' },
    );
    expect((await readingOf('a.docx', data)).sections).toEqual([
      ['', 'Rowing & club\n\nBody.\n\nDraft Board\n\nPage'],
    ]);
  });

  it('has the words of charts and diagrams in their place', async () => {
    const drawing = (content: string): string =>
      `<w:r><w:drawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">${content}</w:drawing></w:r>`;
    const body = [
      run('Before.'),
      drawing('<c:chart xmlns:c="c" r:id="x0"/>'),
      drawing('<dgm:relIds xmlns:dgm="d" r:dm="x1" r:lo="x9"/>'),
      run('After.'),
    ];
    const data = await docxAnd(
      body.map(paragraph).join(''),
      {
        'word/charts/c.xml':
          '<c:chartSpace><c:title><a:p><a:r><a:t>Speed &amp; time</a:t></a:r></a:p></c:title><c:ser><c:cat><c:pt><c:v>May</c:v></c:pt></c:cat><c:val><c:pt><c:v>19</c:v></c:pt></c:val></c:ser></c:chartSpace>',
        'word/diagrams/d.xml':
          '<dgm:dataModel><a:p><a:r><a:t>Catch</a:t></a:r></a:p><a:p><a:r><a:t>Drive</a:t></a:r></a:p></dgm:dataModel>',
      },
      { 'charts/c.xml': 'chart', 'diagrams/d.xml': 'diagramData' },
    );
    expect((await readingOf('a.docx', data)).sections).toEqual([
      ['', 'Before.\n\nSpeed & time\nMay 19\n\nCatch\nDrive\n\nAfter.'],
    ]);
  });

  it('reads line breaks and tabs of every kind', async () => {
    const body = paragraph(
      '<w:r><w:t>A</w:t><w:cr/><w:t>B</w:t><w:ptab w:alignment="left"/><w:t>C</w:t></w:r>',
    );
    expect((await readingOf('a.docx', docxWith(body))).sections).toEqual([['', 'A\nB C']]);
  });

  it('takes moved and deleted text and rows as accepted', async () => {
    const body =
      paragraph(`<w:moveFrom w:id="1">${run('moved')}</w:moveFrom>${run('a')}`) +
      paragraph(`<w:moveTo w:id="1">${run('moved')}</w:moveTo>`) +
      `<w:tbl><w:tr><w:trPr><w:del w:id="2"/></w:trPr><w:tc>${paragraph(run('gone'))}</w:tc></w:tr><w:tr><w:tc>${paragraph(run('stays'))}</w:tc></w:tr></w:tbl>`;
    expect((await readingOf('a.docx', docxWith(body))).sections).toEqual([
      ['', 'a\n\nmoved\n\nstays'],
    ]);
  });

  it('leaves hidden text out, and names it and embedded files', async () => {
    const body = paragraph(
      `${run('Seen.')}<w:r><w:rPr><w:b/><w:vanish/></w:rPr><w:t>Secret.</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> Shown.</w:t></w:r>`,
    );
    const data = await docxAnd(body, { 'word/embeddings/oleObject1.bin': 'x' }, {});
    const { sections, notes } = await readingOf('a.docx', data);
    expect(sections).toEqual([['', 'Seen. Shown.']]);
    expect([...notes].sort()).toEqual([
      'embedded files are not read: word/embeddings/oleObject1.bin',
      'hidden text is not read',
    ]);
  });

  it('names signs of fonts that have no character', async () => {
    const body = paragraph(
      `${run('A')}<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r><w:r><w:sym w:font="Own" w:char="F0FF"/></w:r>`,
    );
    const { sections, notes } = await readingOf('a.docx', docxWith(body));
    expect(sections[0][1]).toMatch(/^A\P{Co}+$/u);
    expect(notes).toEqual(['signs that are not read: char F0FF in font Own']);
  });
});
