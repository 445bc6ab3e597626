/** Plain text: paragraphs are separated by empty lines; the title is the name of the file. */
import { basename } from 'node:path';
import { decodeWhole } from '../../base/text-file.js';
import { unwrapLines } from '../lines.js';
import { byTextExtension, type CorpusReader, encodingNote, titleFromPath } from '../reader.js';

const extensions = ['.txt', '.text', '.rst', '.adoc', '.asciidoc', '.org', '.tex'];
const matchesExtension = byTextExtension(...extensions);
/** Files that have no extension by convention. */
const NAMES =
  /^(?:README|LICEN[CS]E|COPYING|NOTICE|CHANGELOG|CHANGES|AUTHORS|CONTRIBUTING|INSTALL|TODO)$/i;

export const textReader: CorpusReader = {
  name: 'plain text',
  extensions,
  matches: (path) => matchesExtension(path) || NAMES.test(basename(path)),
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
