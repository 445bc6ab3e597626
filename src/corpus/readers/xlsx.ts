/**
 * Excel: a section for each sheet, a line for each row, with values as they are shown; then the
 * sheet's comments, text boxes and charts. What is hidden is left out and named.
 */
import { intendedLanguage } from '../../languages/tags.js';
import { Archive } from '../archive.js';
import { OutlineBuilder } from '../outline-builder.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import {
  attributeOf,
  elementsOf,
  localName,
  prefixedAttribute,
  textOf,
  type XmlHandler,
} from '../xml.js';
import { coreProperties, drawnParagraphs, partsOf, relationshipsOf } from './office-parts.js';
import { chartText } from './pptx.js';
import { CellFormats } from './xlsx-formats.js';

const extensions = ['.xlsx', '.xlsm', '.xltx'];

export const xlsxReader: CorpusReader = {
  name: 'Excel',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const archive = await Archive.open(path, 'Excel');
    try {
      const blocks = await blocksOf(archive, (note) => onNote?.(path, note));
      const { title, lang } = await coreProperties(archive);
      yield fileDocument(file, { stated: title, lang: intendedLanguage(lang), blocks });
    } finally {
      archive.close();
    }
  },
};

async function blocksOf(archive: Archive, note: (text: string) => void) {
  const [main = 'xl/workbook.xml'] = await partsOf(archive, '', 'officeDocument');
  const workbook = await archive.xml(main);
  const relationships = await relationshipsOf(archive, main);
  const partOf = (type: string): string | undefined =>
    [...relationships.values()].find((found) => found.type === type)?.target;
  const [properties] = elementsOf(workbook, 'workbookPr');
  const from1904 = /^(?:1|true)$/.test(properties?.attributes.date1904 ?? '');
  const formats = new CellFormats(await archive.xmlIfAny(partOf('styles') ?? ''), from1904);
  const strings = await sharedStrings(archive, partOf('sharedStrings'));
  const outline = new OutlineBuilder(false);
  const hidden: string[] = [];
  const missing: string[] = [];
  for (const sheet of elementsOf(workbook, 'sheet')) {
    const name = attributeOf(sheet, 'name') ?? '';
    const part = relationships.get(prefixedAttribute(sheet, 'id') ?? '')?.target;
    if (/hidden$/i.test(attributeOf(sheet, 'state') ?? '')) hidden.push(name);
    else if (part === undefined || !archive.has(part)) missing.push(name);
    else {
      outline.heading(2, name);
      const reading = new SheetReading(strings, formats);
      await archive.stream(part, reading);
      const { rows, hiddenRows } = reading;
      for (const row of rows) outline.paragraph(row);
      for (const text of await drawnOn(archive, part)) outline.paragraph(text);
      if (hiddenRows > 0) note(`hidden rows or columns of sheet ${name} are not read`);
    }
  }
  if (hidden.length > 0) note(`hidden sheets are not read: ${hidden.join(', ')}`);
  if (missing.length > 0) note(`sheets that are missing: ${missing.join(', ')}`);
  return outline.finish().blocks;
}

/** Texts that cells refer to by their number, without readings above them. */
async function sharedStrings(archive: Archive, part: string | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined || !archive.has(part)) return strings;
  let text = '';
  let isText = false;
  let readings = 0;
  await archive.stream(part, {
    open(tag) {
      const name = localName(tag);
      if (name === 'si') text = '';
      else if (name === 'rPh') readings++;
      else if (name === 't') isText = readings === 0;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(tag) {
      const name = localName(tag);
      if (name === 't') isText = false;
      else if (name === 'rPh') readings--;
      else if (name === 'si') strings.push(unescaped(text));
    },
  });
  return strings;
}

/** `_x000D_` stands for a character that XML cannot hold. */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code < 0x20 && code !== 9 && code !== 10 ? '' : String.fromCharCode(code);
  });
}

const isSet = (value: string | undefined): boolean => value === '1' || value === 'true';

class SheetReading implements XmlHandler {
  /** A line each. */
  readonly rows: string[] = [];
  hiddenRows = 0;
  private readonly hiddenColumns: [first: number, last: number][] = [];
  private cells: string[] = [];
  private isHidden = false;
  private column = 0;
  private type = 'n';
  private style = 0;
  private value = '';
  private isValue = false;
  private readings = 0;

  constructor(
    private readonly strings: readonly string[],
    private readonly formats: CellFormats,
  ) {}

  open(tag: string, attributes: Record<string, string>): void {
    const name = localName(tag);
    if (name === 'col' && isSet(attributes.hidden)) {
      this.hiddenColumns.push([Number(attributes.min), Number(attributes.max)]);
    } else if (name === 'row') {
      this.isHidden = isSet(attributes.hidden);
      this.cells = [];
      this.column = 0;
    } else if (name === 'c') {
      this.column = columnOf(attributes.r) ?? this.column + 1;
      this.type = attributes.t ?? 'n';
      this.style = Number(attributes.s ?? 0);
      this.value = '';
    } else if (name === 'rPh') this.readings++;
    else if (name === 'v' || name === 't') this.isValue = this.readings === 0;
  }

  text(text: string): void {
    if (this.isValue) this.value += text;
  }

  close(tag: string): void {
    const name = localName(tag);
    if (name === 'v' || name === 't') this.isValue = false;
    else if (name === 'rPh') this.readings--;
    else if (name === 'c') this.closeCell();
    else if (name === 'row' && this.cells.length > 0) {
      if (this.isHidden) this.hiddenRows++;
      else this.rows.push(this.cells.join('\t'));
    }
  }

  private closeCell(): void {
    const text = this.shown().replace(/\s+/g, ' ').trim();
    if (text === '') return;
    if (this.hiddenColumns.some(([first, last]) => first <= this.column && this.column <= last)) {
      if (!this.isHidden) this.hiddenRows++;
    } else this.cells.push(text);
  }

  private shown(): string {
    if (this.type === 's') return this.strings[Number(this.value)] ?? '';
    if (this.type === 'b') return this.value === '1' ? 'TRUE' : 'FALSE';
    if (this.type === 'e') return '';
    if (this.type === 'n') return this.formats.shown(this.value, this.style);
    return unescaped(this.value);
  }
}

/** From 1: `C7` is in column 3. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]+/i.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  return [...letters.toUpperCase()].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0);
}

/** Comments, text boxes and charts of a sheet. */
async function drawnOn(archive: Archive, sheet: string): Promise<string[]> {
  const texts: string[] = [];
  const threads = await partsOf(archive, sheet, 'threadedComment');
  // Comments in threads are there a second time, behind a note that says so.
  for (const part of threads.length > 0 ? threads : await partsOf(archive, sheet, 'comments')) {
    const root = await archive.xml(part);
    const bodies =
      threads.length > 0 ? elementsOf(root, 'threadedComment') : elementsOf(root, 'comment');
    texts.push(...Array.from(bodies, textOf));
  }
  for (const part of await partsOf(archive, sheet, 'drawing')) {
    texts.push(...drawnParagraphs(await archive.xml(part)));
    for (const chart of await partsOf(archive, part, 'chart'))
      texts.push(...chartText(await archive.xml(chart)));
  }
  return texts.map((text) => text.replace(/\s+/g, ' ').trim());
}
