/** Plain text: paragraphs are separated by empty lines; the title is the name of the file. */
import { decodeWhole } from '../../base/text-file.js';
import { unwrapLines } from '../lines.js';
import { byTextExtension, type CorpusReader, encodingNote, titleFromPath } from '../reader.js';

const extensions = ['.txt', '.text'];

export const textReader: CorpusReader = {
  name: 'plain text',
  extensions,
  matches: byTextExtension(...extensions),
  async *read({ path, id, source }, { onNote } = {}) {
    const text = await decodeWhole(path, undefined, encodingNote(path, onNote));
    yield {
      id,
      source,
      path,
      title: titleFromPath(path),
      metadata: {},
      blocks: [{ headings: [], text: unwrapLines(text) }],
    };
  },
};
