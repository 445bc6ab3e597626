/** Collects the paragraphs of a document under their headings, whatever the format. */

import { Parser } from 'htmlparser2';
import { languageOfTag } from '../languages/languages.js';
import type { Block } from './passage.js';

interface Outline {
  /** The first heading of level 1, if any; as the title it is not among the headings of blocks. */
  readonly title?: string;
  /** One per section with text, in reading order; paragraphs are separated by an empty line. */
  readonly blocks: readonly Block[];
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

class OutlineBuilder {
  private title: string | undefined;
  private trail: Heading[] = [];
  private paragraphs: string[] = [];
  private readonly blocks: Block[] = [];
  /** The last heading, while nothing stands under it. */
  private bare: Heading | undefined;

  /** @param level 1 to 6 */
  heading(level: number, text: string): void {
    if (text === '') return;
    this.closeSection(level);
    if (level === 1 && this.title === undefined) {
      this.title = text;
      this.trail = [];
      return;
    }
    this.bare = { level, text };
    this.trail = [...this.trail.filter((above) => above.level < level), this.bare];
  }

  paragraph(text: string): void {
    if (text.trim() === '') return;
    this.bare = undefined;
    this.paragraphs.push(text);
  }

  finish(): Outline {
    this.closeSection(0);
    return { title: this.title, blocks: this.blocks };
  }

  /**
   * A heading with nothing under it, not even a lower heading, is text itself: otherwise it would
   * be in no passage.
   */
  private closeSection(nextLevel: number): void {
    if (this.bare !== undefined && nextLevel <= this.bare.level) {
      this.paragraphs.push(this.bare.text);
      this.trail = this.trail.slice(0, -1);
    }
    if (this.paragraphs.length > 0) {
      this.blocks.push({
        headings: this.trail.map(({ text }) => text),
        text: this.paragraphs.join('\n\n'),
      });
    }
    this.paragraphs = [];
    this.bare = undefined;
  }
}

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
  'noscript',
  'nav',
  'svg',
  'iframe',
  'object',
  'canvas',
]);

/** Elements that flow within a paragraph; every other one ends it. */
const INLINE = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark meter output ' +
    'progress q rp rt ruby s samp small span strike strong sub sup time tt u var wbr math mi mn mo mrow msup msub'
  ).split(' '),
);

/** A row of a table is one paragraph. */
const CELLS = new Set(['td', 'th']);

const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

export function outlineOfHtml(html: string): HtmlOutline {
  const reading = new HtmlReading();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => reading.open(name, attributes),
      ontext: (text) => reading.text(text),
      onclosetag: (name) => reading.close(name),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return reading.finish();
}

class HtmlReading {
  private readonly outline = new OutlineBuilder();
  /**
   * Raw text, preceded by text that is normalized already: single spaces, tabs between cells, line
   * breaks.
   */
  private raw = '';
  private folded = '';
  private pageTitle: string | undefined;
  private lang: string | undefined;
  /** Depth within a skipped element, 0 outside. */
  private skipping = 0;
  private preformatted = 0;
  private inTitle = false;

  open(name: string, attributes: Record<string, string>): void {
    if (this.skipping > 0 || SKIPPED.has(name) || 'hidden' in attributes) {
      if (!VOID.has(name)) this.skipping++;
      return;
    }
    const tag = attributes.lang ?? attributes['xml:lang'];
    if (
      this.lang === undefined &&
      tag !== undefined &&
      (name === 'html' || name === 'body' || name === 'main')
    ) {
      this.lang = languageOfTag(tag);
    }
    if (name === 'title') {
      this.flush();
      this.inTitle = true;
    } else if (name === 'br') this.mark('\n');
    else if (!INLINE.has(name) && !CELLS.has(name)) this.flush();
    if (name === 'pre') this.preformatted++;
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
    if (this.skipping > 0) {
      if (!VOID.has(name)) this.skipping--;
      return;
    }
    if (name === 'title' && this.inTitle) {
      this.pageTitle ??= this.take() || undefined;
      this.inTitle = false;
    } else if (/^h[1-6]$/.test(name))
      this.outline.heading(Number(name[1]), this.take().replace(/\s+/g, ' '));
    else if (CELLS.has(name)) this.mark('\t');
    else if (!INLINE.has(name) && !VOID.has(name)) this.flush();
    if (name === 'pre') this.preformatted = Math.max(0, this.preformatted - 1);
  }

  finish(): HtmlOutline {
    this.flush();
    const { title, blocks } = this.outline.finish();
    return { title, blocks, pageTitle: this.pageTitle, lang: this.lang };
  }

  private flush(): void {
    const text = this.take();
    if (text !== '') this.outline.paragraph(text);
  }

  private mark(separator: '\t' | '\n'): void {
    this.fold();
    this.folded += separator;
  }

  private fold(): void {
    this.folded += this.raw.replace(/[^\S\u00a0]+/g, ' ');
    this.raw = '';
  }

  /** The text gathered since the last call. */
  private take(): string {
    this.fold();
    const text = this.folded;
    this.folded = '';
    return text
      .replace(/ *\t */g, '\t')
      .replace(/[ \t]*\n\s*/g, '\n')
      .trim();
  }
}
