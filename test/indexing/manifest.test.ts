import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storageError } from '../../src/base/errors.js';
import { canonicalJson } from '../../src/base/identity.js';
import {
  checkIdentity,
  findManifest,
  type IndexIdentity,
  readManifest,
} from '../../src/indexing/manifest.js';
import { WORD_RULES } from '../../src/languages/analysis.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'xqg-manifest-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const identity: IndexIdentity = {
  encoder: { name: 'e', dim: 2, weights: 'w', unitLength: true, settings: { a: 1, b: 2 } },
  generator: null,
  pack: null,
  queryLanguages: ['th'],
  queriesPerLanguage: 5,
  seed: 0,
  sumBits: 8,
  icu: process.versions.icu!,
  wordRules: WORD_RULES,
};

describe('the manifest', () => {
  it('is reported missing if there is none', async () => {
    expect(await findManifest(dir)).toBeNull();
    expect(await findManifest(join(dir, 'none'))).toBeNull();
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'XQG_INDEX_MISSING' });
  });

  it.each([
    ['no JSON', '{"format": 1,'],
    ['no manifest', '[]'],
    ['null', 'null'],
  ])('is refused if it is damaged: %s', async (_, text) => {
    await writeFile(join(dir, 'xqg.json'), text);
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'XQG_INDEX_DAMAGED' });
  });

  it('of a newer format is refused, naming both formats and the tool that wrote it', async () => {
    await writeFile(
      join(dir, 'xqg.json'),
      JSON.stringify({ format: 99, tool: { version: '7.0.0' } }),
    );
    await expect(readManifest(dir)).rejects.toMatchObject({
      code: 'XQG_INDEX_FORMAT',
      details: { format: 99, version: '7.0.0', known: 1 },
    });
  });
});

describe('the identity of an index', () => {
  it('equals itself, in any order of keys and with optional keys omitted', () => {
    const settings = { b: 2, a: 1 };
    checkIdentity(dir, identity, { ...identity, encoder: { ...identity.encoder, settings } });
    checkIdentity(dir, identity, {});
  });

  it('differs if the ICU version differs', () => {
    expect(() => checkIdentity(dir, { ...identity, icu: '1.0' }, {})).toThrow(
      expect.objectContaining({
        code: 'XQG_INDEX_ICU',
        details: { dir, index: '1.0', given: identity.icu },
      }),
    );
  });

  it('is named with the other one if they differ', () => {
    const encoder = { ...identity.encoder, dim: 3 };
    expect(() => checkIdentity(dir, identity, { encoder })).toThrow(
      expect.objectContaining({
        code: 'XQG_INDEX_IDENTITY',
        details: {
          dir,
          what: 'encoder',
          index: canonicalJson(identity.encoder),
          given: canonicalJson(encoder),
        },
      }),
    );
  });
});

describe('the sentences of an index', () => {
  it('are encoded or not from its beginning', () => {
    const spoken = { ...identity, sentences: true as const };
    checkIdentity(dir, identity, { ...identity, sentences: undefined });
    checkIdentity(dir, spoken, identity);
    const refused = (index: IndexIdentity, own: object, details: object) =>
      expect(() => checkIdentity(dir, index, own)).toThrow(
        expect.objectContaining({ code: 'XQG_INDEX_SENTENCES', details: { dir, ...details } }),
      );
    refused(identity, spoken, {
      index: 'has no vectors of sentences',
      option: '--no-sentences',
    });
    refused(
      spoken,
      { ...identity, sentences: undefined },
      {
        index: 'has vectors of sentences',
        option: '--sentences',
      },
    );
  });
});

describe('errors of the disk', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'XQG_DISK_FULL'],
    [
      new Error('lance error: LanceError(IO): No space left on device (os error 28), /x.rs:1:2'),
      'XQG_DISK_FULL',
    ],
    [Object.assign(new Error('x'), { code: 'EROFS' }), 'XQG_NO_PERMISSION'],
    [
      new Error('Generic LocalFileSystem error: Permission denied (os error 13)'),
      'XQG_NO_PERMISSION',
    ],
  ])('are explained: %s', (cause, code) => {
    expect(storageError(cause, '/data')).toMatchObject({ code, details: { path: '/data' }, cause });
  });

  it('are passed on unchanged if they are unrelated', () => {
    const cause = new Error('File exists (os error 17)');
    expect(storageError(cause, '/data')).toBe(cause);
  });
});
