/**
 * A document to passages: at headings always, and within a section at paragraphs, then sentences, where it is longer than
 * the budget. Never loses text: the passages one after another are the document. Knows no encoder; detects no language.
 */
import { XqgError } from '../errors/error.js';
import type { Block, MetadataValue, Passage, SourceDocument } from './passage.js';
import { type Piece, piecesOf } from './pieces.js';

/**
 * Words a passage at most, by default. A static encoder averages words, so that a long passage means little of anything;
 * transformers commonly read 256 or 512 tokens, at 1.3 tokens and more a word. 200 suits both.
 */
export const DEFAULT_MAX_TOKENS = 200;

export interface SplitOptions {
  /** ISO 639-1 code of the document's language. */
  readonly lang: string;
  /** In [0, 1]. */
  readonly langConfidence: number;
  /** Budget in words (words.ts), 8 or more; DEFAULT_MAX_TOKENS. */
  readonly maxTokens?: number;
  /** Added to the document's own, which win. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

export interface Split {
  /** In reading order. None if the document has neither text nor title. */
  readonly passages: Passage[];
  /** Sentences longer than the budget, which were cut between words. */
  readonly cut: number;
}

const LEAST_TOKENS = 8;

/** @throws XqgError XQG_CORPUS_BUDGET */
export function splitDocument(document: SourceDocument, options: SplitOptions): Split {
  const { lang, langConfidence, maxTokens = DEFAULT_MAX_TOKENS } = options;
  if (!Number.isInteger(maxTokens) || maxTokens < LEAST_TOKENS) {
    throw new XqgError('XQG_CORPUS_BUDGET', { value: maxTokens, least: LEAST_TOKENS });
  }
  const { sections, cut } = document.whole
    ? { sections: [wholeOf(document.blocks)], cut: 0 }
    : sectionsWithin(document.blocks, maxTokens, lang);
  // A document that is only a title can still be found by it.
  if (sections.length === 0 && document.title.trim() !== '') sections.push({ headings: [], text: '' });
  const single = sections.length === 1 && (document.whole === true || !/#\d+$/.test(document.id));
  const metadata = { ...options.metadata, ...document.metadata };
  const passages = sections.map(({ headings, text }, ordinal) => ({
    id: single ? document.id : `${document.id}#${ordinal}`,
    documentId: document.id,
    source: document.source,
    path: document.path,
    title: document.title,
    headings,
    text,
    lang,
    langConfidence,
    metadata,
    ordinal,
  }));
  return { passages, cut };
}

function wholeOf(blocks: readonly Block[]): Block {
  return { headings: blocks[0]?.headings ?? [], text: blocks.map(({ text }) => text).join('\n\n') };
}

function sectionsWithin(
  blocks: readonly Block[],
  maxTokens: number,
  lang: string,
): { sections: Block[]; cut: number } {
  const sections: Block[] = [];
  let cut = 0;
  for (const { headings, text } of joined(blocks)) {
    const found = piecesOf(text, maxTokens, lang);
    cut += found.cut;
    for (const { start, end } of packed(found.pieces, maxTokens)) {
      const trimmed = text.slice(start, end).trim();
      if (trimmed !== '') sections.push({ headings, text: trimmed });
    }
  }
  return { sections, cut };
}

/** Neighbors under the same headings become one section. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const sections: { headings: readonly string[]; texts: string[] }[] = [];
  for (const { headings, text } of blocks) {
    const last = sections.at(-1);
    const same = last !== undefined && JSON.stringify(last.headings) === JSON.stringify(headings);
    if (same) last.texts.push(text);
    else sections.push({ headings, texts: [text] });
  }
  return sections.map(({ headings, texts }) => ({ headings, text: texts.join('\n\n') }));
}

/**
 * Neighboring pieces together up to the budget. Aims at equal lengths: 210 words become 105 and 105, since a rest of 10
 * words would be a passage about nothing.
 */
function packed(pieces: readonly Piece[], maxTokens: number): Piece[] {
  const total = pieces.reduce((words, piece) => words + piece.words, 0);
  const target = total / Math.max(1, Math.ceil(total / maxTokens));
  const groups: Piece[] = [];
  for (const piece of pieces) {
    const open = groups.at(-1);
    if (open === undefined || open.words >= target || open.words + piece.words > maxTokens)
      groups.push(piece);
    else groups[groups.length - 1] = { start: open.start, end: piece.end, words: open.words + piece.words };
  }
  return groups;
}
