/** The text of a page of a PDF, from the runs of glyphs that PDF.js gives in their order. */

import { columnsOf, LineEndHyphens } from '../lines.js';

/** Of PDF.js; marks of structure come as items without text. */
export interface TextItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
  /** The last two: x and y of its origin, from the lower left corner, in points. */
  readonly transform?: readonly number[];
  readonly width?: number;
  readonly height?: number;
}

export interface PageLine {
  readonly text: string;
  /** In points. */
  readonly y: number;
  readonly height: number;
}

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const LTR = /[\p{L}\p{N}]/u;

/** The lines of a page, right-to-left ones in the order in which they are read. */
export function linesOf(items: readonly TextItem[]): PageLine[] {
  const lines: PageLine[] = [];
  let open: TextItem[] = [];
  const close = (): void => {
    const text = plainCharacters(textOf(open)).trimEnd();
    const placed = open.filter(({ str = '' }) => str.trim() !== '');
    if (text.trim() !== '') {
      lines.push({
        text,
        y: placed.at(-1)?.transform?.[5] ?? 0,
        height: placed.reduce((most, { height = 0 }) => Math.max(most, height), 0),
      });
    }
    open = [];
  };
  for (const item of items) {
    open.push(item);
    if (item.hasEOL) close();
  }
  close();
  return lines;
}

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

/** Ligatures, presentation forms of Arabic and Hebrew, full forms of radicals. */
const COMPATIBLE = /[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc\u2f00-\u2fd5\u2e9f\u2ef3]+/g;
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

function plainCharacters(text: string): string {
  return text
    .replace(COMPATIBLE, (characters) => characters.normalize('NFKC'))
    .replace(/[⺟-⻳]/g, (radical) => RADICALS[radical] ?? radical)
    .replace(MEANINGLESS, '');
}

/** How many characters of a page mean nothing outside its fonts. */
export function countMeaningless(items: readonly TextItem[]): number {
  return items.reduce((count, { str = '' }) => count + (str.match(MEANINGLESS)?.length ?? 0), 0);
}

/** Lines at the edge of a page that stand on this many pages are running heads or page numbers. */
const REPEATED = 3;
/** At the top, and at the bottom. */
const EDGE_LINES = 2;

/**
 * Leaves running heads and page numbers out of all pages but the first that has them: they would
 * stand within the sentences that go on from one page to the next.
 */
export function withoutRunningHeads(pages: readonly (readonly PageLine[])[]): PageLine[][] {
  const seen = new Map<string, number>();
  const keyOf = ({ text }: PageLine): string => text.trim().replace(/\d+/g, '0');
  const isEdge = (i: number, { length }: readonly PageLine[]): boolean =>
    i < EDGE_LINES || i >= length - EDGE_LINES;
  for (const page of pages) {
    for (const key of new Set(page.filter((_, i) => isEdge(i, page)).map(keyOf)))
      seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const least = Math.max(REPEATED, pages.length / 2);
  const repeated = new Set([...seen].filter(([, count]) => count >= least).map(([key]) => key));
  const kept = new Set<string>();
  return pages.map((page) =>
    page.filter((line, i) => {
      const key = keyOf(line);
      if (!repeated.has(key) || !isEdge(i, page)) return true;
      if (kept.has(key) || !/\p{L}/u.test(key)) return false;
      kept.add(key);
      return true;
    }),
  );
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
    const columns = columnsOf(before.text);
    const isFull = columns >= LEAST_COLUMNS && columns > longest * 0.75;
    if (isFull || LineEndHyphens.divides(before.text, line.text))
      return hyphens.join(text, line.text);
    return `${text}\n${line.text}`;
  }, '');
}
