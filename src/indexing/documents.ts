/** The documents that users of the library bring, as indexing takes them. */

import { XqgError } from '../base/errors.js';
import type { MetadataValue, SourceDocument } from '../corpus/passage.js';
import type { CorpusProgress } from '../corpus/progress.js';

/** A text to be found. */
export interface NewDocument {
  /** Unique within the index; the same id again replaces the document. */
  readonly id: string;
  readonly text: string;
  readonly title?: string;
  /** ISO 639-1; detected if absent. */
  readonly lang?: string;
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

/** Source of documents that were added without naming one. */
export const DEFAULT_SOURCE = 'library';

/**
 * @param source what brought them; `remove({ source })` takes it
 * @param split false: every document is one passage exactly as it is
 */
export async function* sourceDocuments(
  documents: AsyncIterable<NewDocument> | Iterable<NewDocument>,
  source: string,
  split: boolean,
): AsyncGenerator<SourceDocument> {
  for await (const { id, text, title = '', lang, metadata = {} } of documents) {
    yield {
      id,
      source,
      path: source,
      title,
      ...(lang === undefined ? {} : { lang }),
      metadata,
      blocks: [{ headings: [], text }],
      whole: !split,
    };
  }
}

export interface Preparation {
  /** Default: that of each document. */
  readonly source?: string;
  /** @throws XqgError to refuse a document */
  readonly prepare?: (document: SourceDocument) => SourceDocument;
}

/** Passes documents on as they are to be indexed, and counts them as read. */
export async function* preparedDocuments(
  documents: AsyncIterable<SourceDocument>,
  { source, prepare }: Preparation,
  progress: CorpusProgress,
  onRefused: (path: string, error: XqgError) => void,
): AsyncGenerator<SourceDocument> {
  for await (const document of documents) {
    await progress.add(document);
    const named = source === undefined ? document : { ...document, source };
    let prepared: SourceDocument;
    try {
      prepared = prepare?.(named) ?? named;
    } catch (error) {
      if (!(error instanceof XqgError)) throw error;
      onRefused(document.path, error);
      continue;
    }
    yield prepared;
  }
  progress.finish();
}
