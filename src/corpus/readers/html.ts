/** HTML files: text, headings, and the language that the page declares. */
import { XqgError } from '../../base/errors.js';
import { decodeWhole, headOf } from '../../base/text-file.js';
import { outlineOfHtml } from '../outline.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';

const extensions = ['.html', '.htm', '.xhtml'];

export const htmlReader: CorpusReader = {
  name: 'HTML',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }) {
    // The HTML standard looks for the encoding in the first 1,024 bytes.
    const declared = /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(
      await headOf(path, 1024),
    )?.[1];
    const { title, pageTitle, lang, blocks } = outlineOfHtml(await decodeWhole(path, declared));
    if (blocks.length === 0 && title === undefined)
      throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    yield {
      id,
      source,
      path,
      title: title ?? pageTitle ?? titleFromPath(path),
      lang,
      metadata: {},
      blocks,
    };
  },
};
