import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  loadPack,
  writeLanguage,
  writeMeans,
  writePivot,
  writeRelatives,
} from '../../src/pack/format.js';
import { readManifest, writeManifest } from '../../src/pack/manifest.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/pack/safetensors.js';
import { TranslationTable } from '../../src/pack/table.js';
import { GERMAN, STEMS } from '../support/pack-in-memory.js';

const PIVOT = {
  stems: STEMS,
  surfaces: STEMS,
  counts: new Float32Array(STEMS.length).fill(2),
  total: 100,
  vectors: new Int8Array(STEMS.length * 4).fill(5),
  scales: new Float32Array(STEMS.length).fill(0.1),
  dim: 4,
};

function writePack(folder: string): void {
  const { sha256 } = writePivot(join(folder, 'english.safetensors'), PIVOT);
  const de = { ...writeLanguage(folder, GERMAN), entries: 1, sentences: 2, sources: ['test'] };
  writeManifest(folder, {
    name: 'test',
    version: '1',
    license: 'CC0-1.0',
    pivot: {
      file: 'english.safetensors',
      sha256,
      stems: STEMS.length,
      vectors: STEMS.length,
      dim: 4,
    },
    languages: { de },
    madeBy: {},
  });
}

describe('packs on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xqg-pack-'));
    writePack(folder);
  });

  it('are read as they were written, with shares that differ by at most two steps', async () => {
    const pack = await loadPack(folder);
    expect(pack.languages).toEqual(['de', 'en']);
    const table = pack.table('de')!;
    expect(table.size).toBe(GERMAN.terms.length);
    expect(pack.surface('leut', 'de')).toBe('leute');
    const exact = new TranslationTable(GERMAN, STEMS.length);
    for (const term of GERMAN.terms) {
      const links = new Map(table.toPivot(term).map(({ id, p }) => [id, p]));
      for (const { id, p } of exact.toPivot(term))
        expect(Math.abs(links.get(id)! / p - 1)).toBeLessThan(0.085);
    }
    expect(table.toPivot('haus')[0].p).toBeCloseTo(0.8, 1);
  });

  it('have an identity that changes with the content', async () => {
    const before = (await loadPack(folder)).identity.sha256;
    writePack(folder);
    expect((await loadPack(folder)).identity.sha256).toBe(before);
    writeLanguage(folder, { ...GERMAN, surfaces: GERMAN.terms });
    await expect(loadPack(folder).then((pack) => pack.table('de'))).rejects.toMatchObject({
      code: 'XQG_PACK_DAMAGED',
    });
  });

  it('may have mean vectors of their languages, which are part of the identity', async () => {
    const before = await loadPack(folder);
    expect(before.means).toBeNull();
    const means = new Map([
      ['de', Float32Array.of(0.5, -1)],
      ['en', Float32Array.of(0.25, 2)],
    ]);
    writeManifest(folder, { ...readManifest(folder), means: writeMeans(folder, means) });
    const pack = await loadPack(folder);
    expect(pack.means).toEqual(means);
    expect(pack.identity.sha256).not.toBe(before.identity.sha256);
    writeFileSync(join(folder, 'means.safetensors'), 'cut');
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'XQG_PACK_DAMAGED' });
  });

  it('may list near-synonyms of stems, with a nearness in steps of 1/255', async () => {
    const before = await loadPack(folder);
    expect(before.pivot.relatives(0)).toEqual([]);
    const relatives = {
      starts: Uint32Array.of(0, 2, 2, 3),
      stems: Uint32Array.of(3, 1, 0),
      nearness: Float32Array.of(1, 0.25, 0.001),
    };
    const { sha256 } = writeRelatives(join(folder, 'relatives.safetensors'), relatives);
    const file = { file: 'relatives.safetensors', sha256 };
    writeManifest(folder, { ...readManifest(folder), relatives: file });
    const pack = await loadPack(folder);
    const [nearest, next] = pack.pivot.relatives(0);
    expect([nearest, next.id]).toEqual([{ id: 3, p: 1 }, 1]);
    expect(next.p).toBeCloseTo(0.25, 2);
    expect(pack.pivot.relatives(1)).toEqual([]);
    expect(pack.pivot.relatives(2)[0].p).toBeGreaterThan(0);
    expect(pack.pivot.relatives(STEMS.length - 1)).toEqual([]);
    expect(pack.identity.sha256).not.toBe(before.identity.sha256);
    writeFileSync(join(folder, 'relatives.safetensors'), 'cut');
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'XQG_PACK_DAMAGED' });
  });

  it('are refused when a file is truncated or missing, or has another format', async () => {
    const path = join(folder, 'english.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'XQG_PACK_DAMAGED' });
    writeFileSync(join(folder, 'de.safetensors.br'), 'not brotli');
    writePivot(path, PIVOT);
    await expect(loadPack(folder).then((pack) => pack.table('de'))).rejects.toMatchObject({
      code: 'XQG_PACK_DAMAGED',
    });
    writeFileSync(join(folder, 'manifest.json'), '{"format": 99}');
    expect(() => readManifest(folder)).toThrowError(
      expect.objectContaining({ code: 'XQG_PACK_FORMAT' }),
    );
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect(() => readManifest(folder)).toThrowError(
      expect.objectContaining({ code: 'XQG_PACK_DAMAGED' }),
    );
    await expect(loadPack(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'XQG_PACK_NOT_FOUND',
    });
  });
});

describe('safetensors', () => {
  it('preserve every type and shape', () => {
    const tensors = {
      bytes: { shape: [3], data: Uint8Array.of(1, 2, 3) },
      floats: { shape: [2, 1], data: Float32Array.of(0.5, -2) },
      words: { shape: [1], data: Uint16Array.of(65535) },
      numbers: { shape: [2], data: Uint32Array.of(7, 4294967295) },
      signed: { shape: [1], data: Int8Array.of(-128) },
    };
    const decoded = decodeSafetensors(encodeSafetensors({ tensors, metadata: { a: 'b' } }), 'here');
    expect(decoded.metadata).toEqual({ a: 'b' });
    expect(decoded.tensors).toEqual(tensors);
  });

  it('are refused when the header contradicts the data', () => {
    for (const bad of [
      Buffer.alloc(4),
      Buffer.alloc(16, 255),
      Buffer.from('\x02\0\0\0\0\0\0\0{x'),
    ]) {
      expect(() => decodeSafetensors(bad, 'here')).toThrowError(
        expect.objectContaining({ code: 'XQG_PACK_DAMAGED' }),
      );
    }
  });
});
