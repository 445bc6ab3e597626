/**
 * A process that writes an index for a server, so that searches do not wait for it. It gets one
 * task, reports its progress and its end, and stops at a safe point when the server says so or has
 * ended.
 */
import { basename } from 'node:path';
import { describeFailure, XqgError } from '../../base/errors.js';
import type { SourceDocument } from '../../corpus/passage.js';
import { findManifest } from '../../indexing/manifest.js';
import { openSnapshot } from '../../indexing/open.js';
import { languageOfTag } from '../../languages/tags.js';
import { FILTER_COLUMNS, parseFilters } from '../../search/filters.js';
import { openIndex } from '../../xqg-index.js';
import { documentWithin } from '../access.js';
import { ReadingMark } from './reading-mark.js';
import {
  type AddTask,
  type RemoveTask,
  UPLOAD_SOURCE,
  type WriteResult,
  type WriterMessage,
  type WriteTask,
} from './writer-protocol.js';

const stopping = new AbortController();
process.once('disconnect', () => stopping.abort());
// Ctrl-C in a terminal reaches this process too: the server decides what it means.
process.on('SIGINT', () => undefined);

process.once('message', async (task: WriteTask) => {
  process.on('message', () => stopping.abort());
  try {
    send({ result: task.kind === 'add' ? await add(task) : await remove(task) });
  } catch (thrown) {
    send({ failure: describeFailure(thrown).error });
  }
  // The server may have ended meanwhile.
  if (process.connected) process.disconnect();
});

function send(message: WriterMessage): void {
  if (process.connected) process.send!(message);
}

async function add({
  directory,
  pack,
  folder,
  fileLimits,
  lang,
  metadata,
  filters,
}: AddTask): Promise<WriteResult> {
  const hidden = await hiddenDocuments(directory, filters);
  const reading = new ReadingMark(folder);
  const index = await openIndex(directory, { create: true, pack });
  try {
    const { status, documents, passages, failures, omissions } = await index.addPaths([folder], {
      source: UPLOAD_SOURCE,
      splitting: { lang },
      signal: stopping.signal,
      fileLimits,
      last: reading.left,
      onFile: (path) => reading.begin(path),
      prepare: (document) => {
        const named = {
          ...document,
          // What every passage gets, so that filters see it.
          ...(lang === undefined ? {} : { lang: languageOfTag(lang) ?? lang }),
          path: basename(document.path),
          metadata: { ...metadata, ...document.metadata },
        };
        requireShortLabels(named);
        return documentWithin(named, filters, (id) => hidden.has(id));
      },
      onProgress: (progress, read) => send({ progress, read }),
    });
    const shown = failures.map((failure) => ({
      ...failure,
      path: basename(failure.path),
      message: failure.message.replaceAll(`${folder}/`, ''),
    }));
    const named = omissions?.named.map(({ path, reason }) => ({ path: basename(path), reason }));
    const languages = omissions?.languages?.map((wrong) => ({
      ...wrong,
      path: basename(wrong.path),
    }));
    return {
      status,
      documents,
      passages,
      failures: shown,
      ...(omissions === undefined
        ? {}
        : { omissions: { ...omissions, named: named ?? [], languages } }),
    };
  } finally {
    await index.close();
  }
}

/** Characters of what every passage of a document repeats. */
const LABELS = 64_000;

/**
 * A few megabytes of metadata on each of thousands of passages would fill the disk.
 * @throws XqgError XQG_DOCUMENT_LABELS
 */
function requireShortLabels({ id, title, metadata, blocks }: SourceDocument): void {
  const headings = blocks.reduce(
    (most, block) =>
      Math.max(
        most,
        block.headings.reduce((sum, { length }) => sum + length, 0),
      ),
    0,
  );
  const size = id.length + title.length + headings + JSON.stringify(metadata).length;
  if (size > LABELS)
    throw new XqgError('XQG_DOCUMENT_LABELS', { id: id.slice(0, 200), limit: LABELS });
}

async function remove({ directory, documents, filters }: RemoveTask): Promise<WriteResult> {
  const hidden = await hiddenDocuments(directory, filters);
  const visible = documents.filter((id) => !hidden.has(id));
  const { removeFromIndex } = await import('../../indexing/remove.js');
  const removed =
    visible.length === 0 ? 0 : await removeFromIndex(directory, { documents: visible });
  if (removed === 0)
    throw new XqgError('XQG_NOTHING_REMOVED', { what: documents.join(', '), dir: directory });
  return {
    status: 'complete',
    documents: { indexed: 0, unchanged: 0, removed: visible.length, failed: 0 },
    passages: removed,
    failures: [],
  };
}

/** Documents with a passage that does not pass the filters, or that others see, too. */
async function hiddenDocuments(
  directory: string,
  filters: readonly string[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>();
  if (filters.length === 0 || (await findManifest(directory)) === null) return hidden;
  const passes = parseFilters(filters, 'all');
  const snapshot = await openSnapshot(directory);
  try {
    for await (const rows of snapshot.scan(FILTER_COLUMNS)) {
      for (const row of rows) if (!passes(row)) hidden.add(row.documentId);
    }
  } finally {
    await snapshot.close();
  }
  return hidden;
}
