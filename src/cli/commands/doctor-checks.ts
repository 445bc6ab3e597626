/**
 * What is wrong on this machine, or with an index, and the command that fixes it.
 */
import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';
import { formatCount } from '../../base/numbers.js';
import { version } from '../../base/version.js';
import { PIVOT } from '../../pack/pack.js';

export interface Check {
  readonly name: string;
  /**
   * `slow`: everything works, but not as fast or as well as it could; `partly`: some texts are not
   * in the index.
   */
  readonly verdict: 'ok' | 'slow' | 'partly' | 'broken';
  readonly detail: string;
  /** A command or an action; null where nothing is wrong. */
  readonly remedy: string | null;
}

const NAMED_OMISSIONS = 5;
const LEAST_FREE_BYTES = 1e9;
/** The flag keeps its script from downloading CUDA, which xqg does not use. */
const RUNTIME_REMEDY = 'npm install onnxruntime-node --onnxruntime-node-install=skip';

/**
 * Looks at Node, the native parts and the pack; with `dir` also at the index there.
 * @param pack name or folder; default: that of the index, else base
 */
export async function checkUp(dir?: string, pack?: string): Promise<Check[]> {
  const checks = [checkNode(), await checkStore(), await checkScanner()];
  checks.push(await checked('encoder', checkEncoder));
  checks.push(await checked('pack', () => checkPack(dir, pack)));
  if (dir !== undefined) {
    // Before the index is opened, which builds damaged segments again.
    if (existsSync(dir)) checks.push(await checked('files', () => checkFiles(dir)));
    const index = await checked('index', () => checkIndex(dir));
    checks.push(index);
    if (index.verdict !== 'broken')
      checks.push(await checked('search', () => checkSearch(dir, pack)));
    checks.push(...(await checkOmissions(dir)));
    if (existsSync(dir)) checks.push(await checked('disk', () => checkDisk(dir)));
  }
  return checks;
}

const ok = (name: string, detail: string): Check => ({ name, verdict: 'ok', detail, remedy: null });

async function checked(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    const remedy =
      error instanceof XqgError
        ? error.remedy
        : 'Run again with XQG_DEBUG=1 and report what it says.';
    return { name, verdict: 'broken', detail: (error as Error).message, remedy };
  }
}

function checkNode(): Check {
  const detail = `xqg ${version()}, Node ${process.version}, ICU ${process.versions.icu ?? 'none'}, ${process.platform} ${process.arch}`;
  const thai = [...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีชาวโลก')].length;
  if (process.versions.icu === undefined || thai < 2) {
    const remedy = 'Use a Node.js with full ICU (every official build has it): https://nodejs.org';
    return {
      name: 'node',
      verdict: 'broken',
      detail: `${detail}: words of Thai are not found`,
      remedy,
    };
  }
  return ok('node', detail);
}

async function checkStore(): Promise<Check> {
  try {
    await import('@lancedb/lancedb');
    return ok('store', 'LanceDB loads');
  } catch (error) {
    const libc =
      process.platform === 'linux'
        ? (await isMusl())
          ? '-musl'
          : '-gnu'
        : process.platform === 'win32'
          ? '-msvc'
          : '';
    const platform = `@lancedb/lancedb-${process.platform}-${process.arch}${libc}`;
    const remedy = `npm install ${platform}   (if there is no such package, LanceDB does not run on this machine)`;
    return { name: 'store', verdict: 'broken', detail: firstLine(error), remedy };
  }
}

/** Alpine and other systems without glibc. */
async function isMusl(): Promise<boolean> {
  const loader = await readFile('/usr/bin/ldd', 'utf8').catch(() => '');
  return loader.includes('musl');
}

async function checkScanner(): Promise<Check> {
  const { openScanner } = await import('../../search/dense/open-scanner.js');
  const { scanner, fallbackReason } = await openScanner();
  await scanner.close();
  if (fallbackReason === null) return ok('scan', `${scanner.name} loads`);
  const detail = `the scan runs in JavaScript, slower, with the same results (${fallbackReason.split('\n')[0]})`;
  return { name: 'scan', verdict: 'slow', detail, remedy: RUNTIME_REMEDY };
}

/** The neural encoder that ships with xqg, without which new indexes have the static one. */
async function checkEncoder(): Promise<Check> {
  const { verifyFiles } = await import('../../models/files.js');
  const { shippedModel } = await import('../../models/places.js');
  const { openEncoder } = await import('../../encode/open-encoder.js');
  const { name, folder } = shippedModel();
  await verifyFiles(folder);
  try {
    await (await openEncoder('e5')).close?.();
  } catch (error) {
    if (!(error instanceof XqgError && error.code === 'XQG_PACKAGE_MISSING')) throw error;
    const detail = `new indexes have the static encoder, which finds less (${error.details.reason})`;
    return { name: 'encoder', verdict: 'slow', detail, remedy: RUNTIME_REMEDY };
  }
  return ok('encoder', `e5 (${name}) runs, every file as it was made`);
}

async function checkPack(dir?: string, packName?: string): Promise<Check> {
  const { loadPack } = await import('../../pack/format.js');
  const { findManifest } = await import('../../indexing/manifest.js');
  const made = dir === undefined ? undefined : (await findManifest(dir))?.identity.pack;
  const pack = await loadPack(packName ?? made?.name ?? 'base');
  // Tables are read, and their hashes compared, when they are first needed.
  for (const lang of pack.languages) if (lang !== PIVOT) pack.table(lang);
  const { name, version: packVersion, sha256 } = pack.identity;
  const detail = `${name} ${packVersion}, ${pack.languages.length} languages, every file as it was made`;
  if (made && made.sha256 !== sha256) {
    const remedy = `Index again into another directory: xqg index PATH --index OTHER_DIR`;
    return {
      name: 'pack',
      verdict: 'broken',
      detail: `${detail}; the index was made with ${made.name} ${made.version}`,
      remedy,
    };
  }
  return ok('pack', detail);
}

async function checkIndex(dir: string): Promise<Check> {
  const { openSnapshot } = await import('../../indexing/open.js');
  const snapshot = await openSnapshot(dir);
  try {
    const segments = await snapshot.segments();
    const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
    if (rows !== snapshot.ids.length) {
      const detail = `${rows} lexical rows for ${snapshot.ids.length} passages`;
      return { name: 'index', verdict: 'broken', detail, remedy: 'Run the same xqg index again.' };
    }
    const { state } = snapshot.manifest;
    const passages = `${snapshot.ids.length.toLocaleString('en-US')} passages`;
    if (state.status === 'complete' && state.failed > 0) {
      const [{ path, message }] = state.failures;
      const total = formatCount(state.done + state.failed);
      return {
        name: 'index',
        verdict: 'partly',
        detail: `${passages}; ${formatCount(state.failed)} of ${total} documents were set aside, the first: ${path} (${message})`,
        remedy: `xqg status --index ${dir} names them: mend or remove them, then run the same xqg index again.`,
      };
    }
    if (state.status !== 'complete') {
      const detail = `${passages}; the last run did not finish: ${state.done} documents done, ${state.failed} failed`;
      return {
        name: 'index',
        verdict: 'broken',
        detail,
        remedy: 'Run the same xqg index again: what is done is kept.',
      };
    }
    return ok('index', `${passages}, complete`);
  } finally {
    await snapshot.close();
  }
}

/** Asks as `xqg search` does: with the encoder, the generator and the pack of the index. */
async function checkSearch(dir: string, pack?: string): Promise<Check> {
  const { openIndex } = await import('../../xqg-index.js');
  const index = await openIndex(dir, { pack });
  try {
    const { hits, warnings } = await index.search('a', { k: 1 });
    if (hits.length === 0) return ok('search', 'a question is answered, with no hit');
    return ok('search', ['a question is answered', ...warnings].join('; '));
  } finally {
    await index.close();
  }
}

const DAMAGE_REMEDIES = {
  store: 'Index again into another directory: xqg index PATH --index OTHER_DIR; check the disk.',
  ann: 'xqg ann build --index DIR',
  lexical: 'It has been built again from its rows: run xqg doctor once more, and check the disk.',
} as const;

async function checkFiles(dir: string): Promise<Check> {
  const { damagedFiles } = await import('../../indexing/durability/checksums.js');
  const { readableManifest } = await import('../../indexing/durability/recovery.js');
  const { recovered } = await readableManifest(dir);
  const damaged = await damagedFiles(dir);
  if (damaged.length > 0) {
    const { path, kind } = damaged[0];
    const others = damaged.length === 1 ? '' : ` and ${damaged.length - 1} others`;
    const detail = `${path}${others}: the sha256 does not fit the content`;
    return { name: 'files', verdict: 'broken', detail, remedy: DAMAGE_REMEDIES[kind] };
  }
  if (recovered !== undefined) {
    const { message, remedy } = new XqgError('XQG_INDEX_RECOVERED', { dir, ...recovered });
    return { name: 'files', verdict: 'broken', detail: message, remedy };
  }
  return ok('files', 'every file as it was written');
}

/** Files of which the last run left out something. */
async function checkOmissions(dir: string): Promise<Check[]> {
  const { findManifest } = await import('../../indexing/manifest.js');
  const { describeWrongLanguage } = await import('../../indexing/omissions.js');
  const omissions = (await findManifest(dir).catch(() => null))?.state.omissions;
  if (omissions === undefined) return [];
  const wrong = (omissions.languages ?? []).map(
    (each): Check => ({
      name: 'texts',
      verdict: 'partly',
      detail: describeWrongLanguage(each),
      remedy:
        'The text decided. If it is wrong, say so with --lang; else correct what is declared.',
    }),
  );
  if (omissions.named.length === 0) return wrong;
  const shown = omissions.named.slice(0, NAMED_OMISSIONS);
  const others = omissions.named.length - shown.length;
  const texts = shown.map(({ path, reason }) => `${path}: ${reason}`);
  const more = others > 0 ? `; and ${formatCount(others)} more` : '';
  return [
    ...wrong,
    {
      name: 'texts',
      verdict: 'partly',
      detail: `${texts.join('; ')}${more}`,
      remedy: `xqg status --index ${dir} names them all; convert what no reader knows, and give scanned pages a text layer (OCR).`,
    },
  ];
}

async function checkDisk(dir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(1)} GB free`;
  if (free >= LEAST_FREE_BYTES) return ok('disk', detail);
  return {
    name: 'disk',
    verdict: 'slow',
    detail,
    remedy: 'Free some space: writing needs room for a second copy of what changes.',
  };
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0];
}
