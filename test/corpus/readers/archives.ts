/** Small EPUB, Office and OpenDocument files, made of their XML. */
import JSZip from 'jszip';

export type Parts = Readonly<Record<string, string>>;

export async function zipOf(parts: Parts): Promise<Buffer> {
  const zip = new JSZip();
  for (const [name, text] of Object.entries(parts)) zip.file(name, text);
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

/** @param relationships from id to type and target: `{ r1: ['slide', 'slides/slide1.xml'] }` */
function relationshipsXml(
  relationships: Readonly<Record<string, readonly [type: string, target: string]>>,
): string {
  const items = Object.entries(relationships).map(
    ([id, [type, target]]) =>
      `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.join('')}</Relationships>`;
}

/** @param chapters XHTML of the bodies */
export function epubOf(
  chapters: readonly string[],
  more: Parts = {},
  metadata = '',
): Promise<Buffer> {
  const items = chapters.map(
    (_, i) => `<item id="c${i}" href="text/c%20${i}.xhtml" media-type="application/xhtml+xml"/>`,
  );
  const spine = chapters.map((_, i) => `<itemref idref="c${i}"/>`);
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    'OEBPS/book.opf': `<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">${metadata}</metadata><manifest>${items.join('')}</manifest><spine>${spine.join('')}</spine></package>`,
    ...Object.fromEntries(
      chapters.map((body, i) => [
        `OEBPS/text/c ${i}.xhtml`,
        `<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  });
}

/** A shape with paragraphs. @param kind of placeholder: `title`, '' for none */
export function shapeXml(kind: string, ...paragraphs: readonly string[]): string {
  const placeholder = kind === '' ? '' : `<p:nvPr><p:ph type="${kind}"/></p:nvPr>`;
  const text = paragraphs.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`);
  return `<p:sp><p:nvSpPr>${placeholder}</p:nvSpPr><p:txBody>${text.join('')}</p:txBody></p:sp>`;
}

export interface Slide {
  readonly content: string;
  readonly attributes?: string;
  readonly relationships?: Parameters<typeof relationshipsXml>[0];
}

export function pptxOf(slides: readonly Slide[], more: Parts = {}): Promise<Buffer> {
  const ids = slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="r${i}"/>`);
  return zipOf({
    '_rels/.rels': relationshipsXml({ m: ['officeDocument', 'ppt/presentation.xml'] }),
    'ppt/presentation.xml': `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${ids.join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relationshipsXml(
      // The names of parts do not tell the order.
      Object.fromEntries(
        slides.map((_, i) => [`r${i}`, ['slide', `slides/slide${slides.length - i}.xml`]]),
      ),
    ),
    ...Object.fromEntries(
      slides.flatMap(({ content, attributes = '', relationships = {} }, i) => {
        const name = `slide${slides.length - i}.xml`;
        return [
          [
            `ppt/slides/${name}`,
            `<p:sld xmlns:p="p" xmlns:a="a" ${attributes}><p:cSld><p:spTree>${content}</p:spTree></p:cSld></p:sld>`,
          ],
          [`ppt/slides/_rels/${name}.rels`, relationshipsXml(relationships)],
        ];
      }),
    ),
    ...more,
  });
}

interface Sheet {
  readonly name: string;
  /** `<row>` elements, with what stands before `sheetData` in front of them. */
  readonly rows: string;
  readonly columns?: string;
  readonly attributes?: string;
  readonly relationships?: Parameters<typeof relationshipsXml>[0];
}

/** @param strings the content of `sst`; @param formats `numFmts` and `cellXfs` */
export function xlsxOf(
  sheets: readonly Sheet[],
  {
    strings = '',
    formats = '',
    more = {},
  }: { strings?: string; formats?: string; more?: Parts } = {},
): Promise<Buffer> {
  const list = sheets.map(
    ({ name, attributes = '' }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" ${attributes} r:id="r${i}"/>`,
  );
  return zipOf({
    '_rels/.rels': relationshipsXml({ m: ['officeDocument', '/xl/workbook.xml'] }),
    'xl/workbook.xml': `<workbook xmlns:r="r"><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationshipsXml({
      s: ['sharedStrings', 'sharedStrings.xml'],
      f: ['styles', 'styles.xml'],
      ...Object.fromEntries(
        sheets.map((_, i) => [`r${i}`, ['worksheet', `worksheets/sheet${i}.xml`] as const]),
      ),
    }),
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/styles.xml': `<styleSheet>${formats}</styleSheet>`,
    ...Object.fromEntries(
      sheets.flatMap(({ rows, columns = '', relationships = {} }, i) => [
        [
          `xl/worksheets/sheet${i}.xml`,
          `<x:worksheet xmlns:x="x">${columns}<x:sheetData>${rows}</x:sheetData></x:worksheet>`,
        ],
        [`xl/worksheets/_rels/sheet${i}.xml.rels`, relationshipsXml(relationships)],
      ]),
    ),
    ...more,
  });
}

/**
 * @param kind `text`, `spreadsheet` or `presentation`
 * @param body the content of that element
 */
export function odfOf(
  kind: string,
  body: string,
  {
    styles = '',
    masters = '',
    meta = '',
    more = {},
  }: {
    readonly styles?: string;
    readonly masters?: string;
    readonly meta?: string;
    readonly more?: Parts;
  } = {},
): Promise<Buffer> {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': `<office:document-content><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    'styles.xml': `<office:document-styles><office:master-styles>${masters}</office:master-styles></office:document-styles>`,
    'meta.xml': `<office:document-meta><office:meta>${meta}</office:meta></office:document-meta>`,
    ...more,
  });
}
