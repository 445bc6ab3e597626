/** Bytes of small PDF and Word files, made here so that no binary lies in the repository. */
import { crc32 } from 'node:zlib';

/**
 * A PDF of one page per text, in Helvetica; the texts are Latin-1 without parentheses or
 * backslashes.
 */
export function pdfOf(pages: readonly string[], info = ''): Buffer {
  const streams = pages.map((text) => {
    const lines = text.split('\n').map((line) => `(${line}) Tj 0 -14 Td`);
    return `BT /F1 12 Tf 50 700 Td ${lines.join(' ')} ET`;
  });
  return pdfOfStreams(streams, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', info);
}

function pdfOfStreams(pages: readonly string[], font: string, info = ''): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`,
    font,
    ...pages.flatMap((stream, i) => {
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
    `<< ${info} >>`,
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>`;
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  return Buffer.from(`${body}${xref}${trailer}\nstartxref\n${body.length}\n%%EOF\n`, 'latin1');
}

/**
 * A PDF whose font names a predefined character map and says nothing else of its characters.
 * @param map of UTF-16 for one of Adobe's collections: `UniJIS-UTF16-H` for `Japan1`
 */
export function pdfWithCharacterMap(
  lines: readonly string[],
  map: string,
  ordering: string,
): Buffer {
  const system = `/CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 4 >>`;
  const font = `<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /${map} /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Any ${system} /FontDescriptor << /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >> >>] >>`;
  const text = lines.map((line) => {
    const hex = Buffer.from(line, 'utf16le').swap16().toString('hex');
    return `<${hex}> Tj 0 -14 Td`;
  });
  return pdfOfStreams([`BT /F1 12 Tf 50 700 Td ${text.join(' ')} ET`], font);
}

/** A Word file of paragraphs, each with the name of its style ('' for none). */
export function docxOf(paragraphs: readonly (readonly [style: string, text: string])[]): Buffer {
  const styles = [...new Set(paragraphs.map(([style]) => style))].filter((style) => style !== '');
  const idOf = (style: string): string => style.replaceAll(' ', '');
  const body = paragraphs.map(([style, text]) => {
    const properties = style === '' ? '' : `<w:pPr><w:pStyle w:val="${idOf(style)}"/></w:pPr>`;
    return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  });
  return docxWith(body.join(''), styles);
}

/**
 * A Word file with this body.
 * @param notes footnotes, as the content of `w:footnotes`
 * @param comments as the content of `w:comments`
 */
export function docxWith(
  body: string,
  styles: readonly string[] = [],
  { notes = '', comments = '' }: { readonly notes?: string; readonly comments?: string } = {},
): Buffer {
  const idOf = (style: string): string => style.replaceAll(' ', '');
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const office = 'http://schemas.openxmlformats.org';
  const main = `xmlns:w="${office}/wordprocessingml/2006/main" xmlns:m="${office}/officeDocument/2006/math" xmlns:mc="${office}/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"`;
  return zipOf({
    '[Content_Types].xml': `${xml}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': `${xml}<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `${xml}<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="r2" Type="${office}/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/><Relationship Id="r3" Type="${office}/officeDocument/2006/relationships/comments" Target="comments.xml"/></Relationships>`,
    'word/footnotes.xml': `${xml}<w:footnotes ${main}>${notes}</w:footnotes>`,
    'word/comments.xml': `${xml}<w:comments ${main}>${comments}</w:comments>`,
    'word/styles.xml': `${xml}<w:styles ${main}>${styles
      .map(
        (style) =>
          `<w:style w:type="paragraph" w:styleId="${idOf(style)}"><w:name w:val="${style}"/></w:style>`,
      )
      .join('')}</w:styles>`,
    'word/document.xml': `${xml}<w:document ${main}><w:body>${body}</w:body></w:document>`,
  });
}

/** A ZIP archive without compression. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const nameBytes = Buffer.from(name);
    const data = Buffer.from(text);
    // Version, flags, method, time, date (all 0 but the version), CRC, both sizes, length of the
    // name, of no extra field.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    const record = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, nameBytes, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, place, nameBytes]),
    );
    local.push(record);
    offset += record.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}
