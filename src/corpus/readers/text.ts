/** Plain text: paragraphs are separated by empty lines; the title is the name of the file. */
import { decodeWhole } from '../decode.js';
import { byExtension, type CorpusReader } from '../reader.js';
import { titleFromPath } from '../title.js';

const extensions = ['.txt', '.text'];

export const textReader: CorpusReader = {
  name: 'plain text',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }) {
    const text = await decodeWhole(path);
    yield { id, source, path, title: titleFromPath(path), metadata: {}, blocks: [{ headings: [], text }] };
  },
};
