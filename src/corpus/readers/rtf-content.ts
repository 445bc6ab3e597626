/** The text of RTF (specification 1.9.1), from its control words. */
import { TextDecoder } from 'node:util';
import { type Outline, OutlineBuilder } from '../outline-builder.js';

/** A control word with its number, a byte in hex, a control symbol, a brace, line ends, text. */
const TOKEN =
  /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/giy;

/** Groups without text for people, beside those that begin with `\*` and are not in READ. */
const SKIPPED = new Set(
  (
    'colortbl pict objdata objclass objname themedata colorschememapping latentstyles listtable ' +
    'listoverridetable rsidtbl generator fldinst datafield revtbl filetbl nonshppict sp bkmkstart ' +
    'bkmkend nonesttables panose falt pntxta pntxtb template xe tc tcn rxe atnid atnauthor author ' +
    'operator creatim revtim printim buptim company doccomm keywords subject category manager comment'
  ).split(' '),
);
const READ = new Set(['shpinst', 'annotation', 'ud', 'footnote', 'fldrslt', 'dptxbxtext']);
/** Groups with paragraphs of their own. */
const OWN_PARAGRAPHS = new Set(['footnote', 'annotation', 'shptxt', 'dptxbxtext']);
const MARGINS = /^(?:header|footer)[lrf]?$/;
const PARAGRAPH_ENDS = new Set(['par', 'sect', 'page', 'column']);

const SIGNS: Readonly<Record<string, string>> = {
  tab: '\t',
  line: '\n',
  emdash: '—',
  endash: '–',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  zwj: '\u200d',
  zwnj: '\u200c',
  '~': '\u00a0',
  '-': '\u00ad',
  _: '\u2011',
  '\\': '\\',
};

/** Code pages of `\fcharset`. */
const CHARSETS: Readonly<Record<number, number>> = {
  77: 10000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};
const SYMBOLS = -1;

const LABELS: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20866: 'koi8-r',
  65001: 'utf-8',
};

/** Characters that mean something in one font alone. */
const MEANINGLESS = /[\ue000-\uf8ff\0\ufffd]/g;

/** Where paragraphs are gathered: the document, a footnote, a text box. */
interface Flow {
  text: string;
  cells: string[];
  readonly paragraphs: string[];
}

interface Group {
  skips: boolean;
  destination: '' | 'fonttbl' | 'stylesheet' | 'title';
  codePage: number;
  /** Characters behind `\u` that stand for it in programs without Unicode. */
  fallback: number;
  isHidden: boolean;
  isDeleted: boolean;
  isCell: boolean;
  /** Of a heading, from 1; 0 for text. */
  level: number;
  flow: Flow;
  /** Header, footer, or what stands behind its paragraph. */
  ends: '' | 'note' | 'header' | 'footer';
  /** `\upr`: what comes first is there for programs without Unicode. */
  offersUnicode: boolean;
}

const newFlow = (): Flow => ({ text: '', cells: [], paragraphs: [] });

export class RtfReading {
  title = '';
  private readonly outline = new OutlineBuilder();
  private readonly body = newFlow();
  private readonly stack: Group[] = [];
  private group: Group = {
    skips: false,
    destination: '',
    codePage: 1252,
    fallback: 1,
    isHidden: false,
    isDeleted: false,
    isCell: false,
    level: 0,
    flow: this.body,
    ends: '',
    offersUnicode: false,
  };
  private bytes = '';
  private toSkip = 0;
  private isStarred = false;
  private defaultCodePage = 1252;
  private readonly fonts = new Map<number, number>();
  private font = 0;
  private readonly levels = new Map<number, number>();
  private styleNumber = 0;
  private styleName = '';
  private hidesText = false;
  private readonly unknownPages = new Set<number>();
  private readonly margins = new Set<string>();
  private readonly footers: string[] = [];

  /** False where the text ends within a group. */
  read(data: string): boolean {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < data.length) {
      const match = TOKEN.exec(data);
      // A lone backslash at the very end.
      if (match === null) break;
      const [, word, number, hex, symbol, brace, text] = match;
      if (hex !== undefined) this.addBytes(String.fromCharCode(Number.parseInt(hex, 16)));
      else if (text !== undefined) this.addBytes(text);
      else if (brace === '{') this.open();
      else if (brace === '}') {
        if (this.stack.length === 0) break;
        this.close();
        if (this.stack.length === 0) break;
      } else if (symbol !== undefined) this.sign(symbol);
      else if (word === 'bin') TOKEN.lastIndex += Math.max(0, Number(number ?? 0));
      else if (word !== undefined)
        this.word(word.toLowerCase(), number === undefined ? undefined : Number(number));
    }
    const isWhole = this.stack.length === 0;
    while (this.stack.length > 0) this.close();
    return isWhole;
  }

  notes(): string[] {
    return [
      ...(this.hidesText ? ['hidden text is not read'] : []),
      ...Array.from(this.unknownPages, (page) => `code page ${page} is read as windows-1252`),
    ];
  }

  finish(): Outline {
    this.flush();
    this.endRow(this.body);
    this.endParagraph(this.body);
    for (const footer of this.footers) this.outline.paragraph(footer);
    return this.outline.finish();
  }

  private open(): void {
    this.flush();
    this.toSkip = 0;
    const { group } = this;
    this.stack.push(group);
    this.group = {
      ...group,
      ends: '',
      offersUnicode: false,
      skips: group.skips || group.offersUnicode,
    };
    group.offersUnicode = false;
    this.isStarred = false;
  }

  private close(): void {
    this.flush();
    this.toSkip = 0;
    const { ends, flow, destination } = this.group;
    this.group = this.stack.pop()!;
    if (destination === 'stylesheet' && this.group.destination === 'stylesheet') this.endStyle();
    if (ends === '') return;
    this.endRow(flow);
    this.endParagraph(flow);
    const texts = flow.paragraphs;
    if (ends === 'note') this.group.flow.paragraphs.push(...texts);
    else {
      for (const text of texts.filter((one) => !this.margins.has(one))) {
        this.margins.add(text);
        if (ends === 'header') this.outline.paragraph(text);
        else this.footers.push(text);
      }
    }
  }

  private word(word: string, number: number | undefined): void {
    this.flush();
    const isStarred = this.isStarred;
    this.isStarred = false;
    const { group } = this;
    if (word === 'u' && number !== undefined) {
      this.add(String.fromCharCode(number & 0xffff));
      this.toSkip = group.fallback;
      return;
    }
    this.toSkip = 0;
    if (SKIPPED.has(word) || (isStarred && !READ.has(word))) group.skips = true;
    else if (OWN_PARAGRAPHS.has(word)) this.gather('note');
    else if (MARGINS.test(word)) this.gather(word.startsWith('header') ? 'header' : 'footer');
    else if (word === 'fonttbl' || word === 'stylesheet' || word === 'title')
      group.destination = word;
    else if (word === 'upr') group.offersUnicode = true;
    else if (SIGNS[word] !== undefined) this.add(SIGNS[word]);
    else if (PARAGRAPH_ENDS.has(word)) this.endLine();
    else if (word === 'cell' || word === 'nestcell') this.endCell(word === 'cell');
    else if (word === 'row') this.endRow(group.flow);
    else this.property(word, number);
  }

  private property(word: string, number: number | undefined): void {
    const { group } = this;
    if (word === 'uc') group.fallback = number ?? 1;
    else if (word === 'ansicpg') this.defaultCodePage = group.codePage = number ?? 1252;
    else if (word === 'mac') this.defaultCodePage = group.codePage = 10000;
    else if (word === 'f') this.chooseFont(number ?? 0);
    else if (word === 'fcharset' || word === 'cpg') this.defineFont(word, number ?? 0);
    else if (word === 'v') group.isHidden = number !== 0;
    else if (word === 'deleted') group.isDeleted = number !== 0;
    else if (word === 'plain') {
      group.isHidden = false;
      group.isDeleted = false;
      group.codePage = this.defaultCodePage;
    } else if (word === 'pard') {
      group.level = 0;
      group.isCell = false;
    } else if (word === 'intbl') group.isCell = true;
    else if (word === 's') this.chooseStyle(number ?? 0);
    else if (word === 'outlinelevel' && number !== undefined && number < 9) {
      if (group.destination === 'stylesheet') this.levels.set(this.styleNumber, number + 1);
      else group.level = number + 1;
    }
  }

  private sign(symbol: string): void {
    if (symbol === '*') {
      this.isStarred = true;
      return;
    }
    if (this.toSkip > 0) {
      this.toSkip--;
      return;
    }
    if (symbol === '\n' || symbol === '\r') {
      this.flush();
      this.endLine();
    } else if (SIGNS[symbol] !== undefined) {
      this.flush();
      this.add(SIGNS[symbol]);
    } else if (symbol !== '|' && symbol !== ':') this.addBytes(symbol);
  }

  private addBytes(bytes: string): void {
    const skipped = Math.min(this.toSkip, bytes.length);
    this.toSkip -= skipped;
    this.isStarred = false;
    if (!this.group.skips) this.bytes += bytes.slice(skipped);
  }

  /** The bytes so far, in the encoding of their font. */
  private flush(): void {
    if (this.bytes === '') return;
    const { bytes } = this;
    this.bytes = '';
    const page = this.group.codePage;
    if (page === SYMBOLS) {
      this.add(bytes.replace(/[^\x20-\x7e]/g, (sign) => (sign === '\xb7' ? '•' : '')));
      return;
    }
    const isAscii = !/[\x80-\xff]/.test(bytes);
    this.add(isAscii ? bytes : this.decoder(page).decode(Buffer.from(bytes, 'latin1')));
  }

  private decoder(page: number): TextDecoder {
    const label = LABELS[page] ?? (page >= 1250 && page <= 1258 ? `windows-${page}` : undefined);
    if (label === undefined) this.unknownPages.add(page);
    return new TextDecoder(label ?? 'windows-1252');
  }

  private add(text: string): void {
    const { skips, destination, isHidden, isDeleted, flow } = this.group;
    if (skips || destination === 'fonttbl') return;
    if (destination === 'stylesheet') this.styleName += text;
    else if (destination === 'title') this.title += text;
    else if (isHidden && !isDeleted) this.hidesText ||= text.trim() !== '';
    else if (!isDeleted) flow.text += text;
  }

  private gather(ends: Group['ends']): void {
    this.group.flow = newFlow();
    this.group.level = 0;
    this.group.isCell = false;
    this.group.ends = ends;
  }

  private chooseFont(number: number): void {
    this.font = number;
    if (this.group.destination === '')
      this.group.codePage = this.fonts.get(number) ?? this.defaultCodePage;
  }

  private defineFont(word: string, number: number): void {
    if (this.group.destination !== 'fonttbl') return;
    if (word === 'cpg') this.fonts.set(this.font, number);
    else if (number === 2) this.fonts.set(this.font, SYMBOLS);
    else if (CHARSETS[number] !== undefined) this.fonts.set(this.font, CHARSETS[number]);
  }

  private chooseStyle(number: number): void {
    if (this.group.destination === 'stylesheet') this.styleNumber = number;
    else this.group.level = this.levels.get(number) ?? 0;
  }

  private endStyle(): void {
    const name = this.styleName.replace(/;\s*$/, '').trim();
    const [, level] = /^heading ([1-9])$/i.exec(name) ?? [];
    if (level !== undefined) this.levels.set(this.styleNumber, Number(level));
    else if (/^title$/i.test(name)) this.levels.set(this.styleNumber, 1);
    this.styleName = '';
    this.styleNumber = 0;
  }

  private endLine(): void {
    const { flow, skips, isCell } = this.group;
    if (skips) return;
    if (isCell) flow.text += '\n';
    else this.endParagraph(flow);
  }

  private endCell(isOuter: boolean): void {
    const { flow, skips } = this.group;
    if (skips) return;
    if (isOuter) {
      flow.cells.push(flow.text.replace(/\s+/g, ' ').trim());
      flow.text = '';
    } else flow.text += ' ';
  }

  private endRow(flow: Flow): void {
    const row = flow.cells
      .filter((cell) => cell !== '')
      .join('\t')
      .replace(MEANINGLESS, '');
    flow.cells = [];
    if (row !== '') this.emit(flow, row, 0);
  }

  private endParagraph(flow: Flow): void {
    const text = flow.text
      .replace(MEANINGLESS, '')
      .replace(/[ \t]*\n\s*/g, '\n')
      .trim();
    flow.text = '';
    this.emit(flow, text, this.group.level);
  }

  /** A paragraph of the document, and the notes behind it; or one of a note. */
  private emit(flow: Flow, text: string, level: number): void {
    if (flow !== this.body) {
      if (text !== '') flow.paragraphs.push(text);
      return;
    }
    if (level > 0) this.outline.heading(Math.min(6, level), text.replace(/\s+/g, ' '));
    else this.outline.paragraph(text);
    for (const note of flow.paragraphs.splice(0)) this.outline.paragraph(note);
  }
}
