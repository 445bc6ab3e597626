import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import {
  codeFiles,
  codeIdentity,
  ENCODING_CODE,
  RANKING_CODE,
} from '../../../src/evaluate/ranking/code-identity.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-code-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SOURCES = fileURLToPath(new URL('../../../src/', import.meta.url));
const from = (path: string) => JSON.stringify(pathToFileURL(join(SOURCES, path)).href);

/**
 * Ranks with the pack `base` as an experiment does: with an encoder and a generator of a recipe.
 */
const RANKING = `
  import { openRecipeEncoder, openRecipeGenerator, Packs } from ${from('indexing/recipe.ts')};
  import { questionVectors } from ${from('search/expansion.ts')};
  import { openScanner } from ${from('search/dense/open-scanner.ts')};
  import { ArtifactStore } from ${from('evaluate/ranking/artifact-store.ts')};
  import { Block, passagesInMemory } from ${from('evaluate/ranking/block.ts')};
  import { Pool } from ${from('evaluate/ranking/pool.ts')};
  import { Ranker } from ${from('evaluate/ranking/ranker.ts')};
  import { roundTripScores } from ${from('evaluate/ranking/round-trip.ts')};
  import { SEARCH_DEFAULTS } from ${from('search/defaults.ts')};
  import { SYSTEMS } from ${from('evaluate/systems.ts')};
  const packs = new Packs();
  const openPack = () => packs.open('base');
  const encoder = await openRecipeEncoder({ encoder: 'static' }, openPack);
  const generator = await openRecipeGenerator({ generator: 'lexicon' }, openPack);
  const { scanner } = await openScanner();
  const store = new ArtifactStore(${JSON.stringify(join(folder, 'store'))});
  const passages = ['The river is deep.', 'Bread needs an oven.', 'The moon is far.'].map(
    (text, i) => ({ id: 'p' + i, title: '', text, lang: 'en' }),
  );
  const block = new Block(passagesInMemory(passages), { encoder, generator, store, seed: 0 });
  const pool = new Pool([{ block, idOf: (id) => id }], {
    queryLanguages: generator.languages,
    trainingMeans: new Map(),
    roundTrip: (each, place, lang, drawn) =>
      roundTripScores(each, place, lang, drawn, { scanner, store, identity: {} }),
  });
  const ranker = new Ranker(pool, {
    encoder, generator, scanner, queryLanguages: generator.languages,
  });
  const lang = 'de';
  const queries = [{ id: 'q', text: 'Wie tief ist der Fluss?', lang, group: 'q', langGiven: true }];
  const questions = queries.map(({ id, text }) => ({
    question: text, questionId: id, questionLang: lang, languages: [{ lang, weight: 1 }],
  }));
  const systems = SYSTEMS.map((system) => ({
    system, profile: 'unit', alpha: 0.4, languages: 'asker', defaults: SEARCH_DEFAULTS,
    source: { queries: system.drawn ? 2 : 'expected', terms: system.drawn ? 'drawn' : 'expected', dropBelow: system.drawn ? 50 : 0, means: 'pool', drawn: 2 },
    feedback: 0.2, topN: null,
  }));
  const ranks = await ranker.ranks(systems, {
    lang, queries, qrels: new Map([['q', new Map([['p0', 1]])]]),
    vectors: await questionVectors(encoder, questions), languages: null, expansions: null,
  });
  if (!ranks.every(([{ size }]) => size === 3)) throw new Error('nothing was ranked');
  await scanner.close();
`;

it('covers every file that ranking loads', () => {
  const script = join(folder, 'rank.mts');
  writeFileSync(script, RANKING);
  const coverage = join(folder, 'coverage');
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const loaded = new Set<string>();
  for (const name of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as {
      result: { url: string }[];
    };
    for (const { url } of result) {
      const path = url.startsWith('file:') ? fileURLToPath(url.split('?')[0]) : '';
      if (path.startsWith(SOURCES)) loaded.add(path.slice(SOURCES.length));
    }
  }
  expect(loaded.size).toBeGreaterThan(50);
  // The script itself names systems and their defaults; an experiment has them in what it stores.
  const named = ['evaluate/systems.ts', 'search/defaults.ts'];
  const files = codeFiles(RANKING_CODE);
  expect([...loaded].filter((file) => !files.includes(file) && !named.includes(file))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining([
      'search/engine.ts',
      'search/feedback.ts',
      'indexing/expected-queries.ts',
      'indexing/expected-queries-thread.ts',
    ]),
  );
});

it('leaves out what no ranking reads, and names modules that are there', () => {
  const files = codeFiles(RANKING_CODE);
  expect(files.filter((file) => /^(server|cli|web|evaluate\/report)\//.test(file))).toEqual([]);
  expect(codeFiles(ENCODING_CODE).every((file) => files.includes(file))).toBe(true);
  expect(() => codeFiles(['evaluate/absent'])).toThrow('no module evaluate/absent');
});

it('changes with a file that is reached through others, and with no other file', async () => {
  const copy = join(folder, 'src');
  mkdirSync(copy);
  for (const file of ['evaluate', 'search']) mkdirSync(join(copy, file));
  mkdirSync(join(copy, 'evaluate', 'ranking'));
  const write = (path: string, text: string) => writeFileSync(join(copy, path), text);
  cpSync(
    join(SOURCES, 'evaluate/ranking/code-identity.ts'),
    join(copy, 'evaluate/ranking/code-identity.ts'),
  );
  write('evaluate/a.ts', "import {\n  b,\n  type C,\n} from '../search/b.js';\nexport { b };\n");
  write('search/b.ts', "export * from './c.js';\nimport type { T } from './types.js';\n");
  write('search/c.ts', "export const load = () => import('./late.js');\n");
  write('search/late.ts', "const THREAD = new URL('./thread.js', import.meta.url);\n");
  write('search/thread.ts', "import './effect.js';\nimport { type T } from './types.js';\n");
  write('search/effect.ts', '');
  write('search/types.ts', 'export type T = 1;\n');
  let turn = 0;
  const fresh = async () => {
    const url = pathToFileURL(join(copy, 'evaluate/ranking/code-identity.ts'));
    const module = (await import(`${url.href}?turn=${turn++}`)) as {
      codeIdentity: typeof codeIdentity;
      codeFiles: typeof codeFiles;
    };
    return {
      identity: module.codeIdentity(['evaluate/a']),
      files: module.codeFiles(['evaluate/a']),
    };
  };
  const before = await fresh();
  expect(before.files).toEqual([
    'evaluate/a.ts',
    'search/b.ts',
    'search/c.ts',
    'search/effect.ts',
    'search/late.ts',
    'search/thread.ts',
  ]);
  write('search/types.ts', 'export type T = 2;\n');
  expect((await fresh()).identity).toBe(before.identity);
  write('search/effect.ts', 'globalThis.effect = 1;\n');
  expect((await fresh()).identity).not.toBe(before.identity);
  expect(codeIdentity(RANKING_CODE)).not.toBe(codeIdentity(ENCODING_CODE));
});
