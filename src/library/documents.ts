/** What users of the library give as documents, turned into what indexing takes. Knows no file. */
import type { MetadataValue, SourceDocument } from '../corpus/passage.js';

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
