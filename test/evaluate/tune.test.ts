import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Collection,
  type LanguagePart,
  poolOf,
  testCollectionOf,
} from '../../src/evaluate/data/collection.js';
import { parseMeasures, rankRelevant } from '../../src/evaluate/measures/metrics.js';
import { ArtifactStore } from '../../src/evaluate/ranking/artifact-store.js';
import { DRAWN_QUERIES, systemsNamed, TUNABLE_SYSTEMS } from '../../src/evaluate/systems.js';
import { formatTuned, tunable, tune } from '../../src/evaluate/tune.js';
import { type Grid, parametersOf, settingsOf } from '../../src/evaluate/tune-grid.js';
import type { Generator } from '../../src/generate/generator.js';
import { SEARCH_DEFAULTS, searchDefaults } from '../../src/search/defaults.js';
import { JavaScriptScanner } from '../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import { computedIndex } from '../support/computed-index.js';
import {
  MIXED_QUESTIONS,
  MIXED_TEXTS,
  ReversingEncoder,
  ReversingGenerator,
  reversedText,
} from '../support/reversed-languages.js';

function part(lang: string): LanguagePart {
  return {
    passages: MIXED_TEXTS.map((text, i) => ({
      id: `p${i}`,
      title: '',
      text: reversedText(text, lang),
      lang,
    })),
    questions: new Map(MIXED_QUESTIONS.map((text, i) => [`q${i}`, reversedText(text, lang)])),
    qrels: new Map(MIXED_TEXTS.map((_, i) => [`q${i}`, new Map([[`p${i}`, 1]])])),
  };
}

const collection: Collection = {
  name: 'toy',
  parts: new Map(['en', 'de', 'th'].map((lang) => [lang, part(lang)])),
  groups: new Map(),
  sources: [],
  notes: [],
};
const folder = mkdtempSync(join(tmpdir(), 'xqg-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const parts = {
  encoder: new ReversingEncoder(),
  generator: new ReversingGenerator(),
  scanner: new JavaScriptScanner(),
};
const store = new ArtifactStore(folder);
const setting = 'to-english' as const;

/** MRR of every system over whole rankings of the search engine. */
async function measuredByEngine() {
  const { encoder, generator, scanner } = parts;
  const options = { encoder, generator, queries: DRAWN_QUERIES };
  const index = await computedIndex([...poolOf(collection, 'en')], options);
  const { snapshot } = index;
  const { factors } = generator;
  const defaults = searchDefaults({}, null);
  const engine = new SearchEngine({ ...index, encoder, scanner, factors, defaults });
  const [measure] = parseMeasures('MRR');
  const measured: { system: string; queryLang: string; value: number }[] = [];
  for (const queryLang of ['de', 'th']) {
    const { queries, qrels } = testCollectionOf(collection, queryLang, 'en');
    for (const { name, mode, augment, translate } of TUNABLE_SYSTEMS) {
      const found = await engine.rankBatch(
        queries.map(({ text, lang }) => ({
          question: text,
          languages: [{ lang, weight: 1 }],
          ...{ mode, translate, augment: augment !== 'off' },
          k: snapshot.ids.length,
        })),
      );
      const values = found.map((hits, q) => {
        const scores = new Map(hits.map(({ id, score }) => [id, score]));
        const ranks = rankRelevant(qrels.get(queries[q].id)!, scores);
        return measure.of({ ...ranks, size: snapshot.ids.length });
      });
      const value = values.reduce((sum, each) => sum + each, 0) / values.length;
      measured.push({ system: name, queryLang, value });
    }
  }
  return measured;
}

describe('settingsOf', () => {
  const grid: Grid = {
    denseWeight: [1, 2],
    alpha: [0.2, 0.4],
    generatedWeight: [0.5],
    topN: [10, 20],
  };
  const [plain, augmented, dense] = systemsNamed(['hybrid', 'hybrid+xqg', 'dense']).sort(
    (a, b) =>
      [`hybrid`, 'hybrid+xqg', 'dense'].indexOf(a.name) -
      ['hybrid', 'hybrid+xqg', 'dense'].indexOf(b.name),
  );

  it('combines the parameters that a system has', () => {
    expect(settingsOf(plain, grid)).toHaveLength(4);
    expect(settingsOf(augmented, grid)).toHaveLength(8);
    expect(settingsOf(dense, grid)).toHaveLength(1);
    expect(settingsOf(augmented, grid)[0]).toMatchObject({
      generatedWeight: 0.5,
      k1: SEARCH_DEFAULTS.bm25.k1,
    });
    expect(settingsOf(plain, grid)[0].generatedWeight).toBe(SEARCH_DEFAULTS.generatedWeight);
  });

  it('gives plain and augmented hybrids the same hybrid parameters', () => {
    for (const parameter of ['denseWeight', 'normalization', 'topN'] as const) {
      expect(parametersOf(plain)).toContain(parameter);
      expect(parametersOf(augmented)).toContain(parameter);
    }
  });
});

describe('tune', () => {
  it('gives every system the value that the engine gives it', async () => {
    const measured = await measuredByEngine();
    const tuned = await tune({
      collection,
      setting,
      systems: TUNABLE_SYSTEMS,
      grid: {},
      ...parts,
      store,
    });
    expect(tuned.map(({ system }) => system)).toEqual(TUNABLE_SYSTEMS.map(({ name }) => name));
    for (const { system, queryLang, value } of measured) {
      const { byPair } = tuned.find((each) => each.system === system)!;
      expect(byPair[`${queryLang}>en`], `${system} ${queryLang}`).toBeCloseTo(value, 6);
    }
    expect(new Set(tuned.map(({ mean }) => mean.toFixed(3))).size).toBeGreaterThan(3);
  });

  it('takes recorded queries, and of the passages those that have any', async () => {
    const { encoder, generator, scanner } = parts;
    const recorded: Generator = {
      ...{ identity: { ...generator.identity, name: 'recorded' }, languages: ['de'] },
      queriesPerLanguage: 2,
      has: async ({ id }) => Number(id.slice(1)) < 6,
      draw: async (passages, lang, n) => {
        for (const { id } of passages) expect(Number(id.slice(1))).toBeLessThan(6);
        expect([lang, n]).toEqual(['de', 2]);
        return (await generator.draw(passages, lang, n)).map((queries) => queries.slice(0, n));
      },
    };
    const systems = systemsNamed(['dense', 'bm25', 'bm25+xqg']);
    const two: Collection = { ...collection, parts: new Map([...collection.parts].slice(0, 2)) };
    const request = { setting, systems, grid: {}, encoder, scanner, store };
    const tuned = await tune({ ...request, collection: two, generator: recorded });
    const [dense, plain, augmented] = tuned.map(({ mean }) => mean);
    expect(tuned.map(({ system }) => system)).toEqual(['dense', 'bm25', 'bm25+xqg']);
    expect(augmented).toBeGreaterThan(plain);
    // Among six passages the right one is found more easily than among all.
    const [all] = await tune({ ...request, collection: two, generator });
    expect(dense).toBeGreaterThan(all.mean);
    const { parts: left } = await tunable({ collection: two, generator: recorded });
    const few = left.get('en')!;
    expect([few.passages.length, few.qrels.size]).toEqual([6, 6]);
  });

  it('ranks the settings of each system, best first', async () => {
    const systems = systemsNamed(['hybrid', 'hybrid+xqg']);
    const grid: Grid = {
      denseWeight: [0.1, 1, 10],
      alpha: [0, 0.5],
      normalization: ['z-score', 'min-max'],
    };
    const steps: string[] = [];
    const tuned = await tune(
      { collection, setting, systems, grid, ...parts, store },
      (_, done, total) => {
        steps.push(`${done}/${total}`);
      },
    );
    expect(steps.at(-1)).toBe('18/18');
    for (const system of systems) {
      const means = tuned
        .filter(({ system: name }) => name === system.name)
        .map(({ mean }) => mean);
      expect(means).toHaveLength(system.name === 'hybrid' ? 6 : 12);
      expect(means).toEqual([...means].sort((a, b) => b - a));
      if (system.augment === 'asker') expect(means[0]).toBeGreaterThan(means.at(-1)!);
    }
    expect(formatTuned(tuned, systems, 2).trim().split('\n')).toHaveLength(7);
  });
});
