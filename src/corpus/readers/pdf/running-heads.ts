/** Running heads, feet and page numbers, which stand within sentences that go on over pages. */
import type { PageLine } from './layout.js';

/** At the top, and at the bottom. */
const EDGE_LINES = 2;
/** On this many pages a line is a running head; fewer are enough in a short document. */
const REPEATED = 8;
const REPEATED_LEAST = 3;
/** Lines with more numbers are rows of tables. */
const MOST_NUMBERS = 2;

/** Leaves them out of all pages but the first that has them; mere page numbers out of all. */
export function withoutRunningHeads(pages: readonly (readonly PageLine[])[]): PageLine[][] {
  const counts = new Map<string, number>();
  const isEdge = (i: number, { length }: readonly PageLine[]): boolean =>
    i < EDGE_LINES || i >= length - EDGE_LINES;
  for (const [number, page] of pages.entries()) {
    const keys = page.flatMap(({ text }, i) => (isEdge(i, page) ? keysOf(text, number) : []));
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const least = Math.max(REPEATED_LEAST, Math.min(REPEATED, pages.length / 2));
  const kept = new Set<string>();
  return pages.map((page, number) =>
    page.filter(({ text }, i) => {
      if (!isEdge(i, page)) return true;
      const key = keysOf(text, number).find((one) => (counts.get(one) ?? 0) >= least);
      if (key === undefined) return true;
      if (kept.has(key) || !/\p{L}/u.test(text)) return false;
      kept.add(key);
      return true;
    }),
  );
}

/**
 * Texts that are equal on other pages: the line itself, if there is a word in it, and with numbers
 * that count the pages taken for such.
 */
function keysOf(text: string, page: number): string[] {
  const line = text.trim().replace(/\s+/g, ' ');
  const numbers = line.match(/\d+/g) ?? [];
  const keys = /\p{L}/u.test(line) ? [line] : [];
  if (numbers.length > MOST_NUMBERS) return keys;
  for (let which = 0; which < numbers.length; which++) {
    let at = 0;
    keys.push(
      line.replace(/\d+/g, (number) => (at++ === which ? `#${Number(number) - page}#` : number)),
    );
  }
  return keys;
}
