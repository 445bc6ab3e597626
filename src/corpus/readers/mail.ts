/**
 * Mail: a message (EML, a saved web page) or a mailbox (mbox), one document for each message. Of a
 * text that is there twice, as plain text and as HTML, one is read. Attachments are named.
 */
import type { Attachment, Email } from 'postal-mime';
import { guessEncoding } from '../../base/encoding.js';
import { XqgError } from '../../base/errors.js';
import { formatCount } from '../../base/numbers.js';
import { loadPackage } from '../../base/optional-package.js';
import { fileError, readChunks, refuseLargeFile, WHOLE_FILE_LIMIT } from '../../base/text-file.js';
import { intendedLanguage } from '../../languages/tags.js';
import { unwrapLines } from '../lines.js';
import { outlineOfHtml } from '../outline.js';
import type { Block, MetadataValue, SourceDocument } from '../passage.js';
import {
  byExtension,
  type CorpusFile,
  type CorpusReader,
  encodingNote,
  type NoteListener,
  titleFromPath,
} from '../reader.js';

const messages = ['.eml', '.mht', '.mhtml'];

export const mailReader: CorpusReader = {
  name: 'mail',
  extensions: messages,
  matches: byExtension(...messages),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    await refuseLargeFile(path, WHOLE_FILE_LIMIT);
    const pieces: Buffer[] = [];
    for await (const piece of chunksOf(path)) pieces.push(piece);
    const { message, left } = await parsed(Buffer.concat(pieces), path, onNote);
    const document = documentOf(message, file, file.id);
    if (left.length > 0) onNote?.(path, `attachments are not read: ${left.join(', ')}`);
    if (document === undefined) throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
    yield { ...document, title: document.title || titleFromPath(path) };
  },
};

const boxes = ['.mbox', '.mbx'];

export const mailboxReader: CorpusReader = {
  name: 'mailbox',
  extensions: boxes,
  matches: byExtension(...boxes),
  async *read(file, { onNote, onSkip } = {}) {
    const { path } = file;
    await refuseLargeFile(path, Number.POSITIVE_INFINITY);
    const ids = new Set<string>();
    let count = 0;
    for await (const { data, line } of messagesOf(path)) {
      count++;
      const { message, left } = await parsed(data, path, onNote);
      // Ids of messages outlast their places: mailboxes grow, and messages are deleted.
      const own = message.messageId?.replace(/^<|>$/g, '') || `message ${count}`;
      let id = `${file.id}/${own}`;
      for (let n = 2; ids.has(id); n++) id = `${file.id}/${own} (${n})`;
      ids.add(id);
      const document = documentOf(message, file, id);
      if (left.length > 0) onNote?.(path, `attachments of ${own} are not read: ${left.join(', ')}`);
      if (document === undefined) onSkip?.(path, 'empty', line);
      else yield { ...document, line };
    }
    if (count === 0) {
      const reason = 'no line begins a message ("From someone date")';
      throw new XqgError('XQG_CORPUS_BROKEN_FILE', { file: path, format: 'mailbox', reason });
    }
  },
};

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The line between two messages of a mailbox. */
const SEPARATOR = /^From \S+.*\d{4}\s*$/;

interface RawMessage {
  readonly data: Buffer;
  /** Of its first line, from 1. */
  readonly line: number;
}

/** The messages of a mailbox, in memory bounded by the largest one. */
async function* messagesOf(path: string): AsyncGenerator<RawMessage> {
  let open: Buffer[] | undefined;
  let size = 0;
  let line = 0;
  let start = 1;
  let wasEmpty = true;
  for await (const bytes of linesOf(path)) {
    line++;
    const isSeparator =
      wasEmpty && bytes[0] === 0x46 && SEPARATOR.test(bytes.toString('latin1').trimEnd());
    if (isSeparator) {
      if (open !== undefined) yield { data: Buffer.concat(open), line: start };
      open = [];
      size = 0;
      start = line;
    } else if (open !== undefined) {
      // `>From ` stands for a line that begins with `From `.
      const text = /^>+From /.test(bytes.toString('latin1', 0, 16)) ? bytes.subarray(1) : bytes;
      open.push(text);
      size += text.length;
      if (size > WHOLE_FILE_LIMIT) {
        throw new XqgError('XQG_CORPUS_TOO_LARGE', {
          file: `${path}, message at line ${formatCount(start)}`,
          bytes: formatCount(size),
          limit: formatCount(WHOLE_FILE_LIMIT),
        });
      }
    }
    wasEmpty = bytes.length < 3 && bytes.toString('latin1').trim() === '';
  }
  if (open !== undefined) yield { data: Buffer.concat(open), line: start };
}

/** Lines with their ends. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let carry: Buffer[] = [];
  for await (const chunk of chunksOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end + 1);
      yield carry.length === 0 ? rest : Buffer.concat([...carry, rest]);
      carry = [];
      from = end + 1;
    }
    if (from < chunk.length) carry.push(chunk.subarray(from));
  }
  if (carry.length > 0) yield Buffer.concat(carry);
}

async function parsed(
  data: Buffer,
  path: string,
  onNote: NoteListener | undefined,
): Promise<{ readonly message: Email; readonly left: readonly string[] }> {
  const { default: PostalMime } = await loadPackage(
    'Reading mail',
    'postal-mime',
    () => import('postal-mime'),
  );
  const parse = (bytes: Buffer): Promise<Email> =>
    PostalMime.parse(bytes).catch((error: Error) => {
      throw new XqgError(
        'XQG_CORPUS_BROKEN_FILE',
        { file: path, format: 'mail', reason: error.message.replace(/\.$/, '') },
        { cause: error },
      );
    });
  let message = await parse(data);
  if (isUndecoded(message)) {
    const encoding = await encodingOf(data);
    if (encoding !== null) {
      message = await parse(withEncoding(data, encoding));
      encodingNote(path, onNote)(encoding);
    }
  }
  return { message, left: message.attachments.filter(isShownApart).map(nameOf) };
}

/** Bytes that are not UTF-8, or the escape sequences of ISO-2022-JP, remain. */
function isUndecoded({ text = '', html = '', subject = '' }: Email): boolean {
  return [text, html, subject].some((part) => part.includes('\ufffd') || part.includes('\u001b$'));
}

/** Of a message that does not name it: that of its HTML, or the one that it looks like. */
async function encodingOf(data: Buffer): Promise<string | null> {
  const [, declared] =
    /<meta[^>]+charset\s*=\s*(?:3D)?["']?\s*([\w-]+)/i.exec(data.toString('latin1')) ?? [];
  if (declared !== undefined) return declared.toLowerCase();
  return data.includes('\u001b$') ? 'iso-2022-jp' : guessEncoding(data);
}

/** The message with the encoding in the headers of its texts that have none. */
function withEncoding(data: Buffer, encoding: string): Buffer {
  const text = data.toString('latin1');
  const [head] = text.split(/\r?\n\r?\n/, 1);
  const stated = text.replace(
    /^(content-type:[ \t]*text\/(?:plain|html))(?![^\r\n]*charset)(?!.*\r?\n[ \t][^\r\n]*charset)/gim,
    `$1; charset=${encoding}`,
  );
  const header = /^content-type:/im.test(head)
    ? ''
    : `Content-Type: text/plain; charset=${encoding}\r\n`;
  return Buffer.from(header + stated, 'latin1');
}

const FOR_PROGRAMS = /^(?:text\/css|font\/|(?:text|application)\/(?:x-)?javascript)/;

/** False for the pictures within a text, and what else a saved page consists of. */
function isShownApart({ related, disposition, mimeType, filename }: Attachment): boolean {
  if (FOR_PROGRAMS.test(mimeType)) return false;
  if (related || disposition === 'inline') return !mimeType.startsWith('image/');
  return filename !== null || disposition === 'attachment' || !mimeType.startsWith('image/');
}

function nameOf({ filename, mimeType }: Attachment): string {
  return filename || `one without a name (${mimeType})`;
}

/** undefined for a message with neither subject nor text. */
function documentOf(message: Email, file: CorpusFile, id: string): SourceDocument | undefined {
  const title = (message.subject ?? '').replace(/\s+/g, ' ').trim();
  const blocks = bodyOf(message);
  if (title === '' && blocks.length === 0) return undefined;
  const tag = message.headers.find(({ key }) => key === 'content-language')?.value ?? '';
  return {
    id,
    source: file.source,
    path: file.path,
    title,
    lang: tag.includes(',') ? undefined : intendedLanguage(tag),
    metadata: metadataOf(message),
    blocks,
  };
}

function metadataOf({ from, to, cc, date }: Email): Record<string, MetadataValue> {
  const people = (addresses: Email['to']): string[] =>
    (addresses ?? []).flatMap(({ name, address }) => {
      const text = [name, address].filter((part) => part !== undefined && part !== '').join(' ');
      return text === '' ? [] : [text];
    });
  const [sender] = people(from === undefined ? undefined : [from]);
  const receivers = [...people(to), ...people(cc)];
  return {
    ...(sender === undefined ? {} : { from: sender }),
    ...(receivers.length === 0 ? {} : { to: receivers }),
    ...(date === undefined ? {} : { date }),
  };
}

/** Of the HTML this much has to be in the plain text, which else is only a summary. */
const WHOLE_SHARE = 0.8;

/** The plain text; the HTML where there is no other, or much more of it. */
function bodyOf({ text = '', html = '' }: Email): readonly Block[] {
  const plain = unwrapLines(text.replaceAll('\r\n', '\n')).trim();
  const plainBlocks = plain === '' ? [] : [{ headings: [], text: plain }];
  if (html.trim() === '') return plainBlocks;
  const { blocks } = outlineOfHtml(html, { hasTitle: false });
  return lettersOf(plainBlocks) >= WHOLE_SHARE * lettersOf(blocks) ? plainBlocks : blocks;
}

function lettersOf(blocks: readonly Block[]): number {
  const text = blocks
    .map((block) => block.text)
    .join(' ')
    .replace(/https?:\S+/g, '');
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
