/** Markdown (GitHub's), by way of HTML, so that markup within markup is read once and in one place. */
import { Marked } from 'marked';
import { XqgError } from '../../errors/error.js';
import { languageOfTag } from '../../languages/tags.js';
import { decodeWhole } from '../decode.js';
import { splitFrontMatter } from '../front-matter.js';
import { outlineOfHtml } from '../html-outline.js';
import type { MetadataValue } from '../passage.js';
import { byExtension, type CorpusReader } from '../reader.js';
import { titleFromPath } from '../title.js';

const extensions = ['.md', '.markdown'];
const marked = new Marked({ gfm: true, async: false });

export const markdownReader: CorpusReader = {
  name: 'Markdown',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }) {
    const { fields, body } = splitFrontMatter(await decodeWhole(path));
    const { title, blocks } = outlineOfHtml(marked.parse(body) as string);
    const given = textOf(fields.get('title'));
    if (blocks.length === 0 && title === undefined) throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    const lang = languageOfTag(textOf(fields.get('lang')) ?? textOf(fields.get('language')) ?? '');
    const used = new Set(['lang', 'language', ...(title === undefined || title === given ? ['title'] : [])]);
    const metadata = Object.fromEntries([...fields].filter(([key]) => !used.has(key)));
    yield { id, source, path, title: title ?? given ?? titleFromPath(path), lang, metadata, blocks };
  },
};

function textOf(value: MetadataValue | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
