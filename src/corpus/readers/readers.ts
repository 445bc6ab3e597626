/**
 * The formats that xqg reads, in the order in which they are asked. A new reader is one file and
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
  // Before JSONL: its name is a special case of that one's.
  beirReader,
  jsonlReader,
  csvReader,
  squadReader,
];
