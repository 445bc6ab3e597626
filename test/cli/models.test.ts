import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shared } from '../support/shared.js';
import { xqg } from './run-xqg.js';

const golden = shared('golden/models');
const real = shared('models');
const CARD = JSON.stringify({ pooling: 'mean', normalize: true });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-models-'));
  vi.stubEnv('XQG_CACHE', folder);
  vi.stubEnv('XQG_MODELS', join(folder, 'models'));
  vi.stubEnv('HF_HOME', join(folder, 'hub'));
  vi.stubEnv('HF_TOKEN', 'hf_very_secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('xqg models', () => {
  it('lists the cards, and says which were not run here', async () => {
    const { stdout } = await xqg('models', 'list', '--json');
    const known: { name: string; measured: boolean; folder: string | null }[] = JSON.parse(stdout);
    const measured = known.filter((each) => each.measured).map(({ name }) => name);
    expect(measured).toEqual([
      'use-multilingual-v3',
      'sentence-transformers/all-MiniLM-L6-v2',
      'intfloat/multilingual-e5-small',
    ]);
    expect(known.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'ielabgroup/bert-base-multilingual-cased-xor-tydi',
        'sentence-transformers/LaBSE',
        'intfloat/multilingual-e5-small',
        'BAAI/bge-m3',
      ]),
    );
    expect((await xqg('models', 'list')).stdout).toMatch(
      /bge-m3 .*not run here .*not on this machine/,
    );
  });

  it('shows the card of a model that is not here; checks none without a network', async () => {
    const shown = await xqg('models', 'show', 'hf:intfloat/multilingual-e5-base');
    expect(shown.stdout).toMatch(
      /not on this machine[\s\S]*queryPrefix "query: "[\s\S]*was not run here/,
    );
    for (const command of ['show', 'check']) {
      const missing = await xqg('models', command, 'hf:nobody/nothing');
      expect(missing.code).toBe(1);
      expect(missing.stderr).toMatch(
        /XQG_MODEL_MISSING[\s\S]*Looked in: .*models\/nobody\/nothing/,
      );
      expect(missing.stderr).toContain('xqg models get hf:nobody/nothing');
      expect(missing.stderr).not.toContain('hf_very_secret');
    }
  });
});

describe('the shipped model', () => {
  it('is listed, shown and checked by its name', async () => {
    expect((await xqg('models', 'list')).stdout).toContain('e5 ships with xqg');
    expect((await xqg('models', 'show', 'e5')).stdout).toContain('queryPrefix "query: "');
    const told = await xqg('models', 'check', 'e5', '--json');
    const { identity, cosine } = JSON.parse(told.stdout);
    expect(identity).toMatchObject({ dim: 384, settings: { pooling: 'mean', dtype: 'q4' } });
    expect(cosine.translation).toBeGreaterThan(cosine.other);
  });
});

describe.skipIf(real === null)('xqg models check', () => {
  it('opens a real model and says how it is used', async () => {
    const told = await xqg('models', 'check', join(real!, 'use-multilingual-v3'), '--json');
    expect(told.code, told.stderr).toBe(0);
    const { identity, cosine } = JSON.parse(told.stdout);
    expect(identity).toMatchObject({
      dim: 512,
      settings: { pooling: 'given', dtype: 'fp32', passageTokens: 512 },
    });
    expect(cosine.translation).toBeGreaterThan(cosine.other);
  });
});

describe.skipIf(golden === null)('xqg bench encoder', () => {
  const bench = (...more: string[]) =>
    xqg('bench', 'encoder', '--passages', '6', '--words', '20', '--rounds', '1', ...more);

  it('measures an encoder beside the bare runtime, in each setting that was asked for', async () => {
    const told = await bench(
      ...['--encoder', join(golden!, 'tiny-bert'), '--card', CARD],
      ...['--threads', '1', '--batch', '1,4', '--json'],
    );
    expect(told.code, told.stderr).toBe(0);
    const { measured, best } = JSON.parse(told.stdout);
    expect(measured.map(({ batch }: { batch: number }) => batch)).toEqual([1, 4]);
    for (const { passagesPerSecond, tokensPerSecond, barePerSecond, ratio, cpuRatio } of measured) {
      expect(tokensPerSecond).toBeGreaterThan(passagesPerSecond);
      expect(ratio).toBeCloseTo(passagesPerSecond / barePerSecond, 9);
      expect(cpuRatio).toBeGreaterThan(0);
    }
    expect(measured).toContainEqual(best);
  });

  it('says the fastest to people, and refuses what has no bare runtime', async () => {
    const told = await bench(
      '--encoder',
      join(golden!, 'tiny-xlmr'),
      '--card',
      CARD,
      '--workers',
      '1,2',
    );
    expect(told.stdout).toMatch(
      /workers +threads +batch[\s\S]*Fastest: --workers \d --encoder-threads 1 --batch 1/,
    );
    expect((await bench('--encoder', 'openai:tiny')).stderr).toContain('XQG_USAGE');
    expect((await bench('--encoder', 'hf:nobody/nothing')).stderr).toContain('XQG_MODEL_MISSING');
  });
});
