/**
 * PowerPoint: the slides in their order, each under its title, with its tables, diagrams, speaker
 * notes and comments. Hidden slides are left out and named.
 */
import { intendedLanguage } from '../../languages/tags.js';
import { Archive } from '../archive.js';
import { OutlineBuilder } from '../outline-builder.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import {
  attributeOf,
  childOf,
  childrenOf,
  elementsOf,
  firstOf,
  prefixedAttribute,
  textOf,
  type XmlElement,
} from '../xml.js';
import {
  chosenContent,
  coreProperties,
  drawnParagraphs,
  drawnText,
  partsOf,
  type Relationship,
  relationshipsOf,
} from './office-parts.js';

const extensions = ['.pptx', '.pptm', '.ppsx', '.potx'];

export const pptxReader: CorpusReader = {
  name: 'PowerPoint',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const archive = await Archive.open(path, 'PowerPoint');
    try {
      const slides = await slidesOf(archive);
      const outline = new OutlineBuilder(false);
      const repeated = new Set<string>();
      const hidden: number[] = [];
      const silent: number[] = [];
      let firstTitle = '';
      for (const [i, part] of slides.entries()) {
        const root = await archive.xml(part);
        const slide = firstOf(root, 'sld');
        if (slide !== undefined && /^(?:0|false)$/.test(attributeOf(slide, 'show') ?? '')) {
          hidden.push(i + 1);
          continue;
        }
        const { title, paragraphs } = await slideText(archive, part, root, repeated);
        firstTitle ||= title;
        outline.heading(2, title);
        for (const paragraph of paragraphs) outline.paragraph(paragraph);
        const isSilent = title === '' && paragraphs.length === 0;
        if (isSilent && firstOf(root, 'pic') !== undefined) silent.push(i + 1);
      }
      if (hidden.length > 0) onNote?.(path, `hidden slides are not read: ${hidden.join(', ')}`);
      if (silent.length > 0) onNote?.(path, `slides of pictures alone: ${silent.join(', ')}`);
      const { blocks } = outline.finish();
      const { title, lang } = await coreProperties(archive);
      const stated = (PROGRAM_TITLE.test(title) ? '' : title) || firstTitle;
      yield fileDocument(file, { stated, lang: intendedLanguage(lang), blocks });
    } finally {
      archive.close();
    }
  },
};

/** What programs write into a new presentation, in several languages. */
const PROGRAM_TITLE =
  /^(?:power\s?point.*|.*power\s?point[- ]?\p{L}*|presentation ?\d*|slide \d+|folie \d+|title)$/iu;

/** Names of the slides' parts, in the order in which they are shown. */
async function slidesOf(archive: Archive): Promise<string[]> {
  const [main = 'ppt/presentation.xml'] = await partsOf(archive, '', 'officeDocument');
  const relationships = await relationshipsOf(archive, main);
  const presentation = await archive.xml(main);
  const slides: string[] = [];
  for (const slide of elementsOf(presentation, 'sldId')) {
    const target = relationships.get(prefixedAttribute(slide, 'id') ?? '')?.target;
    if (target !== undefined && archive.has(target)) slides.push(target);
  }
  return slides;
}

interface SlideText {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** @param repeated footers and dates of slides before */
async function slideText(
  archive: Archive,
  part: string,
  root: XmlElement,
  repeated: Set<string>,
): Promise<SlideText> {
  const relationships = await relationshipsOf(archive, part);
  const titles: string[] = [];
  const paragraphs: string[] = [];
  const visit = async (element: XmlElement): Promise<void> => {
    for (const child of childrenOf(element)) {
      const { name } = child;
      if (isHiddenShape(child)) continue;
      if (name === 'AlternateContent')
        await visit({ ...element, children: [chosenContent(child)] });
      else if (name === 'sp' || name === 'cxnSp') {
        const kind = placeholderOf(child);
        const texts = drawnParagraphs(child);
        if (kind === 'title' || kind === 'ctrTitle') titles.push(...texts);
        else if (kind === 'ftr' || kind === 'dt') {
          paragraphs.push(...texts.filter((text) => !repeated.has(text)));
          for (const text of texts) repeated.add(text);
        } else if (kind !== 'sldNum') paragraphs.push(...texts);
      } else if (name === 'graphicFrame')
        paragraphs.push(...(await graphicText(archive, child, relationships)));
      else await visit(child);
    }
  };
  await visit(root);
  const others = [...relationships.values()];
  for (const { type, target } of others) {
    if (!archive.has(target)) continue;
    if (type === 'notesSlide') paragraphs.push(...notesOf(await archive.xml(target)));
    else if (type === 'comments') paragraphs.push(...commentsOf(await archive.xml(target)));
  }
  return { title: titles.join(' ').replace(/\s+/g, ' ').trim(), paragraphs };
}

/** A shape, group or frame that its author hid. */
function isHiddenShape(element: XmlElement): boolean {
  const properties = childrenOf(element).find(({ name }) => /^nv\w*Pr$/.test(name));
  const shape = properties === undefined ? undefined : childOf(properties, 'cNvPr');
  return shape !== undefined && /^(?:1|true)$/.test(attributeOf(shape, 'hidden') ?? '');
}

function placeholderOf(shape: XmlElement): string | undefined {
  const [placeholder] = elementsOf(shape, 'ph');
  return placeholder === undefined ? undefined : (attributeOf(placeholder, 'type') ?? 'body');
}

/** A table as rows; the words of a diagram or chart. */
async function graphicText(
  archive: Archive,
  frame: XmlElement,
  relationships: ReadonlyMap<string, Relationship>,
): Promise<string[]> {
  const rows = Array.from(elementsOf(frame, 'tr'), (row) =>
    childrenOf(row)
      .filter(({ name }) => name === 'tc')
      .map((cell) => drawnParagraphs(cell).join(' ').replace(/\s+/g, ' '))
      .join('\t')
      .trim(),
  );
  if (rows.length > 0) return rows;
  const [diagram] = elementsOf(frame, 'relIds');
  const [chart] = elementsOf(frame, 'chart');
  const reference = prefixedAttribute(diagram ?? chart ?? frame, diagram ? 'dm' : 'id');
  const target = relationships.get(reference ?? '')?.target;
  if (target === undefined || !archive.has(target)) return drawnParagraphs(frame);
  const root = await archive.xml(target);
  return diagram === undefined ? chartText(root) : drawnParagraphs(root);
}

/** The titles of a chart, and a line for each series: its name, its categories and values. */
export function chartText(root: XmlElement): string[] {
  const pointsOf = (element: XmlElement): string[] =>
    Array.from(elementsOf(element, 'pt'), (point) => textOf(firstOf(point, 'v')).trim());
  const series = Array.from(elementsOf(root, 'ser'), (one) =>
    childrenOf(one)
      .filter(({ name }) => /^(?:tx|cat|val|xVal|yVal)$/.test(name))
      .flatMap(pointsOf)
      .join('\t'),
  );
  return [...drawnParagraphs(root), ...series].filter((text) => text !== '');
}

function notesOf(root: XmlElement): string[] {
  return Array.from(elementsOf(root, 'sp')).flatMap((shape) => {
    const kind = placeholderOf(shape);
    return kind === 'sldNum' ||
      kind === 'sldImg' ||
      kind === 'hdr' ||
      kind === 'ftr' ||
      kind === 'dt'
      ? []
      : drawnParagraphs(shape);
  });
}

/** Comments of both kinds: text alone, or paragraphs as on slides. */
function commentsOf(root: XmlElement): string[] {
  const plain = Array.from(elementsOf(root, 'text'), textOf);
  return [...plain, ...Array.from(elementsOf(root, 'p'), drawnText)].filter(
    (text) => text.trim() !== '',
  );
}
