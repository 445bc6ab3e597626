/**
 * JSON Lines: one document per line, with id, title, text and lang; other fields are metadata.
 */

import { basename } from 'node:path';
import { byTextExtension, type CorpusReader } from '../reader.js';
import { readJsonDocuments } from '../rows.js';

const extensions = ['.jsonl', '.ndjson'];

export const jsonlReader: CorpusReader = {
  name: 'JSONL',
  extensions,
  matches: byTextExtension(...extensions),
  streams: true,
  read: (file, events) => readJsonDocuments(file, { idField: 'id', whole: false }, events),
};

/**
 * The corpus of a BEIR folder: rows of _id, title, text and metadata, each one passage. The queries
 * and qrels next to it are not documents.
 */
const name = 'corpus.jsonl';

export const beirReader: CorpusReader = {
  name: 'BEIR',
  extensions: [name],
  matches: (path) => basename(path).replace(/\.gz$/, '') === name,
  streams: true,
  sniff: (head) => /"_id"\s*:/.test(head.trimStart().split('\n', 1)[0]),
  companions: ['queries.jsonl', 'queries.jsonl.gz', 'qrels'],
  read: (file, events) => readJsonDocuments(file, { idField: '_id', whole: true }, events),
};
