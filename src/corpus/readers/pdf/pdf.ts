/** PDF: the text layer, page by page. The library is loaded with the first PDF. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XqgError } from '../../../base/errors.js';
import { loadPackage } from '../../../base/optional-package.js';
import { readWhole } from '../../../base/text-file.js';
import { intendedLanguage } from '../../../languages/tags.js';
import { LineEndHyphens } from '../../lines.js';
import { byExtension, type CorpusReader, fileDocument } from '../../reader.js';
import type { PageLine } from './layout.js';
import { countMeaningless, linesOf, pageText } from './page.js';
import { annotationLines, attachmentNotes, Layers, type Pdf } from './parts.js';
import { withoutRunningHeads } from './running-heads.js';
import { tablePlaces, visibleText } from './structure.js';

const extensions = ['.pdf'];

export const pdfReader: CorpusReader = {
  name: 'PDF',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const bytes = await readWhole(path);
    const unpdf = await loadPackage('Reading PDF', 'unpdf', () => import('unpdf'));
    const content = await contentOf(unpdf, bytes).catch((error: unknown) => {
      throw new XqgError(
        'XQG_CORPUS_BROKEN_FILE',
        { file: path, format: 'PDF', reason: reasonOf(error) },
        { cause: error },
      );
    });
    const { title, lang, text, notes } = content;
    for (const note of notes) onNote?.(path, note);
    const blocks = text.trim() === '' ? [] : [{ headings: [], text }];
    yield fileDocument(file, { stated: title, lang, blocks });
  },
};

/** What programs write where nobody gave a title. */
const NO_TITLE = /^\s*(?:untitled|unbenannt|sans titre|sin título|無題)\s*$/i;

interface PdfContent {
  readonly title: string;
  readonly lang?: string;
  readonly text: string;
  /** What is missing from the text. */
  readonly notes: readonly string[];
}

async function contentOf(unpdf: typeof import('unpdf'), bytes: Uint8Array): Promise<PdfContent> {
  const unreadable = new Set<string>();
  // verbosity 0: otherwise PDF.js prints its warnings to stdout.
  const options = { verbosity: 0, useWorkerFetch: false, ...characterMaps(unreadable) };
  const pdf = (await unpdf.getDocumentProxy(new Uint8Array(bytes), options)) as Pdf;
  try {
    const pages: PageLine[][] = [];
    const meaningless: number[] = [];
    const layers = await Layers.of(pdf, unpdf);
    const isTagged = (await pdf.getMarkInfo())?.Marked === true;
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const includeMarkedContent = isTagged || layers !== undefined;
      const content = await page.getTextContent({ includeMarkedContent });
      const places = tablePlaces(isTagged ? await page.getStructTree() : null);
      const shown = (await layers?.shownOn(page, content.items)) ?? [];
      const { items, hasHidden } = visibleText(content.items, places, shown);
      if (hasHidden) layers?.sawHidden();
      pages.push([...linesOf(items), ...(await annotationLines(page))]);
      if (countMeaningless(items) > 0) meaningless.push(number);
      page.cleanup();
    }
    const { info } = await pdf.getMetadata();
    const { Title: title, Language: tag } = info as { Title?: unknown; Language?: unknown };
    const empty = pages.flatMap(({ length }, i) => (length === 0 ? [i + 1] : []));
    const body = withoutRunningHeads(pages);
    const hyphens = new LineEndHyphens(
      body.map((lines) => lines.map(({ text }) => text).join('\n')).join('\n'),
    );
    return {
      title: typeof title === 'string' && !NO_TITLE.test(title) ? title.trim() : '',
      lang: typeof tag === 'string' ? intendedLanguage(tag) : undefined,
      text: joinPages(
        body.map((lines) => pageText(lines, hyphens)),
        hyphens,
      ),
      notes: [
        ...(empty.length > 0
          ? [`${rangesOf(empty)} of ${pdf.numPages} without text; scanned ones need OCR`]
          : []),
        ...(meaningless.length > 0
          ? [`${rangesOf(meaningless)} with characters that only their font can show`]
          : []),
        ...(layers?.notes() ?? []),
        ...(await attachmentNotes(pdf)),
        ...Array.from(
          unreadable,
          (name) => `a font with the character map ${name} is not readable`,
        ),
      ],
    };
  } finally {
    await pdf.destroy();
  }
}

/** `page 3`, `pages 2-5, 8`: the numbers ascend. */
function rangesOf(pages: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const page of pages) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === page - 1) open[1] = page;
    else ranges.push([page, page]);
  }
  const texts = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return `${pages.length === 1 ? 'page' : 'pages'} ${texts.join(', ')}`;
}

/** Adobe's character maps of Chinese, Japanese and Korean fonts, which files name only. */
function characterMaps(unreadable: Set<string>): Record<string, unknown> {
  class CMapReaderFactory {
    async fetch({ name }: { name: string }): Promise<unknown> {
      try {
        const cMapData = new Uint8Array(await readFile(join(cMapFolder(), `${name}.bcmap`)));
        return { cMapData, isCompressed: true };
      } catch (error) {
        unreadable.add(name);
        throw error;
      }
    }
  }
  return { cMapUrl: 'cmaps/', cMapPacked: true, CMapReaderFactory };
}

/** Beside the compiled code, where the build puts them; for sources, in their package. */
function cMapFolder(): string {
  const built = fileURLToPath(new URL('../../../cmaps/', import.meta.url));
  if (existsSync(built)) return built;
  return join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'cmaps');
}

/**
 * A sentence that continues on the next page stays whole; otherwise the end of a page ends a
 * paragraph.
 */
function joinPages(pages: readonly string[], hyphens: LineEndHyphens): string {
  return pages
    .map((page) => page.trim())
    .filter((page) => page !== '')
    .reduce((text, page) => {
      if (text === '') return page;
      if (/\p{Sentence_Terminal}["'”’»)\]]*$/u.test(text.slice(-16))) return `${text}\n\n${page}`;
      return LineEndHyphens.divides(text, page) ? hyphens.join(text, page) : `${text}\n${page}`;
    }, '');
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  if (name === 'PasswordException') return 'it is locked by a password';
  if (/encryption|security handler/i.test(message)) return `it is encrypted (${message})`;
  return message.replace(/\.$/, '');
}
