/** HTML files: text, headings, and the language that the page declares. */
import { decodeWhole, headOf } from '../../base/text-file.js';
import { outlineOfHtml } from '../outline.js';
import { byTextExtension, type CorpusReader, encodingNote, fileDocument } from '../reader.js';

const extensions = ['.html', '.htm', '.xhtml'];

export const htmlReader: CorpusReader = {
  name: 'HTML',
  extensions,
  matches: byTextExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    // The HTML standard looks in the first 1,024 bytes; browsers also obey what stands later.
    const [, declared] =
      /(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(
        await headOf(path, 16_384),
      ) ?? [];
    const html = await decodeWhole(path, declared, encodingNote(path, onNote));
    const { title, pageTitle, lang, blocks } = outlineOfHtml(html);
    yield fileDocument(file, { title, stated: pageTitle, lang, blocks });
  },
};
