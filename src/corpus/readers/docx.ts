/** Word documents, converted to HTML. The library is loaded with the first document. */
import { readFile } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import { fileError, refuseLargeFile, WHOLE_FILE_LIMIT } from '../../base/text-file.js';
import { outlineOfHtml } from '../outline.js';
import { byExtension, type CorpusReader, titleFromPath } from '../reader.js';
import { withReadableParts } from './docx-parts.js';

const extensions = ['.docx'];

/** In addition to the library's own rules for "Heading 1" and so on. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  // Comments stand at the end, as footnotes do.
  'comment-reference => sup',
];

export const docxReader: CorpusReader = {
  name: 'Word',
  extensions,
  matches: byExtension(...extensions),
  async *read({ path, id, source }, { onNote } = {}) {
    await refuseLargeFile(path, WHOLE_FILE_LIMIT);
    const buffer = await readFile(path).catch((error) => {
      throw fileError(path, error);
    });
    const { default: mammoth } = await loadPackage(
      'Reading Word',
      'mammoth',
      () => import('mammoth'),
    );
    const html = await mammoth
      .convertToHtml(
        { buffer: await withReadableParts(buffer) },
        {
          styleMap: STYLES,
          externalFileAccess: false,
          convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
        },
      )
      .catch((error: Error) => {
        const reason = error.message.split('\n')[0].replace(/\.$/, '');
        throw new XqgError(
          'XQG_CORPUS_BROKEN_FILE',
          { file: path, format: 'Word', reason },
          { cause: error },
        );
      });
    const unknown = unknownParts(html.messages);
    if (unknown !== '') onNote?.(path, `parts that are not read: ${unknown}`);
    const { title, blocks } = outlineOfHtml(html.value);
    if (blocks.length === 0 && title === undefined)
      throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    yield { id, source, path, title: title ?? titleFromPath(path), metadata: {}, blocks };
  },
};

/** The elements that mammoth left out with whatever they contain; it also reports mere styles. */
function unknownParts(messages: readonly { readonly message: string }[]): string {
  const names = messages.flatMap(
    ({ message }) => /^An unrecognised element was ignored: (\S+)/.exec(message)?.[1] ?? [],
  );
  return [...new Set(names)].join(', ');
}
