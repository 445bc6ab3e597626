/** The text of a page of a PDF, from the runs of glyphs that PDF.js gives in their order. */

import { columnsOf, LineEndHyphens } from '../../lines.js';
import { inReadingOrder, type LinePart, type PageLine } from './layout.js';
import type { TextItem } from './structure.js';

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const LTR = /[\p{L}\p{N}]/u;

/** The lines of a page, right-to-left ones in the order in which they are read. */
export function linesOf(items: readonly TextItem[]): PageLine[] {
  const lines: PageLine[] = [];
  let open: TextItem[] = [];
  const close = (): void => {
    const line = lineOf(open);
    if (line !== undefined) lines.push(line);
    open = [];
  };
  let row: TextItem[] = [];
  const closeRow = (): void => {
    lines.push(...rowOf(row));
    row = [];
  };
  for (const item of withoutShadows(items)) {
    if (item.place !== undefined) {
      if (row.length === 0) close();
      else if (row[0].place!.row !== item.place.row) closeRow();
      row.push(item);
      continue;
    }
    if (row.length > 0) closeRow();
    open.push(item);
    if (item.hasEOL) close();
  }
  closeRow();
  close();
  return inReadingOrder(lines);
}

/** undefined for one without text. */
function lineOf(items: readonly TextItem[]): PageLine | undefined {
  const isTurned = isVisual(items);
  const parts = isTurned ? [] : partsOf(items);
  const text = isTurned
    ? plainCharacters(textOf(items)).trimEnd()
    : parts.map((part) => part.text).join('\t');
  if (text.trim() === '') return undefined;
  const placed = items.filter(({ str = '' }) => str.trim() !== '');
  return {
    text,
    y: placed.at(-1)?.transform?.[5] ?? 0,
    height: placed.reduce((most, { height = 0 }) => Math.max(most, height), 0),
    ...(isTurned || RTL.test(text) ? {} : { parts }),
  };
}

/** Cells are farther apart than words of justified text. Times the height. */
const CELL_GAP = 1.8;

function partsOf(items: readonly TextItem[]): LinePart[] {
  const parts: { text: string; left: number; right: number }[] = [];
  let pending = '';
  for (const item of items) {
    const { str = '', width = 0, height = 0 } = item;
    if (str.trim() === '') {
      pending += str;
      continue;
    }
    const left = leftOf(item);
    const last = parts.at(-1);
    if (last !== undefined && left - last.right <= CELL_GAP * (height || 12)) {
      last.text += pending + str;
      last.right = Math.max(last.right, left + width);
    } else
      parts.push({ text: (last === undefined ? pending : '') + str, left, right: left + width });
    pending = '';
  }
  return parts
    .map((part) => ({ ...part, text: plainCharacters(part.text).trimEnd() }))
    .filter(({ text }) => text.trim() !== '');
}

/** A longer row with more lines in a cell is the layout of a page. */
const LONGEST_ROW = 600;

/** The cells of a row in one line, in their order. */
function rowOf(items: readonly TextItem[]): PageLine[] {
  if (items.length === 0) return [];
  const cells = new Map<number, PageLine[]>();
  for (const cell of new Set(items.map(({ place }) => place!.cell))) {
    const own = items.filter(({ place }) => place!.cell === cell);
    cells.set(cell, linesOf(own.map((item) => ({ ...item, place: undefined }))));
  }
  const lines = [...cells].sort(([a], [b]) => a - b).map(([, own]) => own);
  const text = lines
    .map((own) => own.map((line) => line.text.trim()).join(' '))
    .filter((cell) => cell !== '')
    .join('\t');
  const [first] = lines.flat();
  if (first === undefined) return [];
  if (text.length > LONGEST_ROW) return lines.flat();
  return [{ text, y: first.y, height: first.height }];
}

/** Without text that is drawn twice to look bold, or to have a shadow. */
function withoutShadows(items: readonly TextItem[]): readonly TextItem[] {
  let last: TextItem | undefined;
  return items.flatMap((item) => {
    const { str = '', transform, height = 0, hasEOL } = item;
    if (str.trim() === '' || transform === undefined) return [item];
    const before = last?.transform;
    const isShadow =
      before !== undefined &&
      last?.str === str &&
      Math.abs(before[4] - transform[4]) < SHADOW * height &&
      Math.abs(before[5] - transform[5]) < SHADOW * height;
    if (isShadow) return hasEOL === true ? [{ str: '', hasEOL }] : [];
    last = item;
    return [item];
  });
}

/** Times the height. */
const SHADOW = 0.1;

function textOf(items: readonly TextItem[]): string {
  const inOrder = isVisual(items) ? logicalOrder(items) : items;
  const text = inOrder.map(({ str = '' }) => str).join('');
  // Marks above and below are set beside their letter, where PDF.js sees a space before them.
  return inOrder === items ? text : text.replace(/ +(?=\p{M})/gu, '').replace(/ {2,}/g, ' ');
}

/** True for a right-to-left line whose items go from left to right, as browsers print them. */
function isVisual(items: readonly TextItem[]): boolean {
  const places = items.flatMap(({ str = '', transform }) =>
    RTL.test(str) && transform !== undefined ? [transform[4]] : [],
  );
  let rightward = 0;
  for (let i = 1; i < places.length; i++) rightward += Math.sign(places[i] - places[i - 1]);
  return rightward > 0;
}

/**
 * Items from right to left, but words and numbers that are read from left to right among them in
 * their own order. Within an item PDF.js has put the characters in order.
 */
function logicalOrder(items: readonly TextItem[]): TextItem[] {
  const order: TextItem[] = [];
  const rightmostFirst = items
    // Between the parts of a ligature PDF.js finds a space that takes no room.
    .filter(({ str = '', width = 0 }) => str !== '' && (str !== ' ' || width > LEAST_SPACE))
    .reverse()
    .sort((a, b) => leftOf(b) - leftOf(a));
  for (let at = 0; at < rightmostFirst.length; ) {
    if (!isLeftToRight(rightmostFirst[at])) {
      const item = rightmostFirst[at++];
      order.push({
        ...item,
        str: (item.str ?? '').replace(/[()[\]{}«»]/g, (sign) => MIRROR[sign]),
      });
      continue;
    }
    let end = at + 1;
    for (let next = end; next < rightmostFirst.length; next++) {
      if (isLeftToRight(rightmostFirst[next])) end = next + 1;
      else if (RTL.test(rightmostFirst[next].str ?? '')) break;
    }
    order.push(...rightmostFirst.slice(at, end).reverse());
    at = end;
  }
  return spaced(order);
}

/** What is drawn as an opening bracket in a line from right to left closes. */
const MIRROR: Readonly<Record<string, string>> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '{': '}',
  '}': '{',
  '«': '»',
  '»': '«',
};

/** A space where there is room for one between two items from right to left: cells of a row. */
function spaced(items: readonly TextItem[]): TextItem[] {
  return items.flatMap((item, i) => {
    const before = items[i - 1];
    const isGap =
      before !== undefined &&
      leftOf(before) - leftOf(item) - (item.width ?? 0) > GAP * (before.height || 12);
    return isGap ? [{ str: ' ' }, item] : [item];
  });
}

/** Times the height of the characters. */
const GAP = 0.25;

/** In points. */
const LEAST_SPACE = 0.3;

function leftOf({ transform }: TextItem): number {
  return transform?.[4] ?? 0;
}

function isLeftToRight({ str = '' }: TextItem): boolean {
  return LTR.test(str) && !RTL.test(str);
}

/** Ligatures, forms of Arabic and Hebrew, of signs in vertical lines, full forms of radicals. */
const COMPATIBLE =
  /[\ufb00-\ufb4f\ufb50-\ufdff\ufe10-\ufe19\ufe30-\ufe4f\ufe70-\ufefc\u2f00-\u2fd5\u2e9f\u2ef3]+/g;
/** Radicals that fonts map to the wrong block, without a compatible form in Unicode. */
const RADICALS: Readonly<Record<string, string>> = {
  '⺟': '母',
  '⺠': '民',
  '⻁': '虎',
  '⻄': '西',
  '⻅': '见',
  '⻆': '角',
  '⻉': '贝',
  '⻋': '车',
  '⻑': '長',
  '⻓': '长',
  '⻔': '门',
  '⻘': '青',
  '⻚': '页',
  '⻛': '风',
  '⻜': '飞',
  '⻝': '食',
  '⻢': '马',
  '⻣': '骨',
  '⻤': '鬼',
  '⻥': '鱼',
  '⻦': '鸟',
  '⻨': '麦',
  '⻩': '黄',
  '⻬': '齐',
  '⻮': '齿',
  '⻰': '龙',
  '⻳': '龟',
};
/** NUL and other control characters, and those that mean something in one font alone. */
const MEANINGLESS = /(?![\t\n\r])[\p{Cc}\p{Co}\ufffd]/gu;

/** Letters that are set apart for emphasis, where PDF.js sees spaces between them. */
const LETTERSPACED =
  /(?<![\p{L}\p{N}])(?:\p{Lu}(?: \p{Lu}){4,}|\p{L}(?: \p{Ll}){4,})(?![\p{L}\p{N}])/gu;

function plainCharacters(text: string): string {
  return text
    .replace(COMPATIBLE, (characters) => characters.normalize('NFKC'))
    .replace(/[⺟-⻳]/g, (radical) => RADICALS[radical] ?? radical)
    .replace(MEANINGLESS, '')
    .replace(LETTERSPACED, (word) => word.replaceAll(' ', ''));
}

/** How many characters of a page mean nothing outside its fonts. */
export function countMeaningless(items: readonly TextItem[]): number {
  return items.reduce((count, { str = '' }) => count + (str.match(MEANINGLESS)?.length ?? 0), 0);
}

/** A gap between lines this many times their height ends a paragraph. */
const PARAGRAPH_GAP = 1.9;
/** Shorter lines are headings, verse or cells. */
const LEAST_COLUMNS = 36;

/** A page as text: paragraphs, in which words divided at the end of a line are whole. */
export function pageText(lines: readonly PageLine[], hyphens: LineEndHyphens): string {
  const longest = lines.reduce((most, { text }) => Math.max(most, columnsOf(text)), 0);
  return lines.reduce((text, line, i) => {
    if (i === 0) return line.text;
    const before = lines[i - 1];
    const height = Math.min(before.height, line.height);
    if (height > 0 && before.y - line.y > PARAGRAPH_GAP * height) return `${text}\n\n${line.text}`;
    if (before.text.includes('\t') || line.text.includes('\t')) return `${text}\n${line.text}`;
    const columns = columnsOf(before.text);
    const isFull = columns >= LEAST_COLUMNS && columns > longest * 0.75;
    if (isFull || LineEndHyphens.divides(before.text, line.text))
      return hyphens.join(text, line.text);
    return `${text}\n${line.text}`;
  }, '');
}
