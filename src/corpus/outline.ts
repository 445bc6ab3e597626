/** The readable text of HTML, and of what is converted to it: Markdown, Word. */

import { Parser } from 'htmlparser2';
import { intendedLanguage } from '../languages/tags.js';
import { type Outline, OutlineBuilder } from './outline-builder.js';

/**
 * The readable text of HTML, with its headings, language and title. Also what Markdown and Word
 * are converted to. Tolerates any markup.
 */
export interface HtmlOutline extends Outline {
  /** `<title>`, which `Outline.title` (the first h1) usually says better. */
  readonly pageTitle?: string;
  /** From the `lang` attribute of the outermost element that has one. */
  readonly lang?: string;
}

/** Elements whose text is for machines or navigation, not for reading. */
const SKIPPED = new Set([
  'script',
  'style',
  'template',
  'nav',
  'svg',
  'iframe',
  'object',
  'canvas',
  'annotation',
  'annotation-xml',
  // Readings of ruby: between the characters of a word, they would cut it.
  'rt',
  'rp',
]);

/** Of those, what is no text in Markdown either, where other raw tags hide nothing. */
const NEVER_TEXT = new Set(['script', 'style', 'rt', 'rp', 'annotation', 'annotation-xml']);

/** Elements that flow within a paragraph; every other one ends it. */
const INLINE = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark meter output ' +
    'progress q rp rt ruby s samp small span strike strong sub sup time tt u var wbr math mi mn mo mrow msup msub object canvas'
  ).split(' '),
);

/** The others in Markdown, where any word between angle brackets may be a placeholder. */
const BLOCK =
  /^(?:address|article|aside|blockquote|caption|center|d[dlt]|details|div|fig(?:caption|ure)|footer|form|h[1-6r]|header|li|main|nav|[ou]l|p|pre|section|summary|t(?:able|body|foot|head|r)|title)$/;

/** A row of a table is one paragraph. */
const CELLS = new Set(['td', 'th']);

const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

export interface HtmlOptions {
  /** True for HTML from Markdown: a raw tag of its author hides nothing. Default false. */
  readonly isMarkdown?: boolean;
  /** False for a part of a document, whose first heading is not its title. Default true. */
  readonly hasTitle?: boolean;
  /** True for XHTML, where `<title/>` and `<a/>` are closed. Default: if it begins as XML. */
  readonly isXml?: boolean;
}

export function outlineOfHtml(html: string, options: HtmlOptions = {}): HtmlOutline {
  const { isMarkdown = false, hasTitle = true, isXml = /^\s*<\?xml\s/.test(html) } = options;
  const reading = new HtmlReading(isMarkdown, hasTitle);
  const source = isMarkdown ? html : withoutScriptNotices(inStreamOrder(html));
  let parser = parserFor(reading, isXml);
  for (const piece of tagwise(source)) {
    parser.write(piece);
    if (reading.depth < DEEPEST) continue;
    parser.end();
    parser = parserFor(reading, isXml);
  }
  parser.end();
  return reading.finish();
}

/** Elements that are open at once; more are closed, as browsers do. */
const DEEPEST = 5000;

function parserFor(reading: HtmlReading, isXml: boolean): Parser {
  return new Parser(
    {
      onopentag: (name, attributes) => reading.open(name, attributes),
      ontext: (text) => reading.text(text),
      onclosetag: (name) => reading.close(name),
    },
    { decodeEntities: true, recognizeSelfClosing: isXml, recognizeCDATA: isXml },
  );
}

const PIECE = 16_384;

/** Pieces that begin with a tag: the parser's time grows with the square of the depth. */
function* tagwise(html: string): Generator<string> {
  for (let from = 0; from < html.length; ) {
    const end = html.indexOf('<', from + PIECE);
    yield html.slice(from, end < 0 ? html.length : end);
    from = end < 0 ? html.length : end;
  }
}

/**
 * Pages that are rendered while they are sent (React) end with hidden parts, which a script moves
 * to where they belong.
 */
function inStreamOrder(html: string): string {
  if (!/<div hidden(?:="")? id="S:/.test(html)) return html;
  const parts = new Map<string, string>();
  const rest = html.replace(
    /<div hidden(?:="")? id="S:(\w+)">([\s\S]*?)<\/div>\s*<script\b[^>]*>(?:(?!<\/script)[\s\S])*?\$RC\("B:(\w+)","S:\1"(?:(?!<\/script)[\s\S])*<\/script>/g,
    (_, __, part: string, place: string) => {
      parts.set(place, part);
      return '';
    },
  );
  const placed = rest.replace(
    /<template id="B:(\w+)"><\/template>[\s\S]*?(?=<!--\/\$-->)/g,
    (whole, place: string) => {
      const part = parts.get(place);
      parts.delete(place);
      return part ?? whole;
    },
  );
  return [placed, ...parts.values()].join('\n');
}

/** `noscript` is what a reader without scripts sees; but that it should have them is no text. */
function withoutScriptNotices(html: string): string {
  return html.replace(/<noscript\b[^>]*>([\s\S]*?)<\/noscript\s*>/gi, (whole, content: string) =>
    content.length < LONGEST_NOTICE && /java\s?script/i.test(content) ? '' : whole,
  );
}

const LONGEST_NOTICE = 600;

/** True for what a page hides for good: not for what is shown by a tab, a search or a script. */
function isHidden(attributes: Record<string, string>): boolean {
  const { hidden, role, id = '' } = attributes;
  if (hidden === undefined || hidden === 'until-found' || role === 'tabpanel') return false;
  return !/^S:\w+$/.test(id);
}

/** Signs of links within a page: to the heading beside them, to a footnote and back. */
const PERMALINK_SIGNS = /^(?:(?:[\s¶§#🔗↑↩]|\ufe0f|\ufe0e)*|\[[^\]\s]{1,6}\])$/u;

/** Raised, and a link to the note: it would be read as part of the word before it. */
const NOTE_NUMBER = /^\s*(?:\d{1,3}|[a-z*†‡])\s*$/u;

/** The end of a paragraph in a cell, until the row is known. Pages cannot contain it. */
const CELL_PARAGRAPH = '\u0001';

/** A longer row of cells with more paragraphs is the layout of a page. */
const LONGEST_ROW = 600;
const MOST_CELL_PARAGRAPHS = 3;

/** A line break between characters of scripts without spaces, which would cut a word. */
const LINE_WITHIN_WORDS =
  /(?<=[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])[ \t]*\r?\n\s*(?=[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])/g;

/** `<a href="#section">`, or a link that its class calls one to a heading. */
function isPlaceInPage({ href = '', class: names = '' }: Record<string, string>): boolean {
  return href.startsWith('#') || /\b(?:headerlink|permalink|anchor)\b/.test(names);
}

class HtmlReading {
  private readonly outline: OutlineBuilder;
  /**
   * Raw text, preceded by text that is normalized already: single spaces, tabs between cells, line
   * breaks.
   */
  private raw = '';
  private folded = '';
  private pageTitle: string | undefined;
  private lang: string | undefined;
  /** Elements that are open. */
  depth = 0;
  /** Depth within a skipped element, 0 outside. */
  private skipping = 0;
  private preformatted = 0;
  private inTitle = false;
  /** One per open table: the depth of cells within it. */
  private readonly tables: number[] = [];
  /** Within the text of a drawing: the depth of skipping around it. */
  private drawing: { readonly skipping: number } | undefined;
  private inDrawing = 0;
  /** Open elements of raised text. */
  private raised = 0;
  /** Where the text of an open link to a place in this page begins. */
  private permalink: number | undefined;

  constructor(
    private readonly isMarkdown: boolean,
    hasTitle: boolean,
  ) {
    this.outline = new OutlineBuilder(hasTitle);
  }

  private isSkipped(name: string, attributes: Record<string, string>): boolean {
    if (this.isMarkdown) return NEVER_TEXT.has(name);
    if (name === 'template' && attributes.shadowrootmode !== undefined) return false;
    // Pages hide themselves as a whole until their scripts have run.
    const isPage = name === 'html' || name === 'body';
    return SKIPPED.has(name) || (!isPage && isHidden(attributes));
  }

  private isBlock(name: string): boolean {
    return this.isMarkdown ? BLOCK.test(name) : !INLINE.has(name);
  }

  open(name: string, attributes: Record<string, string>): void {
    this.depth++;
    if (name === 'svg') this.inDrawing++;
    if (name === 'text' && this.inDrawing > 0 && this.drawing === undefined) {
      this.drawing = { skipping: this.skipping };
      this.skipping = 0;
      this.flush();
      return;
    }
    if (this.skipping > 0 || this.isSkipped(name, attributes)) {
      if (!VOID.has(name)) this.skipping++;
      return;
    }
    const tag = attributes.lang ?? attributes['xml:lang'];
    if (
      this.lang === undefined &&
      tag !== undefined &&
      (name === 'html' || name === 'body' || name === 'main')
    ) {
      this.lang = intendedLanguage(tag);
    }
    if (name === 'title') {
      this.flush();
      this.inTitle = true;
    } else if (name === 'br') this.mark('\n');
    else if (CELLS.has(name)) this.openCell();
    else if (name === 'table') {
      this.flushRow();
      this.tables.push(0);
    } else if (this.isBlock(name)) this.endParagraph(name);
    if (name === 'pre') this.preformatted++;
    if (name === 'sup') this.raised++;
    if (name === 'a' && isPlaceInPage(attributes)) {
      this.fold();
      this.permalink = this.folded.length;
    }
  }

  text(text: string): void {
    if (this.skipping > 0) return;
    if (this.preformatted === 0) {
      this.raw += text;
      return;
    }
    const [first, ...others] = text.split('\n');
    this.raw += first;
    for (const line of others) {
      this.mark('\n');
      this.raw += line;
    }
  }

  close(name: string): void {
    this.depth--;
    if (name === 'svg') this.inDrawing = Math.max(0, this.inDrawing - 1);
    if (name === 'text' && this.drawing !== undefined) {
      this.flush();
      this.skipping = this.drawing.skipping;
      this.drawing = undefined;
      return;
    }
    if (this.skipping > 0) {
      if (!VOID.has(name)) this.skipping--;
      return;
    }
    if (name === 'a') this.dropPermalink();
    if (name === 'sup') this.raised = Math.max(0, this.raised - 1);
    if (name === 'title' && this.inTitle) {
      this.pageTitle ??= this.take() || undefined;
      this.inTitle = false;
    } else if (/^h[1-6]$/.test(name))
      this.outline.heading(Number(name[1]), this.take().replace(/\s+/g, ' ').trim());
    else if (CELLS.has(name)) this.closeCell();
    else if (name === 'tr') this.flushRow();
    else if (name === 'table') {
      this.flushRow();
      this.tables.pop();
    } else if (this.isBlock(name) && !VOID.has(name)) this.endParagraph(name);
    if (name === 'pre') this.preformatted = Math.max(0, this.preformatted - 1);
  }

  finish(): HtmlOutline {
    this.flush();
    const { title, blocks } = this.outline.finish();
    return { title, blocks, pageTitle: this.pageTitle, lang: this.lang };
  }

  private dropPermalink(): void {
    if (this.permalink === undefined) return;
    this.fold();
    const text = this.folded.slice(this.permalink);
    if (PERMALINK_SIGNS.test(text) || (this.raised > 0 && NOTE_NUMBER.test(text)))
      this.folded = this.folded.slice(0, this.permalink);
    this.permalink = undefined;
  }

  private openCell(): void {
    if (this.tables.length > 0) this.tables[this.tables.length - 1]++;
  }

  private closeCell(): void {
    const open = this.tables.pop();
    if (open !== undefined) this.tables.push(Math.max(0, open - 1));
    this.mark('\t');
  }

  /** Ends a paragraph; within a cell that is left open until the row is known. */
  private endParagraph(name: string): void {
    if ((this.tables.at(-1) ?? 0) === 0 || /^h[1-6]$/.test(name)) this.flush();
    else this.mark(CELL_PARAGRAPH);
  }

  /** A row is a line; in a table that is there for the layout of a page, its paragraphs are. */
  private flushRow(): void {
    this.fold();
    const row = this.folded;
    if (!row.includes(CELL_PARAGRAPH)) {
      this.folded = row.replace(/(?<![^\S\t])[^\S\t]*\n\s*/g, ' ');
      this.flush();
      return;
    }
    const cells = row.split('\t').map((cell) =>
      cell
        .split(CELL_PARAGRAPH)
        .map((paragraph) => paragraph.trim())
        .filter((paragraph) => paragraph !== ''),
    );
    const isLayout =
      row.length > LONGEST_ROW && cells.some(({ length }) => length > MOST_CELL_PARAGRAPHS);
    for (const line of isLayout ? cells.flat() : [cells.map((cell) => cell.join(' ')).join('\t')]) {
      this.folded = line.replace(/(?<![^\S\t])[^\S\t]*\n\s*/g, ' ');
      this.flush();
    }
  }

  private flush(): void {
    const text = this.take();
    if (text !== '') this.outline.paragraph(text);
  }

  private mark(separator: '\t' | '\n' | typeof CELL_PARAGRAPH): void {
    this.fold();
    this.folded += separator;
  }

  private fold(): void {
    this.folded += this.raw
      .replace(LINE_WITHIN_WORDS, '')
      .replaceAll(CELL_PARAGRAPH, '')
      .replace(/[^\S\u00a0]+/g, ' ');
    this.raw = '';
  }

  /** The text gathered since the last call. */
  private take(): string {
    this.fold();
    const text = this.folded;
    this.folded = '';
    this.permalink = undefined;
    return text
      .replaceAll(CELL_PARAGRAPH, '\n')
      .replace(/(?<! ) *\t */g, '\t')
      .replace(/(?<![ \t])[ \t]*\n\s*/g, '\n')
      .trim();
  }
}
