/** The messages between the server and the process that writes an index for it. */

import type { FailureReport } from '../../base/errors.js';
import type { FileLimits } from '../../corpus/isolation/limits.js';
import type { MetadataValue } from '../../corpus/passage.js';
import type { ReadBytes } from '../../corpus/progress.js';
import type { IndexProgress, IndexResult } from '../../indexing/options.js';

/** Source of documents that came through a server. */
export const UPLOAD_SOURCE = 'upload';

interface TaskBase {
  /** Absolute path of the index; made if absent. */
  readonly directory: string;
  readonly pack?: string;
  /** Nothing is written, and nothing is removed, that does not pass them. */
  readonly filters: readonly string[];
}

export interface AddTask extends TaskBase {
  readonly kind: 'add';
  /** Folder of the files. */
  readonly folder: string;
  /** What each of them may take. */
  readonly fileLimits?: FileLimits;
  readonly lang?: string;
  /** For all documents, where they do not say otherwise. */
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

export interface RemoveTask extends TaskBase {
  readonly kind: 'remove';
  readonly documents: readonly string[];
}

export type WriteTask = AddTask | RemoveTask;

export type WriteResult = Pick<
  IndexResult,
  'status' | 'documents' | 'passages' | 'failures' | 'omissions'
>;

export interface WriterProgress {
  readonly progress: IndexProgress;
  readonly read: ReadBytes;
}

export type WriterMessage =
  | WriterProgress
  | { readonly result: WriteResult }
  | { readonly failure: FailureReport['error'] };
