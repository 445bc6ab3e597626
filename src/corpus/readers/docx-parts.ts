/**
 * Word documents as mammoth reads them whole: text boxes, equations, fields, ruby, charts and
 * diagrams, running heads and feet are rewritten to text that it knows.
 */
import type { Archive } from '../archive.js';
import { childrenOf, elementsOf, type XmlElement } from '../xml.js';
import { drawnParagraphs, type Relationship, relationshipsOf } from './office-parts.js';
import { chartText } from './pptx.js';

/** The parts of the archive that hold text of the document. */
const TEXT_PARTS = /^word\/(?:document\d*|footnotes|endnotes|comments)\.xml$/;

/** What mammoth reads: neither pictures nor embedded files. */
const READ_PARTS = /^(?:\[Content_Types\]\.xml|_rels\/.*|word\/[^/]+\.xml|word\/_rels\/.*)$/i;

export interface ReadableDocument {
  /** An archive of the parts with text. */
  readonly buffer: Buffer;
  /** What is missing from it. */
  readonly notes: readonly string[];
}

/** @throws XqgError those of Archive */
export async function readableDocument(archive: Archive): Promise<ReadableDocument> {
  const { default: JSZip } = await import('jszip');
  const zip = new JSZip();
  const notes = new Set<string>();
  for (const name of archive.names.filter((part) => READ_PARTS.test(part))) {
    const xml = await archive.text(name);
    zip.file(name, TEXT_PARTS.test(name) ? await readable(archive, name, xml, notes) : xml);
  }
  const embedded = archive.names.filter((name) => EMBEDDED.test(name));
  if (embedded.length > 0) notes.add(`embedded files are not read: ${embedded.join(', ')}`);
  const buffer = await zip.generateAsync({ type: 'nodebuffer', compression: 'STORE' });
  return { buffer, notes: [...notes] };
}

/** Not the workbooks behind charts, whose text the charts have. */
const EMBEDDED = /^word\/embeddings\/(?!Microsoft_Excel_(?:Work)?sheet\d*\.xlsx$).+/i;

async function readable(
  archive: Archive,
  name: string,
  xml: string,
  notes: Set<string>,
): Promise<string> {
  let text = rewritten(xml);
  if (HIDDEN_RUN.test(text)) {
    notes.add('hidden text is not read');
    text = text.replace(new RegExp(HIDDEN_RUN, 'g'), '');
  }
  const relationships = await relationshipsOf(archive, name);
  text = await withDrawings(archive, text, relationships);
  return /^word\/document\d*\.xml$/.test(name) ? withMargins(archive, text, relationships) : text;
}

const HIDDEN_RUN =
  /<w:r(?:\s[^>]*)?>\s*<w:rPr>(?:(?!<\/w:rPr>)[\s\S])*?<w:vanish(?:\s+w:val="(?:true|1|on)")?\s*\/>(?:(?!<\/w:rPr>)[\s\S])*<\/w:rPr>(?:(?!<\/?w:r[ >])[\s\S])*<\/w:r>/;

/** Charts and diagrams as lines of text in their place. */
async function withDrawings(
  archive: Archive,
  xml: string,
  relationships: ReadonlyMap<string, Relationship>,
): Promise<string> {
  const texts = new Map<string, string>();
  for (const [id, { type, target }] of relationships) {
    if ((type !== 'chart' && type !== 'diagramData') || !archive.has(target)) continue;
    const root = await archive.xml(target);
    const lines = type === 'chart' ? chartText(root) : drawnParagraphs(root);
    texts.set(id, lines.map(textElement).join('<w:br/>'));
  }
  if (texts.size === 0) return xml;
  return xml.replace(
    /<w:drawing(?:\s[^>]*)?>(?:(?!<\/w:drawing>)[\s\S])*<\/w:drawing>/g,
    (drawing) => {
      const [, id = ''] =
        /<(?:c:chart|dgm:relIds)\s[^>]*\br:(?:id|dm)="([^"]+)"/.exec(drawing) ?? [];
      return texts.get(id) ?? drawing;
    },
  );
}

/** Running heads before the text, feet behind it; each once. */
async function withMargins(
  archive: Archive,
  xml: string,
  relationships: ReadonlyMap<string, Relationship>,
): Promise<string> {
  const seen = new Set<string>();
  const paragraphs = { header: '', footer: '' };
  for (const { type, target } of relationships.values()) {
    if ((type !== 'header' && type !== 'footer') || !archive.has(target)) continue;
    for (const text of marginLines(archive.parsed(rewritten(await archive.text(target)), target))) {
      if (seen.has(text)) continue;
      seen.add(text);
      paragraphs[type] += `<w:p><w:r>${textElement(text)}</w:r></w:p>`;
    }
  }
  // Before the properties of the last section, which end the body.
  const end = /(?:<w:sectPr\b(?:(?!<w:sectPr\b)[\s\S])*<\/w:sectPr>\s*)?<\/w:body>/;
  return xml
    .replace(/<w:body(?:\s[^>]*)?>/, (body) => body + paragraphs.header)
    .replace(end, (rest) => paragraphs.footer + rest);
}

/** Of a running head or foot: paragraphs, a row of a table in one line, without page numbers. */
function marginLines(root: XmlElement): string[] {
  const lines: string[] = [];
  const add = (text: string): void => {
    const line = text.replace(/[^\S\t]+/g, ' ').trim();
    if (/\p{L}/u.test(line)) lines.push(line);
  };
  const visit = (element: XmlElement): void => {
    for (const child of childrenOf(element)) {
      if (child.name === 'tr') {
        const cells = childrenOf(child).filter(({ name }) => name === 'tc');
        add(cells.map((cell) => Array.from(elementsOf(cell, 'p'), runText).join(' ')).join('\t'));
      } else if (child.name === 'p') add(runText(child));
      else visit(child);
    }
  };
  visit(root);
  return lines;
}

/** Text of a paragraph without deleted text and the numbers of pages that fields show. */
function runText(paragraph: XmlElement): string {
  let text = '';
  let instruction = '';
  let fields = 0;
  const visit = (element: XmlElement): void => {
    for (const child of childrenOf(element)) {
      const { name } = child;
      if (name === 'fldChar') {
        const kind = child.attributes['w:fldCharType'];
        if (kind === 'begin') {
          fields++;
          instruction = '';
        } else if (kind === 'end' && --fields === 0) instruction = '';
      } else if (name === 'instrText') instruction += plain(child);
      else if (name === 't')
        text += /^\s*(?:NUM|SECTION)?PAGES?\b/.test(instruction) ? '' : plain(child);
      else if (name === 'tab') text += '\t';
      else if (name === 'br' || name === 'p') text += ' ';
      if (name !== 'del' && name !== 'instrText' && name !== 'pPr') visit(child);
    }
  };
  visit(paragraph);
  return text;
}

function plain({ children }: XmlElement): string {
  return children.filter((child) => typeof child === 'string').join('');
}

function textElement(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return escaped
    .split('\t')
    .map((part) => `<w:t xml:space="preserve">${part}</w:t>`)
    .join('<w:tab/>');
}

function rewritten(xml: string): string {
  return (
    xml
      .replace(/<mc:AlternateContent\b[\s\S]*?<\/mc:AlternateContent>/g, alternative)
      // Of words with readings above them, the words.
      .replace(/<w:ruby\b[\s\S]*?<w:rubyBase>([\s\S]*?)<\/w:rubyBase>\s*<\/w:ruby>/g, '$1')
      .replace(/<w:cr\s*\/>/g, '<w:br/>')
      .replace(/<w:ptab\b[^>]*\/>/g, '<w:tab/>')
      .replace(/<\/?(?:w:fldSimple|w:bdo|w:dir)\b[^>]*>/g, '')
      .replace(/<m:oMath>[\s\S]*?<\/m:oMath>|<m:oMath\s[\s\S]*?<\/m:oMath>/g, equation)
      .replace(/<\/?m:oMathPara\b[^>]*>|<m:oMathParaPr\b[\s\S]*?<\/m:oMathParaPr>/g, '')
  );
}

/** Mammoth reads the fallback alone, which need not be there. */
function alternative(whole: string): string {
  const fallback = /<mc:Fallback\b[\s\S]*?<\/mc:Fallback>/.exec(whole)?.[0] ?? '';
  if (/<w:t[\s>]/.test(fallback)) return whole;
  const boxes = [...whole.matchAll(/<w:txbxContent>[\s\S]*?<\/w:txbxContent>/g)];
  if (boxes.length === 0) return whole;
  const text = boxes.map(([box]) => `<v:textbox>${box}</v:textbox>`).join('');
  return `<w:pict xmlns:v="urn:schemas-microsoft-com:vml">${text}</w:pict>`;
}

/** An equation in one line: `x=a/b`. */
function equation(xml: string): string {
  const linear = xml
    .replace(/<m:den>/g, '<m:t>/</m:t>')
    .replace(/<m:sup>/g, '<m:t>^</m:t>')
    .replace(/<m:deg>/g, '<m:t>√</m:t>');
  const text = [...linear.matchAll(/<m:t(?:\s[^>]*)?>([^<]*)<\/m:t>/g)].map(([, part]) => part);
  return `<w:r><w:t xml:space="preserve">${text.join('')}</w:t></w:r>`;
}
