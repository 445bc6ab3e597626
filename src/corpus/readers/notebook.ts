/** Jupyter notebooks: cells of text and code in their order, with the outputs that are text. */
import { XqgError } from '../../base/errors.js';
import { decodeWhole } from '../../base/text-file.js';
import { outlineOfHtml } from '../outline.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import { htmlOfMarkdown } from './markdown.js';

const extensions = ['.ipynb'];

export const notebookReader: CorpusReader = {
  name: 'Jupyter',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const fail = (reason: string, cause?: unknown): never => {
      const format = 'a notebook';
      throw new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format, reason }, { cause });
    };
    const text = await decodeWhole(path);
    let root: Notebook;
    try {
      root = JSON.parse(text) as Notebook;
    } catch (error) {
      return fail(`not valid JSON (${(error as Error).message})`, error);
    }
    const cells = root?.cells ?? root?.worksheets?.flatMap((sheet) => sheet.cells ?? []);
    if (!Array.isArray(cells)) return fail('it has no list "cells"');
    const { html, pictures } = htmlOf(cells);
    const { title, blocks } = outlineOfHtml(html, { isMarkdown: true });
    if (pictures > 0) onNote?.(path, `outputs that are pictures alone: ${pictures}`);
    yield fileDocument(file, { title, blocks });
  },
};

/** nbformat 4, and 3 with worksheets. */
interface Notebook {
  readonly cells?: readonly Cell[];
  readonly worksheets?: readonly { readonly cells?: readonly Cell[] }[];
}

type Lines = string | readonly string[] | undefined;

interface Cell {
  readonly cell_type?: string;
  readonly level?: number;
  readonly source?: Lines;
  readonly input?: Lines;
  readonly outputs?: readonly Output[];
}

interface Output {
  readonly output_type?: string;
  readonly text?: Lines;
  readonly data?: Readonly<Record<string, Lines>>;
  readonly evalue?: string;
  readonly ename?: string;
}

function htmlOf(cells: readonly Cell[]): { readonly html: string; readonly pictures: number } {
  const html: string[] = [];
  let pictures = 0;
  for (const { cell_type: type, level = 1, source, input, outputs = [] } of cells) {
    const text = joined(source ?? input);
    if (type === 'markdown') html.push(htmlOfMarkdown(text));
    else if (type === 'heading') html.push(htmlOfMarkdown(`${'#'.repeat(level)} ${text}`));
    else if (text.trim() !== '') html.push(preformatted(text));
    for (const output of outputs) {
      const shown = shownOf(output);
      if (shown !== '') html.push(shown);
      else if (Object.keys(output.data ?? {}).some((kind) => kind.startsWith('image/'))) pictures++;
    }
  }
  return { html: html.join('\n'), pictures };
}

function shownOf({ output_type: type, text, data = {}, ename, evalue }: Output): string {
  if (type === 'error' || type === 'pyerr') return preformatted([ename, evalue].join(': '));
  const plain = joined(text ?? data['text/plain']);
  const table = joined(data['text/html']);
  if (/<table\b/i.test(table)) return table;
  if (data['text/markdown'] !== undefined) return htmlOfMarkdown(joined(data['text/markdown']));
  // What programs print of an object that is shown as a picture.
  const isName = /^<[^>]*>$/.test(plain.trim());
  return plain.trim() === '' || isName ? '' : preformatted(plain);
}

function joined(lines: Lines): string {
  return typeof lines === 'string' ? lines : (lines ?? []).join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colors of terminals begin with ESC
const COLORS = /\u001b\[[\d;]*[A-Za-z]/g;

function preformatted(text: string): string {
  const escaped = text.replace(COLORS, '').replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<pre>${escaped}</pre>`;
}
