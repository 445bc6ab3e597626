/**
 * Plain text: paragraphs are separated by empty lines; the title is the name of the file. A file
 * longer than a document is several.
 */
import { basename } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { decodeFile } from '../../base/text-file.js';
import { unwrapLines } from '../lines.js';
import { endOfPart, LONGEST_DOCUMENT, partId } from '../parts.js';
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
  streams: true,
  async *read({ path, id, source }, { onNote, signal } = {}) {
    const title = titleFromPath(path);
    let part = 0;
    for await (const text of textsOf(decodeFile(path, undefined, encodingNote(path, onNote)))) {
      if (signal?.aborted) return;
      if (text.trim() === '') continue;
      part++;
      const blocks = [{ headings: [], text: unwrapLines(text) }];
      yield { id: partId(id, part), source, path, title, metadata: {}, blocks };
    }
    if (part === 0) throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
  },
};

/** A text in pieces that are no longer than a document. */
async function* textsOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let open: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    open.push(piece);
    length += piece.length;
    if (length <= LONGEST_DOCUMENT) continue;
    const text = open.join('');
    const end = endOfPart(text);
    yield text.slice(0, end);
    open = [text.slice(end)];
    length = open[0].length;
  }
  if (length > 0) yield open.join('');
}
