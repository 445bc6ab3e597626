/** Word documents that were written to break what reads them. */
import JSZip from 'jszip';
import type { HostileFile } from './documents.js';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const OFFICE = 'http://schemas.openxmlformats.org';
const W = `xmlns:w="${OFFICE}/wordprocessingml/2006/main"`;
const PACKAGE: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${XML}<Types xmlns="${OFFICE}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships xmlns="${OFFICE}/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
};

/** An archive with a document, and other parts. */
async function archive(document: string, others: Readonly<Record<string, string>> = {}) {
  const zip = new JSZip();
  const parts = { ...PACKAGE, 'word/document.xml': document, ...others };
  for (const [name, text] of Object.entries(parts)) zip.file(name, text);
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

const body = (xml: string, before = ''): string =>
  `${XML}${before}<w:document ${W}><w:body>${xml}</w:body></w:document>`;
const word = (name: string, data: () => Promise<Buffer>): HostileFile => ({
  name: `${name}.docx`,
  data,
});
const PARAGRAPH = '<w:p><w:r><w:t>x</w:t></w:r></w:p>';

/** Each entity is ten of the one before. */
const LAUGHS = `<!DOCTYPE a [<!ENTITY e0 "ha">${Array.from(
  { length: 12 },
  (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
).join('')}]>`;

export const WORD: readonly HostileFile[] = [
  word('paragraphs', () => archive(body(PARAGRAPH.repeat(600_000)))),
  word('spaces', () => archive(body(' '.repeat(300_000_000)))),
  word('text', () => archive(body(`<w:p><w:r><w:t>${'x '.repeat(40_000_000)}</w:t></w:r></w:p>`))),
  word('runs', () => archive(body(`<w:p>${'<w:r><w:t>x</w:t></w:r>'.repeat(500_000)}</w:p>`))),
  word('tables', () =>
    archive(body('<w:tbl><w:tr><w:tc>'.repeat(30_000) + '</w:tc></w:tr></w:tbl>'.repeat(30_000))),
  ),
  word('elements', () => archive(body('<w:sdt>'.repeat(200_000) + '</w:sdt>'.repeat(200_000)))),
  word('open', () => archive(body('<w:p>'.repeat(300_000)))),
  word('entities', () => archive(body('<w:p><w:r><w:t>&e12;</w:t></w:r></w:p>', LAUGHS))),
  word('outside', () =>
    archive(
      body(
        '<w:p><w:r><w:t>&f;</w:t></w:r></w:p>',
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
      ),
    ),
  ),
  word('alternatives', () => archive(body('<mc:AlternateContent x'.repeat(100_000)))),
  word('equations', () => archive(body('<m:oMath x'.repeat(100_000)))),
  word('rubies', () => archive(body('<w:ruby><w:rubyBase>'.repeat(60_000)))),
  word('attributes', () =>
    archive(body(`<w:p ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`)),
  ),
  word('styles', () =>
    archive(body(PARAGRAPH), {
      'word/styles.xml': `${XML}<w:styles ${W}><w:style w:styleId="a"><w:basedOn w:val="a"/></w:style></w:styles>`,
      'word/_rels/document.xml.rels': `${XML}<Relationships xmlns="${OFFICE}/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument/2006/relationships/styles" Target="../word/styles.xml"/></Relationships>`,
    }),
  ),
  word('entries', async () => {
    const zip = new JSZip();
    for (let i = 0; i < 60_000; i++) zip.file(`word/document${i}.xml`, '');
    return zip.generateAsync({ type: 'nodebuffer' });
  }),
  word('climbing', () => archive(body(''), { '../../escaped.xml': 'x' })),
  word('cut', async () => (await archive(body(PARAGRAPH.repeat(1000)))).subarray(0, 900)),
  word('no-archive', async () => Buffer.from('PK\x03\x04nothing follows')),
];
