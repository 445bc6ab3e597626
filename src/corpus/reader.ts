/**
 * The door of this folder: a format that documents come in. Every reader passes
 * test/corpus/conformance.ts.
 */

import { basename, extname } from 'node:path';
import type { SourceDocument } from './passage.js';

/** A file to read, and what its documents are called. */
export interface CorpusFile {
  /** Absolute. */
  readonly path: string;
  /**
   * Path relative to the argument that brought it, with `/`: the id of the document, or the prefix
   * of ids made by count.
   */
  readonly id: string;
  /** The argument of `xqg index` that brought it (absolute path). */
  readonly source: string;
}

/**
 * Why something in a folder brings no document: `format` no reader knows it; `ignored` a name that
 * begins with a dot, or node_modules; `loop` a link to a folder that holds it; `empty` no text;
 * `companion` belongs to a data set but is no document (BEIR's queries and qrels); `special`
 * neither file nor folder, or a link to nothing.
 */
export type SkipReason = 'format' | 'ignored' | 'loop' | 'empty' | 'companion' | 'special';

/** Told of everything that is passed over. `line` (from 1) where a row is. */
export type SkipListener = (path: string, reason: SkipReason, line?: number) => void;

export interface CorpusReader {
  /** For people: `Markdown`. */
  readonly name: string;
  /** What `matches` accepts, for messages: `.md`. */
  readonly extensions: readonly string[];
  /** True if a file of this name may be in this format. */
  matches(path: string): boolean;
  /**
   * Where the name is not enough: true if a file that begins with `head` (64 KiB) is in this
   * format. Asked of files found in folders, and of every file that several readers match.
   */
  sniff?(head: string): boolean;
  /** Names beside a file of this format that belong to it but hold no documents. */
  readonly companions?: readonly string[];
  /**
   * The documents of a file in their order, in memory bounded by the largest one.
   * @param onSkip told of rows without text
   * @throws XqgError with the file and, where there is one, the line
   */
  read(file: CorpusFile, onSkip?: SkipListener): AsyncIterable<SourceDocument>;
}

/** `matches` by the end of the name, in any case. */
export function byExtension(...extensions: readonly string[]): (path: string) => boolean {
  return (path) => extensions.some((extension) => path.toLowerCase().endsWith(extension));
}

/**
 * `/docs/User_guide.md` is `User guide`. An underscore would join the words of the title to one.
 */
export function titleFromPath(path: string): string {
  return basename(path, extname(path)).replaceAll('_', ' ').trim();
}
