/**
 * The corpus of a BEIR folder: rows of _id, title, text and metadata, each one passage. The queries and judgments beside
 * it are no documents.
 */
import { basename } from 'node:path';
import { readJsonRows } from '../json-rows.js';
import type { CorpusReader } from '../reader.js';

const name = 'corpus.jsonl';

export const beirReader: CorpusReader = {
  name: 'BEIR',
  extensions: [name],
  matches: (path) => basename(path) === name,
  sniff: (head) => /"_id"\s*:/.test(head.trimStart().split('\n', 1)[0]),
  companions: ['queries.jsonl', 'qrels'],
  read: (file, onSkip) => readJsonRows(file, { idField: '_id', whole: true }, onSkip),
};
