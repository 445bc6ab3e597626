/** Small PDFs, made of their objects. */
import { createHash } from 'node:crypto';

export interface PdfPageSpec {
  readonly content: string;
  /** Entries of the page's dictionary. */
  readonly entries?: string;
  /** Entries of its resources. */
  readonly resources?: string;
}

export interface PdfOptions {
  /** Entries of the catalog. */
  readonly catalog?: string;
  /** Objects from number FIRST_EXTRA on. */
  readonly extra?: readonly string[];
  /** Encrypts with 40-bit RC4; '' can be opened by anybody. */
  readonly password?: string;
}

/** Objects 1 to 3 are the catalog, the tree of pages and Helvetica. */
const FIRST_EXTRA = 4;

/** Text at a place, in points from the lower left corner, 12 points high. */
export function textAt(x: number, y: number, text: string): string {
  return `BT /F1 12 Tf 1 0 0 1 ${x} ${y} Tm (${text}) Tj ET\n`;
}

export function pdfWith(
  pages: readonly PdfPageSpec[],
  { catalog = '', extra = [], password }: PdfOptions = {},
): Buffer {
  const firstPage = FIRST_EXTRA + extra.length;
  const kids = pages.map((_, i) => `${firstPage + 2 * i} 0 R`).join(' ');
  const key = password === undefined ? undefined : encryptionKey(password);
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...extra,
    ...pages.flatMap(({ content, entries = '', resources = '' }, i) => {
      const number = firstPage + 2 * i + 1;
      const data = key === undefined ? content : rc4(objectKey(key, number), content);
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> ${resources} >> /Contents ${number} 0 R ${entries} >>`,
        `<< /Length ${data.length} >>\nstream\n${data}\nendstream`,
      ];
    }),
  ];
  if (key !== undefined) {
    const hex = (bytes: string): string => `<${Buffer.from(bytes, 'latin1').toString('hex')}>`;
    objects.push(
      `<< /Filter /Standard /V 1 /R 2 /O ${hex(OWNER)} /U ${hex(rc4(key, PADDING))} /P -4 >>`,
    );
  }
  let body = '%PDF-1.6\n';
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const encryption =
    key === undefined ? '' : `/Encrypt ${objects.length} 0 R /ID [<${ID}> <${ID}>]`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${encryption} >>`;
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  return Buffer.from(`${body}${table}${trailer}\nstartxref\n${body.length}\n%%EOF\n`, 'latin1');
}

// Algorithms 1 to 4 of ISO 32000-1, 7.6.

const PADDING = Buffer.from(
  '28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a',
  'hex',
).toString('latin1');
const OWNER = 'o'.repeat(32);
const ID = '00112233445566778899aabbccddeeff';

function md5(text: string): string {
  return createHash('md5').update(text, 'latin1').digest().toString('latin1');
}

function encryptionKey(password: string): string {
  const id = Buffer.from(ID, 'hex').toString('latin1');
  return md5(`${(password + PADDING).slice(0, 32)}${OWNER}\xfc\xff\xff\xff${id}`).slice(0, 5);
}

function objectKey(key: string, number: number): string {
  const bytes = String.fromCharCode(number & 255, (number >> 8) & 255, (number >> 16) & 255, 0, 0);
  return md5(key + bytes).slice(0, 10);
}

function rc4(key: string, text: string): string {
  const state = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i] + key.charCodeAt(i % key.length)) & 255;
    [state[i], state[j]] = [state[j], state[i]];
  }
  let [i, j] = [0, 0];
  return Array.from(text, (character) => {
    i = (i + 1) & 255;
    j = (j + state[i]) & 255;
    [state[i], state[j]] = [state[j], state[i]];
    return String.fromCharCode(character.charCodeAt(0) ^ state[(state[i] + state[j]) & 255]);
  }).join('');
}

/**
 * Paragraphs in any script, set in a font that numbers their characters and says which they are.
 * @param paragraphs as lines
 */
export function encodedPdf(paragraphs: readonly (readonly string[])[]): Buffer {
  const characters = [...new Set(paragraphs.flat().join(''))];
  const hex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');
  const code = (character: string): string =>
    (characters.indexOf(character) + 1).toString(16).padStart(4, '0');
  const map = characters.map((character) => `<${code(character)}> <${hex(character)}>`);
  const stream = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def 1 begincodespacerange <0000> <ffff> endcodespacerange ${map.length} beginbfchar ${map.join('\n')} endbfchar endcmap end end`;
  const extra = [
    '<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>',
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor << /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
  ];
  let y = 740;
  const content = paragraphs.map((lines) => {
    y -= 20;
    return lines.map((line) => {
      y -= 14;
      // Drawn from the left, whatever the script.
      const drawn = /\p{Script=Arabic}/u.test(line) ? Array.from(line).reverse() : Array.from(line);
      const text = drawn.map(code).join('');
      return `BT /F2 12 Tf 1 0 0 1 50 ${y} Tm <${text}> Tj ET\n`;
    });
  });
  return pdfWith([{ content: content.flat().join(''), resources: '/Font << /F2 4 0 R >>' }], {
    extra,
  });
}
