/** PDF: the text layer, page by page. The library is loaded with the first PDF. */
import { readFile } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import { fileError, refuseLargeFile, WHOLE_FILE_LIMIT } from '../../base/text-file.js';
import { languageOfTag } from '../../languages/languages.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';

const extensions = ['.pdf'];

export const pdfReader: CorpusReader = {
  name: 'PDF',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }) {
    await refuseLargeFile(path, WHOLE_FILE_LIMIT);
    const bytes = await readFile(path).catch((error) => {
      throw fileError(path, error);
    });
    const unpdf = await loadPackage('Reading PDF', 'unpdf', () => import('unpdf'));
    const content = await textOf(unpdf, bytes).catch((error: unknown) => {
      throw new XqgError(
        'XQG_CORPUS_BROKEN_FILE',
        { file: path, format: 'PDF', reason: reasonOf(error) },
        { cause: error },
      );
    });
    if (content.text.trim() === '') throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    const { title, lang, text } = content;
    yield {
      id,
      source,
      path,
      title: title || titleFromPath(path),
      lang,
      metadata: {},
      blocks: [{ headings: [], text }],
    };
  },
};

interface PdfContent {
  readonly title: string;
  readonly lang?: string;
  readonly text: string;
}

/** Of PDF.js; marks of structure come as items without text. */
interface TextItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
}

async function textOf(unpdf: typeof import('unpdf'), bytes: Uint8Array): Promise<PdfContent> {
  // verbosity 0: otherwise PDF.js prints its warnings to stdout.
  const pdf = await unpdf.getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    const pages: string[] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(
        (items as TextItem[]).map(({ str = '', hasEOL }) => str + (hasEOL ? '\n' : '')).join(''),
      );
      page.cleanup();
    }
    const { info } = await pdf.getMetadata();
    const { Title: title, Language: tag } = info as { Title?: unknown; Language?: unknown };
    return {
      title: typeof title === 'string' ? title.trim() : '',
      lang: typeof tag === 'string' ? languageOfTag(tag) : undefined,
      text: joinPages(pages),
    };
  } finally {
    await pdf.destroy();
  }
}

/**
 * A sentence that continues on the next page stays whole; otherwise the end of a page ends a
 * paragraph.
 */
function joinPages(pages: readonly string[]): string {
  return pages
    .map((page) => page.trim())
    .filter((page) => page !== '')
    .reduce(
      (text, page) =>
        text +
        (text === '' ? '' : /\p{Sentence_Terminal}["'”’»)\]]*$/u.test(text) ? '\n\n' : '\n') +
        page,
      '',
    );
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  if (name === 'PasswordException') return 'it is locked by a password';
  return message.replace(/\.$/, '');
}
