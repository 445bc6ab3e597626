/**
 * The interface of a document format. Every reader passes test/corpus/conformance.ts.
 */

import { basename, extname } from 'node:path';
import { XqgError } from '../base/errors.js';
import type { SourceDocument } from './passage.js';

/** A file to read, with the ids of its documents. */
export interface CorpusFile {
  /** Absolute. */
  readonly path: string;
  /**
   * Path relative to the argument that named it, with `/`: the id of the document, or the prefix of
   * numbered ids.
   */
  readonly id: string;
  /** The argument of `xqg index` that named it (absolute path). */
  readonly source: string;
}

/**
 * Why a directory entry yields no document: `format` is not supported; `ignored`: the name begins
 * with a dot, or is node_modules; `excluded`: by `.gitignore` or `.xqgignore`; `loop`: a link to a
 * folder above; `repeated`: a folder that was read by another name; `empty`: no text; `companion`:
 * part of a data set but not a document (BEIR's queries and qrels); `special`: neither a file nor a
 * folder, or a dangling link.
 */
export type SkipReason =
  | 'format'
  | 'ignored'
  | 'excluded'
  | 'loop'
  | 'repeated'
  | 'empty'
  | 'companion'
  | 'special';

/** Called for everything that is skipped; `line` (from 1) for a row. */
export type SkipListener = (path: string, reason: SkipReason, line?: number) => void;

/**
 * Called with what a reader assumed, or could not read, of a file whose text it otherwise gave: "in
 * shift_jis, which it does not say", "pages 2, 5 have no text".
 */
export type NoteListener = (path: string, note: string) => void;

/** What a reader reports of a file beside its documents. */
export interface ReadEvents {
  readonly onSkip?: SkipListener;
  readonly onNote?: NoteListener;
  /** Called for a row that is not valid, after which reading goes on. Default: it is thrown. */
  readonly onBadRow?: (error: XqgError) => void;
  /** Aborted when nobody waits for the rows any longer: a reader that streams then ends. */
  readonly signal?: AbortSignal;
}

export interface CorpusReader {
  /** For people: `Markdown`. */
  readonly name: string;
  /** What `matches` accepts, for messages: `.md`. */
  readonly extensions: readonly string[];
  /** True if a file of this name may be in this format. */
  matches(path: string): boolean;
  /**
   * If the name is not enough: true if a file that begins with `head` (64 KiB) is in this format.
   * Called for files in folders, and for every file that several readers match.
   */
  sniff?(head: string): boolean;
  /**
   * True: documents come one by one, in time linear in the file and memory bounded by the largest
   * one, whatever is in it; so it is read in this process. Default: within the limits of a process
   * beside it (isolation/).
   */
  readonly streams?: true;
  /** Names of files next to one of this format that belong to it but contain no documents. */
  readonly companions?: readonly string[];
  /**
   * The documents of a file in their order, in memory bounded by the largest one.
   * @throws XqgError with the file and, where there is one, the line
   */
  read(file: CorpusFile, events?: ReadEvents): AsyncIterable<SourceDocument>;
}

/** What a file that is one document shows. */
export interface FileContent {
  /** Its first heading; part of the text, so that a document may consist of it alone. */
  readonly title?: string;
  /** What it says of itself beside its text; blank: nothing. */
  readonly stated?: string;
  readonly lang?: string;
  readonly blocks: SourceDocument['blocks'];
}

/** @throws XqgError XQG_CORPUS_EMPTY where it shows nothing */
export function fileDocument(
  { id, source, path }: CorpusFile,
  { title, stated, lang, blocks }: FileContent,
): SourceDocument {
  if (blocks.length === 0 && title === undefined)
    throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
  const named = title ?? (stated || titleFromPath(path));
  return { id, source, path, title: named, lang, metadata: {}, blocks };
}

/** Reports an encoding that the file does not name. */
export function encodingNote(
  path: string,
  onNote: NoteListener | undefined,
): (encoding: string) => void {
  return (encoding) => onNote?.(path, `read as ${encoding}, which it does not say`);
}

/** `matches` by the end of the name, in any case. */
export function byExtension(...extensions: readonly string[]): (path: string) => boolean {
  return (path) => {
    const name = path.toLowerCase();
    return extensions.some((extension) => name.endsWith(extension));
  };
}

/** As `byExtension`, also with `.gz` behind it: for formats that are read by `decodeFile`. */
export function byTextExtension(...extensions: readonly string[]): (path: string) => boolean {
  return byExtension(...extensions, ...extensions.map((extension) => `${extension}.gz`));
}

/**
 * `/docs/User_guide.md` becomes `User guide`: an underscore would join the words of a title.
 */
export function titleFromPath(path: string): string {
  const unpacked = path.replace(/\.gz$/i, '');
  return basename(unpacked, extname(unpacked)).replaceAll('_', ' ').trim();
}
