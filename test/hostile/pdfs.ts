/** PDFs that were written to break what reads them. */
import { deflateSync } from 'node:zlib';
import type { HostileFile } from './documents.js';

/** An object: a dictionary or a value, or one with a stream. */
type PdfObject = string | { readonly dictionary: string; readonly stream: Buffer };

/** Objects from number 1 on, the first being the catalog, in a file with a table of them. */
function pdf(objects: readonly PdfObject[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  let length = parts[0].length;
  const offsets: number[] = [];
  const put = (bytes: Buffer): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  objects.forEach((object, i) => {
    offsets.push(length);
    put(Buffer.from(`${i + 1} 0 obj\n`));
    if (typeof object === 'string') put(Buffer.from(object));
    else {
      put(Buffer.from(`<< ${object.dictionary} /Length ${object.stream.length} >>\nstream\n`));
      put(object.stream);
      put(Buffer.from('\nendstream'));
    }
    put(Buffer.from('\nendobj\n'));
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const start = length;
  const size = objects.length + 1;
  put(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${table}`));
  put(
    Buffer.from(`trailer << /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF`),
  );
  return Buffer.concat(parts);
}

const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>';
const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** One page with this content and resources. */
function page(
  content: PdfObject,
  { resources = '', box = '[0 0 612 792]', others = [] as readonly PdfObject[] } = {},
): Buffer {
  const facts = `/Type /Page /Parent 2 0 R /MediaBox ${box} /Contents 4 0 R`;
  const fonts = `/Resources << /Font << /F1 5 0 R >> ${resources} >>`;
  return pdf([CATALOG, PAGES, `<< ${facts} ${fonts} >>`, content, FONT, ...others]);
}

const packed = (text: string | Buffer, times = 1): PdfObject => {
  let stream = Buffer.from(text);
  for (let i = 0; i < times; i++) stream = deflateSync(stream, { level: 9 });
  return { dictionary: `/Filter [${'/FlateDecode '.repeat(times)}]`, stream };
};
const plain = (text: string): PdfObject => ({ dictionary: '', stream: Buffer.from(text) });
const form = (text: string, resources: string): PdfObject => ({
  dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << ${resources} >>`,
  stream: Buffer.from(text),
});
const hostile = (name: string, data: () => Buffer): HostileFile => ({ name: `${name}.pdf`, data });
const HELLO = 'BT /F1 12 Tf 50 700 Td (x) Tj ET';

export const PDFS: readonly HostileFile[] = [
  hostile('arrays', () => page(packed(`${'['.repeat(4_000_000)} TJ`))),
  hostile('dictionaries', () => page(packed(`${'<< /A '.repeat(1_000_000)} BDC`))),
  hostile('states', () => page(packed('q '.repeat(4_000_000)))),
  hostile('strings', () => page(packed(`BT /F1 9 Tf ${'(x) Tj '.repeat(3_000_000)} ET`))),
  hostile('string', () => page(packed(`BT /F1 9 Tf (${'('.repeat(20_000_000)}`))),
  hostile('long-text', () => page(packed(`BT /F1 9 Tf (${'x'.repeat(60_000_000)}) Tj ET`))),
  hostile('twice-packed', () => page(packed(Buffer.alloc(800_000_000, ' '), 2))),
  hostile('packed-zeros', () => page(packed(Buffer.alloc(700_000_000), 2))),
  hostile('inline-images', () => page(packed('BI /W 9 ID x EI '.repeat(500_000)))),
  hostile('box', () => page(plain(HELLO), { box: '[0 0 1e38 1e38]' })),
  hostile('box-loop', () =>
    page(plain(HELLO), { box: '[6 0 R 6 0 R 6 0 R 6 0 R]', others: ['6 0 R'] }),
  ),
  hostile('form-loop', () =>
    page(plain('/X Do'), {
      resources: '/XObject << /X 6 0 R >>',
      others: [form('/X Do /X Do', '/XObject << /X 6 0 R >>')],
    }),
  ),
  hostile('form-diamond', () =>
    page(plain('/X Do'), {
      resources: '/XObject << /X 6 0 R >>',
      others: Array.from({ length: 60 }, (_, i) =>
        form(`${HELLO} /X Do /X Do`, `/Font << /F1 5 0 R >> /XObject << /X ${7 + i} 0 R >>`),
      ),
    }),
  ),
  hostile('page-loop', () => pdf([CATALOG, '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>'])),
  hostile('page-parents', () =>
    pdf([
      CATALOG,
      '<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>',
      '<< /Type /Page /Parent 2 0 R >>',
    ]),
  ),
  hostile('page-diamond', () =>
    pdf([
      CATALOG,
      ...Array.from(
        { length: 40 },
        (_, i) => `<< /Type /Pages /Kids [${3 + i} 0 R ${3 + i} 0 R] /Count ${2 ** (40 - i)} >>`,
      ),
      '<< /Type /Page /MediaBox [0 0 9 9] >>',
    ]),
  ),
  hostile('page-count', () =>
    pdf([CATALOG, '<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>', '<< /Type /Page >>']),
  ),
  hostile('length-loop', () => page('<< /Length 4 0 R >>\nstream\nx\nendstream')),
  hostile('reference-loop', () => page('4 0 R')),
  hostile('contents', () =>
    pdf([
      CATALOG,
      PAGES,
      `<< /Type /Page /Parent 2 0 R /Contents [${'4 0 R '.repeat(300_000)}] >>`,
      plain(HELLO),
    ]),
  ),
  hostile('font-loop', () =>
    page(plain(HELLO), {
      resources: '/Font << /F1 6 0 R >>',
      others: ['<< /Type /Font /Subtype /Type0 /DescendantFonts [6 0 R] /Encoding /Identity-H >>'],
    }),
  ),
  hostile('character-map', () =>
    pdf([
      CATALOG,
      PAGES,
      '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
      plain(HELLO),
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>',
      packed(`1 beginbfrange\n${'<00000000> <ffffffff> <0041>\n'.repeat(1000)}endbfrange`),
    ]),
  ),
  hostile('type-3', () =>
    page(plain(HELLO.replace('F1', 'T3')), {
      resources: '/Font << /T3 6 0 R >>',
      others: [
        '<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /x 7 0 R >> /Encoding << /Differences [120 /x] >> /FirstChar 120 /LastChar 120 /Widths [9] /Resources << /Font << /T3 6 0 R >> >> >>',
        plain('BT /T3 9 Tf (x) Tj ET'),
      ],
    }),
  ),
  hostile('predictor', () =>
    page({
      dictionary: '/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 >>',
      stream: deflateSync(Buffer.alloc(1000)),
    }),
  ),
  hostile('run-length', () =>
    page({
      dictionary: '/Filter [/FlateDecode /RunLengthDecode]',
      stream: deflateSync(Buffer.from('\x81 '.repeat(4_000_000), 'latin1'), { level: 9 }),
    }),
  ),
  hostile('filters', () =>
    page({
      dictionary: `/Filter [${'/ASCIIHexDecode '.repeat(100_000)}]`,
      stream: Buffer.from('41>'),
    }),
  ),
  hostile('table-loop', () => {
    const sound = pdf([CATALOG, PAGES, '<< /Type /Page >>']);
    const start = sound.lastIndexOf('xref\n0');
    return Buffer.from(sound.toString('latin1').replace('/Root', `/Prev ${start} /Root`), 'latin1');
  }),
  hostile('table-size', () =>
    Buffer.from(
      '%PDF-1.4\nxref\n0 2000000000\ntrailer << /Size 2000000000 >>\nstartxref\n9\n%%EOF',
    ),
  ),
  hostile('object-stream', () =>
    pdf([
      CATALOG,
      PAGES,
      '<< /Type /Page /Parent 2 0 R /Contents 7 0 R >>',
      {
        dictionary: '/Type /ObjStm /N 2000000000 /First 2000000000 /Filter /FlateDecode',
        stream: deflateSync(Buffer.alloc(100_000_000, '1 ')),
      },
    ]),
  ),
  hostile('names', () => page(packed(`/${'x'.repeat(30_000_000)} Do`))),
  hostile('info', () =>
    pdf(
      [CATALOG, PAGES, '<< /Type /Page >>', `<< /Title (${'x'.repeat(5_000_000)}) >>`],
      '/Info 4 0 R',
    ),
  ),
  hostile('header', () => Buffer.from(`%PDF-1.7\n${'1 0 obj\n'.repeat(300_000)}`)),
  hostile('cut', () => page(packed('x'.repeat(100_000))).subarray(0, 300)),
];
