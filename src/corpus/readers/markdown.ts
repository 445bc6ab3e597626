/**
 * Markdown (GitHub's), converted to HTML, so that nested markup is handled in one place.
 */
import { Marked } from 'marked';
import { XqgError } from '../../base/errors.js';
import { decodeWhole } from '../../base/text-file.js';
import { languageOfTag } from '../../languages/languages.js';
import { outlineOfHtml } from '../outline.js';
import type { MetadataValue } from '../passage.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';

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
    if (blocks.length === 0 && title === undefined)
      throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    const lang = languageOfTag(textOf(fields.get('lang')) ?? textOf(fields.get('language')) ?? '');
    const used = new Set([
      'lang',
      'language',
      ...(title === undefined || title === given ? ['title'] : []),
    ]);
    const metadata = Object.fromEntries([...fields].filter(([key]) => !used.has(key)));
    yield {
      id,
      source,
      path,
      title: title ?? given ?? titleFromPath(path),
      lang,
      metadata,
      blocks,
    };
  },
};

function textOf(value: MetadataValue | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/**
 * The part of YAML that front matter uses in practice: one `key: value` per line, with quotes, and
 * lists. Deeper nesting is kept as text.
 */
export interface FrontMatter {
  readonly fields: ReadonlyMap<string, MetadataValue>;
  /** The text after it. */
  readonly body: string;
}

export function splitFrontMatter(text: string): FrontMatter {
  const match = /^---[ \t]*\r?\n([\s\S]*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text);
  const fields = new Map<string, MetadataValue>();
  if (match === null) return { fields, body: text };
  const lines = (match[1] ?? '').split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const entry = /^([^\s#:][^:]*):(?:\s+(.*))?$/.exec(lines[i]);
    if (entry === null) continue;
    const nested: string[] = [];
    while (i + 1 < lines.length && /^(\s|- )/.test(lines[i + 1])) nested.push(lines[++i].trim());
    const value = metadataValue(uncommented(entry[2] ?? ''), nested);
    if (value !== '') fields.set(entry[1].trim(), value);
  }
  return { fields, body: text.slice(match[0].length) };
}

function metadataValue(inline: string, nested: readonly string[]): MetadataValue {
  const below = nested.filter((line) => line !== '');
  if (inline === '' && below.length > 0 && below.every((line) => line.startsWith('- '))) {
    return below.map((line) => unquoted(line.slice(2).trim()));
  }
  // `>` and `|` begin a text that stands below.
  if (below.length > 0)
    return [/^[>|][+-]?$/.test(inline) ? '' : inline, ...below].join(' ').trim();
  const list = /^\[(.*)\]$/.exec(inline);
  if (list !== null) {
    return list[1]
      .split(',')
      .map((item) => unquoted(item.trim()))
      .filter((item) => item !== '');
  }
  if (inline === 'true' || inline === 'false') return inline === 'true';
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(inline)) return Number(inline);
  return unquoted(inline);
}

function uncommented(value: string): string {
  return /^["']/.test(value) ? value.trim() : value.replace(/(^|\s)#.*$/, '').trim();
}

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
}
