/** Word documents, converted to HTML. The library is loaded with the first document. */
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import { Archive } from '../archive.js';
import { outlineOfHtml } from '../outline.js';
import { byExtension, type CorpusReader, fileDocument } from '../reader.js';
import { readableDocument } from './docx-parts.js';

const extensions = ['.docx', '.docm', '.dotx'];

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
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const archive = await Archive.open(path, 'Word');
    const readable = await readableDocument(archive).finally(() => archive.close());
    for (const note of readable.notes) onNote?.(path, note);
    const { default: mammoth } = await loadPackage(
      'Reading Word',
      'mammoth',
      () => import('mammoth'),
    );
    const html = await mammoth
      .convertToHtml(
        { buffer: readable.buffer },
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
    for (const note of notesOf(html.messages)) onNote?.(path, note);
    const { title, blocks } = outlineOfHtml(html.value);
    yield fileDocument(file, { title, blocks });
  },
};

/** Of mammoth's messages, those about text: the elements that it left out, and signs of fonts. */
function notesOf(messages: readonly { readonly message: string }[]): string[] {
  const texts = messages.map(({ message }) => message);
  const elements = texts.flatMap(
    (text) => /unrecognised element was ignored: (\S+)/.exec(text)?.[1] ?? [],
  );
  const signs = texts.flatMap(
    (text) => /unsupported character was ignored: (.+)/.exec(text)?.[1] ?? [],
  );
  return [
    ...(elements.length > 0
      ? [`parts that are not read: ${[...new Set(elements)].join(', ')}`]
      : []),
    ...(signs.length > 0 ? [`signs that are not read: ${[...new Set(signs)].join(', ')}`] : []),
  ];
}
