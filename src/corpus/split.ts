/**
 * Splits a document into passages: always at headings, and within a section that exceeds the budget
 * at paragraphs, then at sentences. No text is lost: the passages in sequence are the document.
 */

import { XqgError } from '../base/errors.js';
import { requireLanguage } from '../languages/tags.js';
import type { Block, MetadataValue, Passage, SourceDocument } from './passage.js';
import {
  type Contradiction,
  type LabeledBlock,
  type LanguageEvidence,
  labelDocument,
} from './passage-languages.js';
import { paragraphSentences } from './sentences.js';
import { boundary, countWords, unitsOf } from './words.js';

/**
 * Most words of a passage, by default. A static encoder averages words, so that long passages
 * become vague; transformers commonly read 256 or 512 tokens, at 1.3 or more tokens per word. 200
 * suits both.
 */
const DEFAULT_MAX_TOKENS = 200;

export interface SplitOptions {
  /** ISO 639-1 code of the document's language, for blocks that have none of their own. */
  readonly lang: string;
  /** In [0, 1]. */
  readonly langConfidence: number;
  /** Budget in words (words.ts), 8 or more; DEFAULT_MAX_TOKENS. */
  readonly maxTokens?: number | undefined;
  /** Added to the document's own metadata, which take precedence. */
  readonly metadata?: Readonly<Record<string, MetadataValue>> | undefined;
}

/** A document, or one whose blocks have languages. */
type SplitInput = Omit<SourceDocument, 'blocks'> & {
  readonly blocks: readonly (Block & Partial<LabeledBlock>)[];
};

export interface Split {
  /** In reading order; empty if the document has neither text nor title. */
  readonly passages: Passage[];
  /** Sentences longer than the budget, which were cut between words. */
  readonly cut: number;
}

const LEAST_TOKENS = 8;

/** @throws XqgError XQG_CORPUS_BUDGET */
export function splitDocument(document: SplitInput, options: SplitOptions): Split {
  const { maxTokens = DEFAULT_MAX_TOKENS } = options;
  if (!Number.isInteger(maxTokens) || maxTokens < LEAST_TOKENS) {
    throw new XqgError('XQG_CORPUS_BUDGET', { value: maxTokens, least: LEAST_TOKENS });
  }
  const { lang, langConfidence } = options;
  const blocks = document.blocks.map((block) => ({ lang, langConfidence, ...block }));
  const { sections, cut } = document.whole
    ? { sections: [wholeOf(blocks, options)], cut: 0 }
    : sectionsWithin(blocks, maxTokens);
  // A document that is only a title can still be found by it.
  if (sections.length === 0 && document.title.trim() !== '')
    sections.push({ headings: [], text: '', lang, langConfidence });
  const single = sections.length === 1 && (document.whole === true || !/#\d+$/.test(document.id));
  const metadata = { ...options.metadata, ...document.metadata };
  const passages = sections.map(({ headings, text, ...label }, ordinal) => ({
    id: single ? document.id : `${document.id}#${ordinal}`,
    documentId: document.id,
    source: document.source,
    path: document.path,
    title: document.title,
    headings,
    text,
    lang: label.lang,
    langConfidence: label.langConfidence,
    metadata,
    ordinal,
  }));
  return { passages, cut };
}

function wholeOf(
  blocks: readonly LabeledBlock[],
  { lang, langConfidence }: SplitOptions,
): LabeledBlock {
  const text = blocks.map((block) => block.text).join('\n\n');
  return { headings: blocks[0]?.headings ?? [], text, lang, langConfidence };
}

function sectionsWithin(
  blocks: readonly LabeledBlock[],
  maxTokens: number,
): { sections: LabeledBlock[]; cut: number } {
  const sections: LabeledBlock[] = [];
  let cut = 0;
  for (const { text, ...section } of joined(blocks)) {
    const found = piecesOf(text, maxTokens, section.lang);
    cut += found.cut;
    for (const { start, end } of packed(found.pieces, maxTokens)) {
      const trimmed = text.slice(start, end).trim();
      if (trimmed !== '') sections.push({ ...section, text: trimmed });
    }
  }
  return { sections, cut };
}

/** Neighbors in one language under the same headings become one section. */
function joined(blocks: readonly LabeledBlock[]): readonly LabeledBlock[] {
  const sections: (Omit<LabeledBlock, 'text'> & { texts: string[] })[] = [];
  for (const { text, ...block } of blocks) {
    const last = sections.at(-1);
    const same =
      last !== undefined &&
      last.lang === block.lang &&
      JSON.stringify(last.headings) === JSON.stringify(block.headings);
    if (same) last.texts.push(text);
    else sections.push({ ...block, texts: [text] });
  }
  return sections.map(({ texts, ...section }) => ({ ...section, text: texts.join('\n\n') }));
}

/**
 * Merges neighboring pieces up to the budget. Aims at equal lengths: 210 words become 105 and 105,
 * since a rest of 10 words would make a poor passage.
 */
function packed(pieces: readonly Piece[], maxTokens: number): Piece[] {
  const total = pieces.reduce((words, piece) => words + piece.words, 0);
  const target = total / Math.max(1, Math.ceil(total / maxTokens));
  const groups: Piece[] = [];
  for (const piece of pieces) {
    const open = groups.at(-1);
    if (open === undefined || open.words >= target || open.words + piece.words > maxTokens)
      groups.push(piece);
    else
      groups[groups.length - 1] = {
        start: open.start,
        end: piece.end,
        words: open.words + piece.words,
      };
  }
  return groups;
}

/** What the user can state about the documents. */
export interface CorpusOptions {
  /** Language of every document (ISO 639-1), overriding the data. */
  readonly lang?: string;
  /** Most words of a passage; default: DEFAULT_MAX_TOKENS. */
  readonly maxTokens?: number;
  /** Added to every passage; the document's own values take precedence. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

/** The passages of a document, with what was found about their languages. */
export interface LabeledSplit extends Split {
  readonly contradiction: Contradiction | null;
}

/**
 * The passages of a document, each in its language: what the user or the data state, weighed
 * against the text, else what is detected.
 * @throws XqgError XQG_CORPUS_BUDGET, XQG_NOT_A_LANGUAGE and XQG_UNKNOWN_LANGUAGE if `lang` is no
 * language code
 */
export async function passagesOf(
  document: SourceDocument,
  options: CorpusOptions = {},
  evidence: Omit<LanguageEvidence, 'given'> = {},
): Promise<LabeledSplit> {
  const { lang: tag, maxTokens, metadata } = options;
  const given = tag === undefined ? undefined : requireLanguage(tag, 'the language given');
  const { lang, langConfidence, blocks, contradiction } = await labelDocument(document, {
    ...evidence,
    given,
  });
  const split = splitDocument(
    { ...document, blocks },
    { lang, langConfidence, maxTokens, metadata },
  );
  return { ...split, contradiction };
}

/**
 * Cuts a section into pieces that fit a budget, at the highest boundary that makes them fit:
 * paragraph, sentence, line, phrase, and at last between words. The pieces lie end to end, so that
 * nothing between them is lost.
 */
interface Piece {
  /** Offsets into the section, [start, end). */
  readonly start: number;
  readonly end: number;
  readonly words: number;
}

interface Pieces {
  readonly pieces: readonly Piece[];
  /** Sentences longer than the budget, cut between words. */
  readonly cut: number;
}

/** Languages that write a space where others write a full stop, or none at all. */
const SPACE_ENDS_PHRASE = new Set(['th', 'lo', 'km', 'my', 'bo', 'dz']);

/** Divides a text at one kind of boundary; the parts joined are the text. */
type Division = (text: string) => readonly string[];

/** @param maxWords budget of a piece, 1 or more */
function piecesOf(section: string, maxWords: number, lang: string): Pieces {
  const pieces: Piece[] = [];
  let cut = 0;
  const divisions: Division[] = [
    (text) => text.split(/(?<=\n[^\S\n]*\n)(?=[^\n])/),
    (text) => paragraphSentences(text, lang),
    (text) => text.split(/(?<=\n)/),
  ];
  if (SPACE_ENDS_PHRASE.has(lang)) divisions.push((text) => text.split(/(?<=\s)(?=\S)/));

  const fitInto = (start: number, text: string, level: number): void => {
    // Paragraphs are taken apart before they are measured, since a section may be a whole book.
    const words = level === 0 ? Number.POSITIVE_INFINITY : countWords(text, lang);
    if (words <= maxWords) {
      pieces.push({ start, end: start + text.length, words });
    } else if (level === divisions.length) {
      cut++;
      for (const piece of betweenWords(text, maxWords, words, lang)) {
        pieces.push({ start: start + piece.start, end: start + piece.end, words: piece.words });
      }
    } else {
      let at = start;
      for (const part of divisions[level](text)) {
        fitInto(at, part, level + 1);
        at += part.length;
      }
    }
  };
  fitInto(0, section, 0);
  return { pieces, cut };
}

/** Pieces of about equal length, none over the budget. */
function* betweenWords(
  text: string,
  maxWords: number,
  words: number,
  lang: string,
): Generator<Piece> {
  const limit = Math.ceil(words / Math.ceil(words / maxWords));
  let open: Piece = { start: 0, end: 0, words: 0 };
  for (const unit of unitsOf(text, lang)) {
    for (const part of unit.words > limit ? partsOf(text, unit, limit) : [unit]) {
      if (open.words > 0 && open.words + part.words > limit) {
        yield open;
        open = part;
      } else open = { start: open.start, end: part.end, words: open.words + part.words };
    }
  }
  yield open;
}

/** Parts of a word, or of a run of signs, that alone exceeds the limit. */
function* partsOf(text: string, { start, end, words }: Piece, limit: number): Generator<Piece> {
  const length = Math.max(2, Math.floor(((end - start) * limit) / words));
  for (let at = start; at < end; ) {
    const to = boundary(text, Math.min(end, at + length));
    yield { start: at, end: to, words: limit };
    at = to;
  }
}
