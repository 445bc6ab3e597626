/** The formats that xqg reads, in the order in which they are asked. A new reader is one file and one line here. */
import type { CorpusReader } from './reader.js';
import { beirReader } from './readers/beir.js';
import { csvReader } from './readers/csv.js';
import { docxReader } from './readers/docx.js';
import { htmlReader } from './readers/html.js';
import { jsonlReader } from './readers/jsonl.js';
import { markdownReader } from './readers/markdown.js';
import { pdfReader } from './readers/pdf.js';
import { squadReader } from './readers/squad.js';
import { textReader } from './readers/text.js';

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
