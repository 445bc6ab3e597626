/** Reads a file that a test makes, as indexing does. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { XqgError } from '../../../src/base/errors.js';
import type { SourceDocument } from '../../../src/corpus/passage.js';
import { readCorpus } from '../../../src/corpus/read-corpus.js';
import type { CorpusReader } from '../../../src/corpus/reader.js';

export interface Reading {
  readonly documents: readonly SourceDocument[];
  readonly notes: readonly string[];
  readonly failures: readonly XqgError[];
  /** Every block: its headings, then its text. */
  readonly sections: readonly (readonly [headings: string, text: string])[];
}

/** @param readers default: those of indexing, in a process beside this one where they are */
export async function readingOf(
  name: string,
  data: string | Buffer,
  readers?: readonly CorpusReader[],
): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'xqg-reading-'));
  try {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data);
    const documents: SourceDocument[] = [];
    const notes: string[] = [];
    const failures: XqgError[] = [];
    const events = {
      readers,
      onNote: (_: string, note: string) => notes.push(note),
      onFailure: (_: string, error: XqgError) => failures.push(error),
    };
    for await (const document of readCorpus([path], events)) documents.push(document);
    const sections = documents.flatMap(({ blocks }) =>
      blocks.map(({ headings, text }) => [headings.join(' > '), text] as const),
    );
    return { documents, notes, failures, sections };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
