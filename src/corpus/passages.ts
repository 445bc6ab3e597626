/** A document to its passages: decides its language, then splits. Knows no reader. */

import { XqgError } from '../errors/error.js';
import { detectLanguage } from '../languages/detect.js';
import { languageOfTag } from '../languages/tags.js';
import type { MetadataValue, SourceDocument } from './passage.js';
import { type Split, splitDocument } from './split.js';

/** What the user may say about the documents. */
export interface CorpusOptions {
  /** Language of every document, whatever the data says (ISO 639-1). */
  readonly lang?: string;
  /** Words a passage at most (DEFAULT_MAX_TOKENS). */
  readonly maxTokens?: number;
  /** Added to every passage; the document's own values win. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

/**
 * The passages of a document, in the language that the user gave, else the data, else the detector.
 * @throws XqgError XQG_CORPUS_BUDGET, XQG_UNKNOWN_LANGUAGE if `lang` is no language code
 */
export async function passagesOf(document: SourceDocument, options: CorpusOptions = {}): Promise<Split> {
  const { maxTokens, metadata } = options;
  const given = options.lang === undefined ? document.lang : givenLanguage(options.lang);
  if (given !== undefined)
    return splitDocument(document, { lang: given, langConfidence: 1, maxTokens, metadata });
  const { lang, confidence } = await detectLanguage(sampleOf(document));
  return splitDocument(document, { lang, langConfidence: confidence, maxTokens, metadata });
}

function givenLanguage(tag: string): string {
  const lang = languageOfTag(tag);
  if (lang !== undefined) return lang;
  throw new XqgError('XQG_UNKNOWN_LANGUAGE', {
    language: tag,
    where: 'the language given',
    known: 'ISO 639-1 codes',
  });
}

/** Length of each of the two samples, in UTF-16 code units: the detector takes some 1 ms for both. */
const SAMPLE = 300;

/** From the beginning and the middle: a document may begin with a license in English. */
function sampleOf({ title, blocks }: SourceDocument): string {
  const middle = blocks[Math.floor(blocks.length / 2)]?.text ?? '';
  const at = blocks.length > 1 ? 0 : Math.max(SAMPLE, Math.floor(middle.length / 2));
  return [title, firstOf(blocks), middle.slice(at, at + SAMPLE)].join('\n');
}

function firstOf(blocks: SourceDocument['blocks']): string {
  let text = '';
  for (const block of blocks) {
    text += `${block.text.slice(0, SAMPLE)}\n`;
    if (text.length >= SAMPLE) break;
  }
  return text.slice(0, SAMPLE);
}
