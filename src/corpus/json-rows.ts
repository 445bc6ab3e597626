/** One JSON object a line, as documents. Knows which line it is at, not what the fields mean (row.ts does). */
import { XqgError } from '../errors/error.js';
import { readLines } from './lines.js';
import type { SourceDocument } from './passage.js';
import type { CorpusFile, SkipListener } from './reader.js';
import { documentOfRow, type RowShape, rowError } from './row.js';

/** @throws XqgError XQG_CORPUS_ROW, XQG_CORPUS_EMPTY, and those of readLines */
export async function* readJsonRows(
  file: CorpusFile,
  shape: RowShape,
  onSkip?: SkipListener,
): AsyncGenerator<SourceDocument> {
  let rows = 0;
  for await (const { number, text } of readLines(file.path)) {
    if (text.trim() === '') continue;
    rows++;
    const document = documentOfRow(parseRow(text, file.path, number), shape, file, number);
    if (document === undefined) onSkip?.(file.path, 'empty', number);
    else yield document;
  }
  if (rows === 0) throw new XqgError('XQG_CORPUS_EMPTY', { file: file.path });
}

function parseRow(text: string, path: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const remedy = /\b(NaN|-?Infinity)\b/.test(text)
      ? 'JSON has no NaN or Infinity: write null or leave the field out.'
      : 'Mend or delete that line; each line is one JSON object.';
    throw rowError(path, line, `not valid JSON (${(error as Error).message})`, remedy, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw rowError(path, line, 'not a JSON object', 'Write one object with "id" and "text" a line.');
}
