/**
 * Markdown (GitHub's), converted to HTML, so that nested markup is handled in one place.
 */
import { Marked, type TokenizerAndRendererExtension, type Tokens } from 'marked';
import { XqgError } from '../../base/errors.js';
import { decodeWhole } from '../../base/text-file.js';
import { intendedLanguage } from '../../languages/tags.js';
import { outlineOfHtml } from '../outline.js';
import type { MetadataValue } from '../passage.js';
import { byTextExtension, type CorpusReader, encodingNote, titleFromPath } from '../reader.js';
import { splitFrontMatter } from './front-matter.js';

const extensions = ['.md', '.markdown', '.mdown', '.mkd', '.mdx', '.qmd', '.rmd'];

/** Raw tags that GFM shows as text ("Disallowed Raw HTML"): browsers would swallow what follows. */
const DISALLOWED =
  /<(?=\/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)(?:[\s/>]|$))/gi;

/** `[[Page|words]]` of wikis: the words that are shown. */
const wikiLink: TokenizerAndRendererExtension = {
  name: 'wikiLink',
  level: 'inline',
  start: (source) => source.match(/!?\[\[/)?.index,
  tokenizer(source) {
    const match = /^!?\[\[([^[\]\n|]+)(?:\\?\|([^[\]\n]+))?\]\]/.exec(source);
    if (match === null) return undefined;
    const text = (match[2] ?? match[1]).trim();
    return { type: 'wikiLink', raw: match[0], tokens: this.lexer.inlineTokens(text) };
  },
  renderer(token) {
    return this.parser.parseInline(token.tokens ?? []);
  },
};

/** The sign of a footnote, which would be read as part of the word before it. */
const footnoteSign: TokenizerAndRendererExtension = {
  name: 'footnoteSign',
  level: 'inline',
  start: (source) => source.match(/\[\^/)?.index,
  tokenizer(source) {
    const match = /^\[\^[^\]\s]+\](?!\()/.exec(source);
    return match === null ? undefined : { type: 'footnoteSign', raw: match[0] };
  },
  renderer: () => '',
};

/** `[^1]: text`: one word alone would be taken for the address of a link. */
const footnote: TokenizerAndRendererExtension = {
  name: 'footnote',
  level: 'block',
  start: (source) => source.match(/^\[\^/m)?.index,
  tokenizer(source) {
    const match =
      /^ {0,3}\[\^[^\]\s]+\]:[ \t]*([^\n]*(?:\n(?!\s*\n| {0,3}\[\^)[^\n]+)*(?:\n\s*\n {4}[^\n]+)*)\n?/.exec(
        source,
      );
    if (match === null) return undefined;
    const tokens = this.lexer.blockTokens(match[1].replace(/\n {1,4}/g, '\n'), []);
    return { type: 'footnote', raw: match[0], tokens };
  },
  renderer(token) {
    return this.parser.parse(token.tokens ?? []);
  },
};

const marked = new Marked({
  gfm: true,
  async: false,
  extensions: [wikiLink, footnoteSign, footnote],
  renderer: { html: ({ text }: Tokens.HTML | Tokens.Tag) => text.replace(DISALLOWED, '&lt;') },
});

/** HTML to be read with `isMarkdown`. */
export function htmlOfMarkdown(text: string): string {
  return marked.parse(text) as string;
}

export const markdownReader: CorpusReader = {
  name: 'Markdown',
  extensions,
  matches: byTextExtension(...extensions),
  async *read({ path, id, source }, { onNote } = {}) {
    const text = await decodeWhole(path, undefined, encodingNote(path, onNote));
    const { fields, body } = splitFrontMatter(text);
    const html = htmlOfMarkdown(/\.mdx$/i.test(path) ? withoutCode(body) : body);
    const { title, blocks } = outlineOfHtml(html, { isMarkdown: true });
    const given = textOf(fields.get('title'));
    if (blocks.length === 0 && title === undefined)
      throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    const lang = intendedLanguage(
      textOf(fields.get('lang')) ?? textOf(fields.get('language')) ?? '',
    );
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

/** Parts of MDX components that people see, though they are attributes. */
const SEEN_ATTRIBUTES =
  /\s(?:title|label|summary|heading|description|caption)=(?:"([^"]*)"|'([^']*)')/g;

/**
 * MDX without its code: imports and exports, which end at an empty line, and comments. What is
 * between fences is an example and stays.
 */
function withoutCode(body: string): string {
  return body
    .split(/^([ \t]*(?:```|~~~)[\s\S]*?^[ \t]*(?:```|~~~)[ \t]*$)/m)
    .map((part, i) => (i % 2 === 1 ? part : proseOf(part)))
    .join('');
}

function proseOf(part: string): string {
  return part
    .replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
    .replace(
      /(?<=^|\n)(?:import\s|export\s(?:const|let|default|function|async|\*|\{))[\s\S]*?(?=\n\s*\n|$)/g,
      (code) => (/^import\s/.test(code) && !/['"]/.test(code) ? code : ''),
    )
    .replace(/<[A-Z][\w.]*(?:\s[^<>]*)?>/g, (tag) => {
      const seen = Array.from(
        tag.matchAll(SEEN_ATTRIBUTES),
        ([, double, single]) => double ?? single,
      );
      return seen.length === 0 ? tag : `\n\n${seen.join('\n\n')}\n\n${tag}\n\n`;
    });
}
