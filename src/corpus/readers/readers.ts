/**
 * The formats that xqg reads, in the order in which they are tried. A new reader takes one file and
 * one line here.
 */
import type { CorpusReader } from '../reader.js';
import { csvReader } from './csv.js';
import { docxReader } from './docx.js';
import { htmlReader } from './html.js';
import { beirReader, jsonlReader } from './jsonl.js';
import { markdownReader } from './markdown.js';
import { pdfReader } from './pdf.js';
import { squadReader } from './squad.js';
import { textReader } from './text.js';

export const READERS: readonly CorpusReader[] = [
  markdownReader,
  textReader,
  htmlReader,
  pdfReader,
  docxReader,
  // Before JSONL, whose names include that of BEIR's corpus.
  beirReader,
  jsonlReader,
  csvReader,
  squadReader,
];
