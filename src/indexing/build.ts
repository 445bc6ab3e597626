/**
 * Documents into an index: skips what is unchanged, indexes the rest, drops what is gone, seals.
 * May be killed at any moment; the same call again goes on and ends in the same content.
 */

import { tunedAugmentation } from '../augment/tuned.js';
import { XqgError } from '../base/errors.js';
import { version } from '../base/version.js';
import type { SourceDocument } from '../corpus/passage.js';
import { WORD_RULES } from '../languages/analysis.js';
import { requireLanguage } from '../languages/tags.js';
import { isCandidateStore } from '../store/candidate-store.js';
import { IndexRun } from './index-run.js';
import { checkIdentity, INDEX_FORMAT, type Manifest } from './manifest.js';
import { type OmissionRecord, Omissions } from './omissions.js';
import type { DocumentSource, IndexOptions, IndexResult } from './options.js';
import { removeOtherGlossaries, storeGlossary } from './stored-glossary.js';
import { sameStore } from './stores.js';
import { IndexWriter } from './writer.js';

/**
 * Brings the index in `dir` (made if absent) to hold exactly these documents of their sources;
 * other sources stay as they are.
 *
 * @throws XqgError XQG_INDEX_LOCKED, XQG_INDEX_IDENTITY, XQG_INDEX_ICU, XQG_INDEX_FORMAT,
 * XQG_INDEX_DAMAGED, XQG_DISK_FULL, XQG_NO_PERMISSION, XQG_NOT_A_LANGUAGE, XQG_UNKNOWN_LANGUAGE,
 * and what the documents' source throws; what is computed by then is written
 */
export async function indexDocuments(
  dir: string,
  documents: DocumentSource,
  options: IndexOptions,
): Promise<IndexResult> {
  const { lang } = options.splitting ?? {};
  if (lang !== undefined) requireLanguage(lang, 'the language of the documents');
  const failed: [string, XqgError][] = [];
  let onFailure = (path: string, error: XqgError): void => {
    failed.push([path, error]);
  };
  const omissions = new Omissions();
  const source =
    typeof documents === 'function'
      ? documents((...what) => onFailure(...what), omissions)
      : documents;
  // Nothing is made or locked for a source without a readable document.
  const started = await begin(source);
  try {
    return await IndexWriter.use(
      dir,
      async (writer) => {
        const { glossary = null } = options;
        const { store } = writer;
        if (glossary !== null)
          await storeGlossary(dir, glossary, isCandidateStore(store) ? store : null);
        const { glossary: _, ...identity } = writer.manifest.identity;
        await writer.save({
          identity: glossary === null ? identity : { ...identity, glossary: glossary.sha256 },
        });
        await removeOtherGlossaries(dir, glossary?.sha256 ?? null);
        const run = new IndexRun(writer, options, omissions);
        onFailure = (path, error) => run.fail(path, error);
        for (const what of failed) onFailure(...what);
        return run.run(started.documents);
      },
      (found) => manifestOf(dir, found, options),
    );
  } finally {
    await started.end();
  }
}

/** Reads the first document. */
async function begin(
  source: AsyncIterable<SourceDocument>,
): Promise<{ documents: AsyncIterable<SourceDocument>; end: () => Promise<unknown> }> {
  const iterator = source[Symbol.asyncIterator]();
  let next = await iterator.next();
  async function* documents(): AsyncGenerator<SourceDocument> {
    for (; !next.done; next = await iterator.next()) yield next.value;
  }
  return { documents: documents(), end: async () => iterator.return?.() };
}

/** @throws XqgError XQG_STORE_OTHER if the index has another store */
function storeOf(
  dir: string,
  found: Manifest | null,
  address: string | undefined,
): Pick<Manifest, 'store'> {
  const store = found === null ? address : found.store;
  if (address !== undefined && (store === undefined || !sameStore(store, address))) {
    throw new XqgError('XQG_STORE_OTHER', { dir, index: store ?? 'its directory', given: address });
  }
  return store === undefined ? {} : { store };
}

function languagesOf(found: Manifest | null): OmissionRecord | undefined {
  const languages = found?.state.omissions?.languages;
  return languages && { counts: {}, named: [], languages };
}

/** The manifest with which a run begins. */
function manifestOf(dir: string, found: Manifest | null, options: IndexOptions): Manifest {
  const {
    encoder,
    generator,
    pack = null,
    queriesPerLanguage = 5,
    seed = 0,
    sumBits = 8,
  } = options;
  const now = new Date().toISOString();
  const identity = {
    encoder: encoder.identity,
    generator: generator?.identity ?? null,
    pack,
    queryLanguages: [...(options.queryLanguages ?? generator?.languages ?? [])].sort(),
    queriesPerLanguage,
    seed,
    sumBits,
    sentences: options.sentences === true ? (true as const) : undefined,
    encodesQueries: options.encodeQueries === false ? (false as const) : undefined,
    icu: process.versions.icu ?? 'none',
    wordRules: WORD_RULES,
  };
  if (found !== null) checkIdentity(dir, found.identity, identity);
  return {
    format: INDEX_FORMAT,
    tool: { version: version(), node: process.version },
    identity:
      found?.identity.glossary === undefined
        ? identity
        : { ...identity, glossary: found.identity.glossary },
    ...(options.encoderSpec === undefined ? {} : { encoderSpec: options.encoderSpec }),
    ...(identity.queryLanguages.length === 0 || options.encodeQueries === false
      ? {}
      : { augmentation: tunedAugmentation(encoder, generator) }),
    splitting: options.splitting ?? {},
    created: found?.created ?? now,
    updated: now,
    state: {
      status: 'indexing',
      expected: options.expected ?? null,
      done: 0,
      failed: 0,
      failures: [],
      // Unchanged documents are not read again unless they may be among these.
      omissions: languagesOf(found),
    },
    counts: found?.counts ?? { documents: 0, passages: 0 },
    sealed: found?.sealed ?? null,
    durable: found?.durable,
    recovered: found?.recovered,
    purging: found?.purging ?? false,
    ...storeOf(dir, found, options.store),
  };
}
