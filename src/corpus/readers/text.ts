/** Plain text: paragraphs are separated by empty lines; the title is the name of the file. */
import { decodeWhole } from '../../base/text-file.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';

const extensions = ['.txt', '.text'];

export const textReader: CorpusReader = {
  name: 'plain text',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }) {
    const text = await decodeWhole(path);
    yield {
      id,
      source,
      path,
      title: titleFromPath(path),
      metadata: {},
      blocks: [{ headings: [], text }],
    };
  },
};
