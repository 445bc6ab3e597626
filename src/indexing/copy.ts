/**
 * An index into another store: row by row in the order of the source, so that a copy that was
 * interrupted goes on behind the last row that is there. The copy has the digest of the source.
 */
import { resolve } from 'node:path';
import { XqgError } from '../base/errors.js';
import { rememberTrust } from '../base/trust.js';
import { isCandidateStore } from '../store/candidate-store.js';
import { parseAddress, storeEntries } from '../store/opensearch/address.js';
import { COLUMNS, type IndexedPassage, type StoreReader } from '../store/store.js';
import type { Manifest } from './manifest.js';
import { type OpenedVersion, openVersion } from './open.js';
import { storedGlossary, storeGlossary } from './stored-glossary.js';
import { IndexWriter } from './writer.js';

export interface CopyOptions {
  /** `opensearch://...`: where the rows go. Default: into the directory. */
  readonly store?: string;
  /** When aborted, what is copied stays; the same call goes on. */
  readonly signal?: AbortSignal;
  /** Rows per write. Default 2,048. */
  readonly writeRows?: number;
  readonly onProgress?: (progress: CopyProgress) => void;
}

interface CopyProgress {
  readonly phase: 'rows' | 'sealing';
  readonly passages: number;
  readonly total: number;
}

export interface CopyResult {
  readonly passages: number;
  /** Of these, copied by an earlier call. */
  readonly before: number;
}

const WRITE_ROWS = 2048;

/**
 * @param from directory of the index to copy; its sealed version is copied
 * @param to directory of the copy: absent, empty or an unfinished copy of that version
 * @throws XqgError XQG_COPY_OTHER, XQG_INDEX_LOCKED, those of opening and of the stores, and the
 * signal's reason
 */
export async function copyIndex(
  from: string,
  to: string,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const { store, signal, onProgress, writeRows = WRITE_ROWS } = options;
  if (store !== undefined) await rememberTrust(storeEntries(parseAddress(store)));
  const source = await openVersion(from);
  try {
    const copying = { from: resolve(from), version: source.reader.version };
    return await IndexWriter.use(
      to,
      async (writer) => {
        requireSame(to, writer.manifest, copying);
        const { glossary } = source.manifest.identity;
        if (glossary !== undefined) {
          const terms = await storedGlossary(from, glossary);
          await storeGlossary(to, terms, isCandidateStore(writer.store) ? writer.store : null);
        }
        const target = await writer.store.snapshot();
        const before = await target.count();
        await requireBeginning(to, source.reader, target, before);
        target.close();
        const total = await source.reader.count();
        let passages = before;
        let rows: IndexedPassage[] = [];
        const write = async (): Promise<void> => {
          const some = rows.slice(0, writeRows);
          await writer.store.upsert(some, { allNew: true });
          passages += some.length;
          rows = rows.slice(writeRows);
          onProgress?.({ phase: 'rows', passages, total });
        };
        for await (const batch of source.reader.scan(COLUMNS, { offset: before })) {
          for (const row of batch) rows.push(row);
          while (rows.length >= writeRows) {
            await write();
            signal?.throwIfAborted();
          }
        }
        await write();
        await writer.seal(source.manifest.state, (done) =>
          onProgress?.({ phase: 'sealing', passages: done, total }),
        );
        await writer.save({ copying: undefined });
        return { passages, before };
      },
      (found) => begun(to, found, source, { store, copying }),
    );
  } finally {
    await source.close();
  }
}

/** The manifest with which a copy begins or goes on. */
function begun(
  dir: string,
  found: Manifest | null,
  { manifest }: OpenedVersion,
  { store, copying }: { store: string | undefined; copying: NonNullable<Manifest['copying']> },
): Manifest {
  if (found !== null) {
    requireSame(dir, found, copying);
    return found;
  }
  const { store: _, ...rest } = manifest;
  return {
    ...rest,
    sealed: null,
    durable: undefined,
    recovered: undefined,
    purging: false,
    state: { ...manifest.state, status: 'indexing' },
    copying,
    ...(store === undefined ? {} : { store }),
  };
}

function requireSame(
  dir: string,
  { copying: there }: Manifest,
  copying: NonNullable<Manifest['copying']>,
): void {
  if (there?.from === copying.from && there.version === copying.version) return;
  const reason =
    there === undefined
      ? 'an index is there already'
      : `it began with version ${there.version} of ${there.from}, now it is ${copying.version} of ${copying.from}`;
  throw new XqgError('XQG_COPY_OTHER', { to: dir, from: copying.from, reason });
}

/** What is there must be the first rows of the source. */
async function requireBeginning(
  dir: string,
  source: StoreReader,
  target: StoreReader,
  rows: number,
): Promise<void> {
  if (rows === 0) return;
  const [there, here] = await Promise.all([idAt(target, rows - 1), idAt(source, rows - 1)]);
  if (there === here) return;
  const reason = `its passage ${rows} is "${there}", not "${here}"`;
  throw new XqgError('XQG_COPY_OTHER', { to: dir, from: source.version, reason });
}

async function idAt(reader: StoreReader, place: number): Promise<string | undefined> {
  for await (const [row] of reader.scan(['id'], { offset: place, limit: 1 })) return row.id;
  return undefined;
}
