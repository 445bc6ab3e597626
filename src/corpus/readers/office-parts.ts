/** How the parts of Office documents and of EPUB refer to each other. */
import { posix } from 'node:path';
import type { Archive } from '../archive.js';
import { attributeOf, elementsOf, type XmlElement } from '../xml.js';

export interface Relationship {
  /** The last word of its type: `slide`, `notesSlide`. */
  readonly type: string;
  /** Name of the part. */
  readonly target: string;
}

/** The relationships of a part by id, without those that lead out of the archive. */
export async function relationshipsOf(
  archive: Archive,
  part: string,
): Promise<ReadonlyMap<string, Relationship>> {
  const { dir, base } = posix.parse(part);
  const root = await archive.xmlIfAny(posix.join(dir, '_rels', `${base}.rels`));
  const found = new Map<string, Relationship>();
  for (const { attributes } of elementsOf(root, 'Relationship')) {
    const { Id: id, Type: type = '', Target: target = '', TargetMode: mode } = attributes;
    if (id === undefined || mode === 'External') continue;
    found.set(id, { type: type.slice(type.lastIndexOf('/') + 1), target: partAt(part, target) });
  }
  return found;
}

/** The targets of a part's relationships of one type, in their order. */
export async function partsOf(
  archive: Archive,
  part: string,
  ...types: readonly string[]
): Promise<string[]> {
  const relationships = [...(await relationshipsOf(archive, part)).values()];
  return relationships
    .filter(({ type, target }) => types.includes(type) && archive.has(target))
    .map(({ target }) => target);
}

/** The part that `reference` names from `part`: relative, or from the root of the archive. */
export function partAt(part: string, reference: string): string {
  const [path] = reference.split('#', 1);
  return posix.resolve(posix.dirname(`/${part}`), decoded(path)).slice(1);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Title and language that the core properties of an Office document state. */
export async function coreProperties(
  archive: Archive,
): Promise<{ readonly title: string; readonly lang: string }> {
  const root = await archive.xmlIfAny('docProps/core.xml');
  return { title: propertyOf(root, 'title'), lang: propertyOf(root, 'language') };
}

/** The text of the first element of this name. */
export function propertyOf(root: XmlElement, name: string): string {
  for (const { children } of elementsOf(root, name)) {
    const text = children.filter((child) => typeof child === 'string').join('');
    if (text.trim() !== '') return text.replace(/\s+/g, ' ').trim();
  }
  return '';
}

/** The paragraphs of DrawingML (`a:p`) within an element. */
export function drawnParagraphs(element: XmlElement): string[] {
  return Array.from(elementsOf(element, 'p'), drawnText).filter((text) => text.trim() !== '');
}

/** The text of one paragraph; fields but numbers of pages, line breaks, equations. */
export function drawnText(paragraph: XmlElement): string {
  let text = '';
  const walk = (element: XmlElement): void => {
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      const { name } = child;
      if (name === 't') text += child.children.filter((part) => typeof part === 'string').join('');
      else if (name === 'br') text += '\n';
      else if (name === 'tab') text += '\t';
      else if (name === 'AlternateContent') walk(chosenContent(child));
      else if (!(name === 'fld' && attributeOf(child, 'type') === 'slidenum')) walk(child);
    }
  };
  walk(paragraph);
  return text;
}

/** Of `mc:AlternateContent`, the first part that has text. */
export function chosenContent(element: XmlElement): XmlElement {
  const parts = element.children.filter((child): child is XmlElement => typeof child !== 'string');
  return parts.find((part) => [...elementsOf(part, 't')].length > 0) ?? parts[0] ?? element;
}
