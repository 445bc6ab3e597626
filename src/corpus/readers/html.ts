/** HTML files: text, headings, and the language that the page declares. */
import { XqgError } from '../../base/errors.js';
import { decodeWhole, headOf } from '../../base/text-file.js';
import { outlineOfHtml } from '../outline.js';
import { byTextExtension, type CorpusReader, encodingNote, titleFromPath } from '../reader.js';

const extensions = ['.html', '.htm', '.xhtml'];

export const htmlReader: CorpusReader = {
  name: 'HTML',
  extensions,
  matches: byTextExtension(...extensions),
  async *read({ path, id, source }, { onNote } = {}) {
    // The HTML standard looks in the first 1,024 bytes; browsers also obey what stands later.
    const [, declared] =
      /(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(
        await headOf(path, 16_384),
      ) ?? [];
    const html = await decodeWhole(path, declared, encodingNote(path, onNote));
    const { title, pageTitle, lang, blocks } = outlineOfHtml(html);
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
