/** EPUB: the chapters in the order of the book's spine, each under its own headings. */
import { intendedLanguage } from '../../languages/tags.js';
import { Archive } from '../archive.js';
import { outlineOfHtml } from '../outline.js';
import type { Block } from '../passage.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import { attributeOf, elementsOf, type XmlElement } from '../xml.js';
import { partAt, propertyOf } from './office-parts.js';

const extensions = ['.epub'];

export const epubReader: CorpusReader = {
  name: 'EPUB',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const archive = await Archive.open(path, 'EPUB');
    try {
      const { title, lang, chapters } = await bookOf(archive);
      const blocks: Block[] = [];
      const missing: string[] = [];
      const silent: string[] = [];
      for (const chapter of chapters) {
        if (!archive.has(chapter)) {
          missing.push(chapter);
          continue;
        }
        const html = await archive.text(chapter);
        const outline = outlineOfHtml(html, { hasTitle: false, isXml: true });
        if (outline.blocks.length === 0 && /<(?:\w+:)?(?:img|image|svg)\b/i.test(html))
          silent.push(chapter);
        blocks.push(...outline.blocks);
      }
      if (missing.length > 0) onNote?.(path, `chapters that are missing: ${missing.join(', ')}`);
      if (silent.length > 0) onNote?.(path, `pictures without text: ${silent.join(', ')}`);
      yield fileDocument(file, { stated: title, lang: intendedLanguage(lang), blocks });
    } finally {
      archive.close();
    }
  },
};

interface Book {
  readonly title: string;
  readonly lang: string;
  /** Names of parts, in reading order. */
  readonly chapters: readonly string[];
}

/** Algorithms that only disguise fonts; any other encryption is there to lock the text. */
const FONT_DISGUISE = /obfuscation|RC$/;

async function bookOf(archive: Archive): Promise<Book> {
  const container = await archive.xml('META-INF/container.xml');
  const [rootFile] = elementsOf(container, 'rootfile');
  const packagePart = rootFile === undefined ? undefined : attributeOf(rootFile, 'full-path');
  if (packagePart === undefined) throw archive.broken('its container names no package');
  const root = await archive.xml(packagePart);
  const items = new Map<string, XmlElement>();
  for (const item of elementsOf(root, 'item')) items.set(attributeOf(item, 'id') ?? '', item);
  const locked = await lockedParts(archive);
  const chapters: string[] = [];
  for (const reference of elementsOf(root, 'itemref')) {
    const item = items.get(attributeOf(reference, 'idref') ?? '');
    const href = item === undefined ? undefined : attributeOf(item, 'href');
    if (href === undefined) continue;
    const part = partAt(packagePart, href);
    if (locked.has(part)) throw archive.broken('its text is encrypted (DRM)');
    chapters.push(part);
  }
  return { title: propertyOf(root, 'title'), lang: propertyOf(root, 'language'), chapters };
}

async function lockedParts(archive: Archive): Promise<ReadonlySet<string>> {
  const root = await archive.xmlIfAny('META-INF/encryption.xml');
  const parts = new Set<string>();
  for (const data of elementsOf(root, 'EncryptedData')) {
    const [method] = elementsOf(data, 'EncryptionMethod');
    if (FONT_DISGUISE.test(attributeOf(method ?? data, 'Algorithm') ?? '')) continue;
    for (const reference of elementsOf(data, 'CipherReference'))
      parts.add(partAt('', attributeOf(reference, 'URI') ?? ''));
  }
  return parts;
}
