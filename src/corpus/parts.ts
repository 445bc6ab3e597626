/**
 * Cuts a document that is longer than what may be in memory at once, with all of its rows, into
 * several. The first goes by its id, the others by `id/2`, `id/3` and so on.
 */
import type { Block, SourceDocument } from './passage.js';
import { boundary } from './words.js';

/** Of a document, in UTF-16 code units: that of a long book. */
export const LONGEST_DOCUMENT = 4 * 2 ** 20;
/** Of a document: each is a passage or several. */
const MOST_BLOCKS = 4096;

/** The document itself, unless it is too long; never one that is a passage by definition. */
export function* partsOf(document: SourceDocument): Generator<SourceDocument> {
  const { id, blocks } = document;
  const length = blocks.reduce((sum, { text }) => sum + text.length, 0);
  if (document.whole === true || (length <= LONGEST_DOCUMENT && blocks.length <= MOST_BLOCKS)) {
    yield document;
    return;
  }
  let part = 1;
  for (const within of blockGroups(blocks)) {
    yield { ...document, id: partId(id, part), blocks: within };
    part++;
  }
}

/** @param part from 1 */
export function partId(id: string, part: number): string {
  return part === 1 ? id : `${id}/${part}`;
}

function* blockGroups(blocks: readonly Block[]): Generator<Block[]> {
  let group: Block[] = [];
  let length = 0;
  for (const { headings, text } of blocks) {
    for (const piece of piecesOf(text)) {
      const isFull = length + piece.length > LONGEST_DOCUMENT || group.length === MOST_BLOCKS;
      if (group.length > 0 && isFull) {
        yield group;
        group = [];
        length = 0;
      }
      group.push({ headings, text: piece });
      length += piece.length;
    }
  }
  if (group.length > 0) yield group;
}

function* piecesOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > LONGEST_DOCUMENT) {
    const to = endOfPart(text, from);
    yield text.slice(from, to);
    from = to;
  }
  yield text.slice(from);
}

/**
 * Where a text longer than a document is best cut: behind a paragraph, else a line, else anywhere.
 */
export function endOfPart(text: string, from = 0): number {
  const limit = from + LONGEST_DOCUMENT;
  const least = from + LONGEST_DOCUMENT / 2;
  for (const end of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(end, limit - end.length);
    if (at > least) return at + end.length;
  }
  return boundary(text, limit);
}
