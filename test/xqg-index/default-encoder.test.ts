import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import { openIndex } from '../../src/xqg-index.js';

const runtime = vi.hoisted(() => ({ missing: false }));
vi.mock('../../src/encode/neural/runtime.js', async (original) => {
  const real = await original<typeof import('../../src/encode/neural/runtime.js')>();
  return {
    loadRuntime: () => {
      if (!runtime.missing) return real.loadRuntime();
      const reason = "Cannot find package 'onnxruntime-node'";
      throw new XqgError('XQG_PACKAGE_MISSING', { what: 'A', packages: 'B', reason });
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'xqg-default-'));
const documents = join(folder, 'documents');
const neural = join(folder, 'neural');

const PASSAGES = {
  trains: 'The express train leaves the station every morning at seven.',
  bees: 'Honey bees collect nectar from flowers and make honey in the hive.',
  volcano: 'When magma rises to the surface, the volcano erupts and lava flows down its slopes.',
  bread: 'The baker kneads dough from flour and water and lets it rise overnight.',
};

beforeAll(async () => {
  mkdirSync(documents);
  for (const [name, text] of Object.entries(PASSAGES))
    writeFileSync(join(documents, `${name}.txt`), text);
  vi.stubEnv('XQG_ENCODER', '');
  const said: string[] = [];
  const index = await openIndex(neural, {
    create: true,
    encoderOptions: { onOpened: (line) => said.push(line) },
  });
  await index.addPaths([documents]);
  await index.close();
  expect(said).toEqual(['encoder e5 (multilingual-e5-small, 4 bits, on this machine)']);
  vi.unstubAllEnvs();
});

afterEach(() => {
  runtime.missing = false;
  vi.unstubAllEnvs();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function manifestOf(directory: string) {
  return JSON.parse(readFileSync(join(directory, 'xqg.json'), 'utf8'));
}

describe('a new index without a named encoder', () => {
  it('names the shipped encoder, not a place on this machine, and encodes passages alone', () => {
    const { encoderSpec, identity } = manifestOf(neural);
    expect(encoderSpec).toEqual({ spec: 'e5' });
    expect(identity.encodesQueries).toBe(false);
    expect(JSON.stringify(manifestOf(neural))).not.toContain(process.cwd());
  });

  it.each([
    ['th', 'ผึ้งทำน้ำผึ้งที่ไหน', 'bees', []],
    ['pl', 'O której rano odjeżdża pociąg?', 'trains', ['pl']],
    ['sw', 'Kwa nini volkano hulipuka na kutoa lava?', 'volcano', ['sw']],
    ['fa', 'نانوا خمیر را چگونه آماده می‌کند؟ گندم و آب', 'bread', ['fa']],
  ])('answers a question in %s', async (lang, question, id, withoutTables) => {
    const index = await openIndex(neural);
    try {
      const result = await index.search(question, { k: 1 });
      expect(result.hits[0].path).toContain(`${id}.txt`);
      expect(result.languages.map((each) => each.lang)).toEqual([lang]);
      expect(result.withoutTables).toEqual(withoutTables);
      expect(result.warnings).toHaveLength(withoutTables.length);
    } finally {
      await index.close();
    }
  });

  it('has the static encoder where the runtime cannot be loaded, and says why', async () => {
    runtime.missing = true;
    vi.stubEnv('XQG_ENCODER', '');
    const said: string[] = [];
    const directory = join(folder, 'fallback');
    const index = await openIndex(directory, {
      create: true,
      encoderOptions: { onOpened: (line) => said.push(line) },
    });
    await index.addPaths([documents]);
    await index.close();
    expect(said).toEqual([
      "encoder static: onnxruntime-node cannot be loaded (Cannot find package 'onnxruntime-node'); see xqg doctor",
    ]);
    expect(manifestOf(directory).encoderSpec).toBeUndefined();
    // Where the runtime is there again, the index keeps what made it.
    runtime.missing = false;
    const again = await openIndex(directory);
    expect(again.recipe.encoder.identity.name).toMatch(/^static/);
    expect((await again.search('Wann fährt der Zug?', { k: 1 })).hits[0].path).toContain('trains');
    await again.close();
  });

  it('has the encoder that the environment names', async () => {
    vi.stubEnv('XQG_ENCODER', 'static');
    const index = await openIndex(join(folder, 'named'), { create: true });
    expect(index.recipe.encoder.identity.name).toMatch(/^static/);
    await index.close();
  });
});
