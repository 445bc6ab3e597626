import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceDocument } from '../../src/corpus/passage.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { readManifest } from '../../src/indexing/manifest.js';
import type { IndexOptions } from '../../src/indexing/options.js';
import { indexStatus } from '../../src/indexing/status.js';
import { encoder, generator } from '../support/hashed-recipe.js';

let root: string;
let number = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-languages-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newDir = (): string => join(root, String(++number));
const options: IndexOptions = { encoder, generator, writeRows: 8, computeRows: 4 };

const ENGLISH = [
  'Lock the shed at night.',
  'Sand is in bin two.',
  'Ring Otto about skis.',
  'Oil the hinges.',
  'No flash in here.',
  'Bring a lamp.',
  'Tea is free.',
  'Stamp all letters.',
  'Rent is due Monday.',
  'Mind the step.',
];
const FINNISH = [
  'Avaimet ovat hyllyllä.',
  'Kahvi on loppu.',
  'Portti suljetaan.',
  'Sauna lämpiää.',
  'Tuo lamppu.',
  'Posti tulee ensi.',
  'Kissa on ulkona.',
  'Lumi on tehty.',
];

function rows(texts: readonly string[], more: Partial<SourceDocument> = {}): SourceDocument[] {
  return texts.map((text, i) => ({
    id: `${more.path ?? 'r'}-${i}`,
    source: '/data',
    path: '/data/rows.jsonl',
    line: i + 1,
    title: '',
    metadata: {},
    blocks: [{ headings: [], text }],
    ...more,
  }));
}

async function* stream(documents: readonly SourceDocument[]): AsyncGenerator<SourceDocument> {
  yield* documents;
}

const languages = async (dir: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await indexStatus(dir)).languages.map(({ lang, passages }) => [lang, passages]),
  );

describe('short rows', () => {
  it('are judged with those around them', async () => {
    const dir = newDir();
    await indexDocuments(dir, stream(rows(ENGLISH)), options);
    expect(await languages(dir)).toEqual({ en: ENGLISH.length });
    const finnish = newDir();
    await indexDocuments(finnish, stream(rows(FINNISH)), options);
    expect(await languages(finnish)).toEqual({ fi: FINNISH.length });
  });

  it('of two files do not meet, and another language among them is seen', async () => {
    const dir = newDir();
    const german = 'Die Schlüssel hängen im Flur neben der Garderobe.';
    const documents = [
      ...rows(ENGLISH, { path: '/data/a.jsonl' }),
      ...rows([...FINNISH, german], { path: '/data/b.jsonl' }),
    ];
    await indexDocuments(dir, stream(documents), options);
    expect(await languages(dir)).toEqual({ en: ENGLISH.length, fi: FINNISH.length, de: 1 });
  });

  it('come out the same whatever the batches are, and after an interruption', async () => {
    const whole = newDir();
    const documents = rows([...ENGLISH, ...FINNISH]);
    await indexDocuments(whole, stream(documents), options);
    const other = newDir();
    const stopping = new AbortController();
    await indexDocuments(other, stream(documents), {
      ...options,
      writeRows: 3,
      computeRows: 2,
      signal: stopping.signal,
      onProgress: ({ passages }) => {
        if (passages >= 5) stopping.abort();
      },
    });
    expect((await indexStatus(other)).passages).toBeLessThan(documents.length);
    await indexDocuments(other, stream(documents), { ...options, writeRows: 5 });
    expect(await digestIndex(other)).toBe(await digestIndex(whole));
  });
});

describe('a wrong language that documents declare', () => {
  const thai = ['ผึ้งผลิตน้ำผึ้งจากน้ำหวานของดอกไม้', 'รถไฟออกทุกวันเวลาหกโมงเย็น'];

  it('is said once, with a count, also when they are met again unchanged', async () => {
    const dir = newDir();
    const documents = rows([...thai, ...ENGLISH], { lang: 'en' });
    const said = [{ declared: 'en', lang: 'th', documents: 2, path: '/data/rows.jsonl' }];
    const result = await indexDocuments(dir, stream(documents), options);
    expect(result.omissions?.languages).toEqual(said);
    expect(await languages(dir)).toEqual({ en: ENGLISH.length, th: 2 });
    const again = await indexDocuments(dir, stream(documents), options);
    expect(again.documents.unchanged).toBe(documents.length);
    expect(again.omissions?.languages).toEqual(said);
    const corrected = documents.map((document, i) =>
      i < 2 ? { ...document, lang: 'th' } : document,
    );
    await indexDocuments(dir, stream(corrected), options);
    expect((await readManifest(dir)).state.omissions).toBeUndefined();
  });

  it('given for all documents is refused where it is none, before anything is made', async () => {
    const dir = newDir();
    const run = (lang: string) =>
      indexDocuments(dir, stream(rows(ENGLISH)), { ...options, splitting: { lang } });
    await expect(run('jp')).rejects.toMatchObject({ code: 'XQG_NOT_A_LANGUAGE' });
    await expect(run('blah')).rejects.toMatchObject({ code: 'XQG_UNKNOWN_LANGUAGE' });
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'XQG_INDEX_MISSING' });
  });
});
