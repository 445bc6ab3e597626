/**
 * The formats that xqg reads, in the order in which they are tried. A new reader takes one file and
 * one line here.
 */
import type { CorpusReader } from '../reader.js';
import { codeReader } from './code.js';
import { csvReader } from './csv.js';
import { docxReader } from './docx.js';
import { epubReader } from './epub.js';
import { htmlReader } from './html.js';
import { beirReader, jsonlReader } from './jsonl.js';
import { mailboxReader, mailReader } from './mail.js';
import { markdownReader } from './markdown.js';
import { notebookReader } from './notebook.js';
import { odfReader } from './odf.js';
import { pdfReader } from './pdf/pdf.js';
import { pptxReader } from './pptx.js';
import { rtfReader } from './rtf.js';
import { squadReader } from './squad.js';
import { subtitleReader } from './subtitles.js';
import { textReader } from './text.js';
import { xlsxReader } from './xlsx.js';

export const READERS: readonly CorpusReader[] = [
  markdownReader,
  textReader,
  subtitleReader,
  htmlReader,
  pdfReader,
  docxReader,
  pptxReader,
  xlsxReader,
  odfReader,
  rtfReader,
  epubReader,
  mailReader,
  mailboxReader,
  notebookReader,
  // Before JSONL, whose names include that of BEIR's corpus.
  beirReader,
  jsonlReader,
  csvReader,
  squadReader,
  codeReader,
];
