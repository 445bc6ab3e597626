/**
 * RTF: paragraphs, headings by style or outline level, rows of tables, footnotes, fields. No
 * well-kept library reads it without losing text in other code pages than 1252.
 */
import { readFile } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';
import { fileError, refuseLargeFile, WHOLE_FILE_LIMIT } from '../../base/text-file.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';
import { RtfReading } from './rtf-content.js';

const extensions = ['.rtf'];

export const rtfReader: CorpusReader = {
  name: 'RTF',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }, { onNote } = {}) {
    await refuseLargeFile(path, WHOLE_FILE_LIMIT);
    const bytes = await readFile(path).catch((error) => {
      throw fileError(path, error);
    });
    const data = bytes.toString('latin1');
    if (!/^\s*\{\\rtf/.test(data)) {
      const reason = 'it does not begin with {\\rtf';
      throw new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format: 'RTF', reason });
    }
    const reading = new RtfReading();
    const isWhole = reading.read(data);
    if (!isWhole) onNote?.(path, 'its end is missing');
    for (const note of reading.notes()) onNote?.(path, note);
    const { title, blocks } = reading.finish();
    if (blocks.length === 0 && title === undefined)
      throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    const stated = reading.title;
    yield {
      id,
      source,
      path,
      title: title ?? (stated || titleFromPath(path)),
      metadata: {},
      blocks,
    };
  },
};
