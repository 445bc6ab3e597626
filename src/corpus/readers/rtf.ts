/**
 * RTF: paragraphs, headings by style or outline level, rows of tables, footnotes, fields. No
 * well-kept library reads it without losing text in other code pages than 1252.
 */
import { XqgError } from '../../base/errors.js';
import { readWhole } from '../../base/text-file.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import { RtfReading } from './rtf-content.js';

const extensions = ['.rtf'];

export const rtfReader: CorpusReader = {
  name: 'RTF',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const bytes = await readWhole(path);
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
    yield fileDocument(file, { title, stated: reading.title, blocks });
  },
};
