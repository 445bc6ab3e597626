/** The text of OpenDocument, from its XML as it streams. */
import { type Outline, OutlineBuilder } from '../outline-builder.js';
import { attributeOf, localName, type XmlHandler, xmlParser } from '../xml.js';

/** Text that no reader of the document sees. */
const SKIPPED = new Set([
  'tracked-changes',
  'ruby-text',
  'annotation-xml',
  'annotation-end',
  'binary-data',
  'page-number',
  'page-count',
  'script',
  'event-listeners',
  'forms',
  'sequence-decls',
  'variable-decls',
  'user-field-decls',
]);

const HIDDEN_TEXT = new Set(['hidden-text', 'hidden-paragraph']);

/** What holds paragraphs, and other text that is not the paragraph's around it. */
const SINKS = new Set(['note', 'annotation', 'frame', 'text-box', 'custom-shape', 'object', 'g']);

/** An element whose content is gathered before it is known where it goes. */
interface Gathering {
  readonly kind: 'paragraph' | 'cell' | 'row' | 'sink' | 'slide' | 'title' | 'margin' | 'math';
  /** The element that ends it. */
  readonly element: string;
  text: string;
  /** Paragraphs within it. */
  readonly parts: string[];
  /** Of a heading, from 1; 0 for text. */
  readonly level: number;
}

interface Style {
  readonly parent: string;
  isHidden: boolean;
}

export class OdfReading implements XmlHandler {
  /** XML of documents within the document, by the name of their folder. */
  readonly objects = new Map<string, string>();
  private readonly outline = new OutlineBuilder();
  private readonly styles = new Map<string, Style>();
  private readonly stack: Gathering[] = [];
  private readonly seen = new Set<string>();
  private readonly footers: string[] = [];
  private readonly hidden = new Map<string, number>();
  private style: Style | undefined;
  private skipping = 0;
  private objectDepth = 0;
  private isSpreadsheet = false;
  private inMasters = false;

  /** What was left out. */
  notes(): string[] {
    return Array.from(
      this.hidden,
      ([what, n]) => `${n === 1 ? '' : `${n} times `}${what} is not read`,
    );
  }

  finish(): Outline {
    for (const footer of this.footers) this.outline.paragraph(footer);
    return this.outline.finish();
  }

  open(tag: string, attributes: Record<string, string>): void {
    const name = localName(tag);
    if (
      this.skipping > 0 ||
      SKIPPED.has(name) ||
      (name === 'annotation' && this.isWithin('math'))
    ) {
      this.skipping++;
      return;
    }
    if (this.hides(name, attributes)) {
      this.skipping++;
      return;
    }
    const get = (key: string): string => attributeOf({ attributes }, key) ?? '';
    if (name === 'style' && this.objectDepth === 0) {
      this.style = { parent: get('parent-style-name'), isHidden: false };
      this.styles.set(get('name'), this.style);
    } else if (/-properties$/.test(name) && this.style !== undefined) {
      if (/^(?:none|false|hidden)$/.test(get('display') || get('visibility')))
        this.style.isHidden = true;
    } else if (name === 'master-styles') this.inMasters = true;
    else if (name === 'spreadsheet') this.isSpreadsheet = true;
    else if (this.inMasters && /^(?:header|footer)(?:-left|-first)?$/.test(name))
      this.gather('margin', name);
    else if (name === 'p' || name === 'h') this.gather('paragraph', name, this.levelOf(name, get));
    else if (name === 'page') this.gather('slide', name);
    else if (name === 'table') {
      if (this.isSpreadsheet && !this.isWithin('cell') && this.objectDepth === 0)
        this.outline.heading(2, get('name'));
    } else if (name === 'table-row') this.gather('row', name);
    else if (name === 'table-cell') this.gather('cell', name);
    else if (name === 'math') this.gather('math', name);
    else if (SINKS.has(name)) {
      this.gather(get('class') === 'title' ? 'title' : 'sink', name);
      if (name === 'object') this.embed(get('href'));
    } else this.addSign(name, get);
  }

  text(text: string): void {
    if (this.skipping > 0) return;
    const top = this.stack.at(-1);
    if (top?.kind === 'paragraph') top.text += text.replace(/[ \t\r\n]+/g, ' ');
    else if (top?.kind === 'math') top.text += text.trim();
  }

  close(tag: string): void {
    const name = localName(tag);
    if (this.skipping > 0) {
      this.skipping--;
      return;
    }
    if (name === 'style') this.style = undefined;
    else if (name === 'master-styles') this.inMasters = false;
    const top = this.stack.at(-1);
    if (top === undefined || top.element !== name) return;
    this.stack.pop();
    if (top.kind === 'paragraph') {
      this.emit(
        top.text
          .replace(/ *\n */g, '\n')
          .replace(/ {2,}/g, ' ')
          .trim(),
        top.level,
      );
      for (const part of top.parts) this.emit(part);
    } else if (top.kind === 'math') {
      const paragraph = this.innermost('paragraph');
      if (paragraph === undefined) this.emit(top.text);
      else paragraph.text += ` ${top.text} `;
    } else if (top.kind === 'cell') this.innermost('row')?.parts.push(lineOf(top.parts));
    else if (top.kind === 'row') this.emit(top.parts.filter((cell) => cell !== '').join('\t'));
    else if (top.kind === 'title') {
      const slide = this.innermost('slide');
      if (slide === undefined) for (const part of top.parts) this.emit(part);
      else slide.text = `${slide.text} ${lineOf(top.parts)}`.trim();
    } else if (top.kind === 'slide') {
      this.outline.heading(2, top.text);
      for (const part of top.parts) this.emit(part);
    } else if (top.kind === 'margin') {
      for (const part of top.parts.filter((text) => !this.seen.has(text))) {
        this.seen.add(part);
        if (name.startsWith('header')) this.outline.paragraph(part);
        else this.footers.push(part);
      }
    }
  }

  private gather(kind: Gathering['kind'], element: string, level = 0): void {
    this.stack.push({ kind, element, text: '', parts: [], level });
  }

  private innermost(kind: Gathering['kind']): Gathering | undefined {
    return this.stack.findLast((gathering) => gathering.kind === kind);
  }

  private isWithin(kind: Gathering['kind']): boolean {
    return this.innermost(kind) !== undefined;
  }

  /** A paragraph to where it belongs: behind the one around it, into a cell, the outline. */
  private emit(text: string, level = 0): void {
    if (text === '') return;
    const around = this.stack.findLast(({ kind }) => kind !== 'sink' && kind !== 'row');
    if (around !== undefined) around.parts.push(text);
    else if (level > 0) this.outline.heading(level, text.replace(/\s+/g, ' '));
    else this.outline.paragraph(text);
  }

  /** Characters that are written as elements. */
  private addSign(name: string, get: (key: string) => string): void {
    const top = this.stack.at(-1);
    if (top?.kind !== 'paragraph') return;
    if (name === 's') top.text += ' '.repeat(Math.min(64, Number(get('c')) || 1));
    else if (name === 'tab') top.text += '\t';
    else if (name === 'line-break') top.text += '\n';
  }

  private levelOf(name: string, get: (key: string) => string): number {
    if (name === 'h') return Math.min(6, Math.max(1, Number(get('outline-level')) || 1));
    for (let style = get('style-name'), depth = 0; style !== '' && depth < 8; depth++) {
      if (style === 'Title') return 1;
      style = this.styles.get(style)?.parent ?? '';
    }
    return 0;
  }

  private hides(name: string, attributes: Record<string, string>): boolean {
    const style = attributeOf({ attributes }, 'style-name') ?? '';
    const what = HIDDEN_TEXT.has(name)
      ? 'hidden text'
      : name === 'table-row' && /^(?:collapse|filter)$/.test(attributes['table:visibility'] ?? '')
        ? 'a hidden row'
        : this.styles.get(style)?.isHidden === true
          ? (WHAT[name] ?? '')
          : '';
    if (what === '') return false;
    const title =
      name === 'table' || name === 'page' ? ` ${attributeOf({ attributes }, 'name')}` : '';
    this.hidden.set(what + title, (this.hidden.get(what + title) ?? 0) + 1);
    return true;
  }

  private embed(href: string): void {
    const xml = this.objects.get(href.replace(/^\.\//, ''));
    if (xml === undefined || this.objectDepth > 0) return;
    this.objectDepth++;
    xmlParser(this).end(xml);
    this.objectDepth--;
  }
}

/** What an element is that its style hides. */
const WHAT: Readonly<Record<string, string>> = {
  p: 'hidden text',
  h: 'hidden text',
  span: 'hidden text',
  page: 'hidden slide',
  table: 'hidden sheet',
};

function lineOf(parts: readonly string[]): string {
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}
