/** JSON Lines: one document a line, with id, title, text and lang; every other field is metadata. */

import { readJsonRows } from '../json-rows.js';
import { byExtension, type CorpusReader } from '../reader.js';

const extensions = ['.jsonl', '.ndjson'];

export const jsonlReader: CorpusReader = {
  name: 'JSONL',
  extensions,
  matches: byExtension(...extensions),
  read: (file, onSkip) => readJsonRows(file, { idField: 'id', whole: false }, onSkip),
};
