/**
 * Reads the documents of files and folders: walks them, chooses a reader for every file, refuses
 * duplicate ids, and reports what is skipped.
 */

import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { XqgError } from '../base/errors.js';
import { formatCount } from '../base/numbers.js';
import { fileError, headOf } from '../base/text-file.js';
import type { SourceDocument } from './passage.js';
import type { CorpusFile, CorpusReader, NoteListener, SkipListener } from './reader.js';
import { READERS } from './readers/readers.js';
import { filesUnder } from './walk.js';

export interface ReadOptions {
  /** Called for everything that yields no document. */
  readonly onSkip?: SkipListener;
  /** Called with what was assumed of a file, or is missing from its text. */
  readonly onNote?: NoteListener;
  /**
   * Called for a row that is not valid, after which reading goes on, and for a file that could not
   * be read to its end; its documents before the error were yielded, and reading continues with the
   * next file. Without it the first error is thrown.
   */
  readonly onFailure?: (path: string, error: XqgError) => void;
  readonly readers?: readonly CorpusReader[];
}

/**
 * The documents in `paths`, in the order of the arguments and of the names below them.
 * @throws XqgError whose code begins with XQG_CORPUS_; always for a path that does not exist, for
 * overlapping paths, and for a corpus without any document
 */
export async function* readCorpus(
  paths: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<SourceDocument> {
  const { onFailure, onNote, readers = READERS } = options;
  const sources = await Promise.all([...new Set(paths.map((path) => resolve(path)))].map(sourceOf));
  refuseOverlap(sources);
  let skipped = 0;
  let seen = 0;
  const onSkip: SkipListener = (...what) => {
    skipped++;
    options.onSkip?.(...what);
  };
  const ids = new DocumentIds();
  for await (const { file, reader } of filesOf(sources, readers, { onSkip, onFailure })) {
    const onBadRow =
      onFailure === undefined
        ? undefined
        : (error: XqgError) => {
            seen++;
            onFailure(file.path, error);
          };
    try {
      for await (const document of reader.read(file, { onSkip, onNote, onBadRow })) {
        seen++;
        try {
          ids.claim(document);
        } catch (error) {
          if (onFailure === undefined || !(error instanceof XqgError)) throw error;
          onFailure(file.path, error);
          continue;
        }
        yield withoutSoftHyphens(document);
      }
    } catch (error) {
      if (!(error instanceof XqgError)) throw error;
      if (error.code === 'XQG_CORPUS_EMPTY' && file.path !== file.source)
        onSkip(file.path, 'empty');
      else if (onFailure === undefined) throw error;
      else {
        seen++;
        onFailure(file.path, error);
      }
    }
  }
  if (seen === 0) {
    throw new XqgError('XQG_CORPUS_NOTHING_FOUND', {
      paths: paths.join(', ') || 'no paths',
      skipped: formatCount(skipped),
      known: namesOf(readers),
    });
  }
}

/** A place where a word may be divided, and the line break where it was. */
const SOFT_HYPHEN = /\u00ad(?:[ \t]*\r?\n[ \t]*(?=\p{Ll}))?/gu;

/** Soft hyphens are not seen unless a line ends there: the word is the word without them. */
function withoutSoftHyphens(document: SourceDocument): SourceDocument {
  const { title, blocks } = document;
  if (!title.includes('\u00ad') && !blocks.some(hasSoftHyphen)) return document;
  const clean = (text: string): string => text.replace(SOFT_HYPHEN, '');
  return {
    ...document,
    title: clean(title),
    blocks: blocks.map(({ headings, text }) => ({
      headings: headings.map(clean),
      text: clean(text),
    })),
  };
}

function hasSoftHyphen({ headings, text }: SourceDocument['blocks'][number]): boolean {
  return text.includes('\u00ad') || headings.some((heading) => heading.includes('\u00ad'));
}

interface Source {
  /** Absolute path of the argument. */
  readonly path: string;
  readonly real: string;
  readonly isFolder: boolean;
}

async function sourceOf(path: string): Promise<Source> {
  try {
    return { path, real: await realpath(path), isFolder: (await stat(path)).isDirectory() };
  } catch (error) {
    throw fileError(path, error);
  }
}

function refuseOverlap(sources: readonly Source[]): void {
  for (const outer of sources) {
    const inner = sources.find(
      (other) =>
        other !== outer &&
        (other.real === outer.real || other.real.startsWith(join(outer.real, sep))),
    );
    if (inner !== undefined)
      throw new XqgError('XQG_CORPUS_OVERLAP', { inner: inner.path, outer: outer.path });
  }
}

async function* filesOf(
  sources: readonly Source[],
  readers: readonly CorpusReader[],
  { onSkip, onFailure }: { readonly onSkip: SkipListener } & Pick<ReadOptions, 'onFailure'>,
): AsyncGenerator<{ file: CorpusFile; reader: CorpusReader }> {
  for (const { path: source, isFolder } of sources) {
    if (!isFolder) {
      const reader = await readerOf(source, readers, true);
      if (reader === undefined) {
        // Of several, as the shell expands `docs/*`, the others are read.
        if (sources.length > 1) {
          onSkip(source, 'format');
          continue;
        }
        throw new XqgError('XQG_CORPUS_UNKNOWN_FORMAT', {
          path: source,
          known: namesOf(readers),
        });
      }
      yield { file: { path: source, id: basename(source), source }, reader };
      continue;
    }
    const companions = (folder: string, names: readonly string[]) =>
      companionsIn(folder, names, readers);
    for await (const path of filesUnder(source, companions, { onSkip, onFailure })) {
      const reader = await readerOf(path, readers, false).catch((error: unknown) => {
        if (!(error instanceof XqgError) || onFailure === undefined) throw error;
        onFailure(path, error);
        return null;
      });
      if (reader === null) continue;
      if (reader === undefined) onSkip(path, 'format');
      else
        yield { file: { path, id: relative(source, path).split(sep).join('/'), source }, reader };
    }
  }
}

const SNIFFED = 2 ** 16;

/**
 * @param named by the user: then a reader that alone matches the name is not checked against the
 * content, and reports what is wrong
 */
async function readerOf(
  path: string,
  readers: readonly CorpusReader[],
  named: boolean,
): Promise<CorpusReader | undefined> {
  const candidates = readers.filter((reader) => reader.matches(path));
  if (candidates.length === 0 || (named && candidates.length === 1)) return candidates[0];
  let head: string | undefined;
  for (const reader of candidates) {
    if (reader.sniff === undefined) return reader;
    head ??= await headOf(path, SNIFFED);
    if (reader.sniff(head)) return reader;
  }
  return undefined;
}

async function companionsIn(
  folder: string,
  names: readonly string[],
  readers: readonly CorpusReader[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const name of names) {
    const path = join(folder, name);
    if (!readers.some((reader) => reader.companions !== undefined && reader.matches(path)))
      continue;
    for (const companion of (await readerOf(path, readers, false))?.companions ?? [])
      found.add(companion);
  }
  return found;
}

function namesOf(readers: readonly CorpusReader[]): string {
  return readers.map(({ name }) => name).join(', ');
}

/**
 * 32-bit words per slot: three of the hash, the number of the path from 1 (0: free), the line.
 */
const SLOT = 5;

export class DocumentIds {
  private slots: Uint32Array;
  private used = 0;
  private readonly paths: string[] = [];

  /** @param capacity slots at first, a power of two */
  constructor(private capacity = 1024) {
    this.slots = new Uint32Array(capacity * SLOT);
  }

  /** @throws XqgError XQG_CORPUS_DUPLICATE_ID with both places */
  claim({ id, path, line }: Pick<SourceDocument, 'id' | 'path' | 'line'>): void {
    if (this.used * 3 >= this.capacity * 2) this.grow();
    const digest = createHash('sha1').update(id).digest();
    const hash = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const;
    const at = this.find(hash);
    if (this.slots[at + 3] !== 0) {
      const first = placeOf(this.paths[this.slots[at + 3] - 1], this.slots[at + 4] || undefined);
      throw new XqgError('XQG_CORPUS_DUPLICATE_ID', { id, first, second: placeOf(path, line) });
    }
    // The documents of a file are consecutive.
    if (this.paths.at(-1) !== path) this.paths.push(path);
    this.slots.set([...hash, this.paths.length, line ?? 0], at);
    this.used++;
  }

  /** Offset of the slot with the hash, or of the free slot for it. */
  private find([a, b, c]: readonly [number, number, number]): number {
    const { slots } = this;
    for (let slot = a & (this.capacity - 1); ; slot = (slot + 1) & (this.capacity - 1)) {
      const at = slot * SLOT;
      if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c))
        return at;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.capacity *= 2;
    this.slots = new Uint32Array(this.capacity * SLOT);
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 3] === 0) continue;
      this.slots.set(
        old.subarray(from, from + SLOT),
        this.find([old[from], old[from + 1], old[from + 2]]),
      );
    }
  }
}

/** `/data/a.jsonl, line 1,234`, or the path alone where there are no lines. */
function placeOf(path: string, line?: number): string {
  return line === undefined ? path : `${path}, line ${formatCount(line)}`;
}
