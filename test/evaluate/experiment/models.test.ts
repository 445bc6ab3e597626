/**
 * Encoders of an experiment that are models: behind an endpoint here, with vectors of unit and of
 * any length.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import { runExperiment } from '../../../src/evaluate/experiment/run.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { answerOf } from '../../../src/evaluate/report/comparison.js';
import { resultRows } from '../../../src/evaluate/report/folder.js';
import { type OpenAiServer, startOpenAiServer } from '../../support/openai-server.js';
import { writePack } from '../../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-model-experiment-'));
const pack = join(home, 'pack');
const file = join(home, 'models.yaml');
let server: OpenAiServer;

const WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ['bee', 'honey', 'flower', 'train', 'station', 'morning', 'bread', 'oven'],
  de: ['Biene', 'Honig', 'Blume', 'Zug', 'Bahnhof', 'Morgen', 'Brot', 'Ofen'],
};

beforeAll(async () => {
  server = await startOpenAiServer();
  vi.stubEnv('XQG_CACHE', join(home, 'cache'));
  vi.stubEnv('OPENAI_API_KEY', 'sk-very-secret');
  writePack(pack);
  mkdirSync(join(home, 'data'));
  for (const [lang, words] of Object.entries(WORDS)) {
    const paragraphs = Array.from({ length: 8 }, (_, p) => ({
      context: `${words[p]} ${words[(p + 3) % 8]} ${p}.`,
      qas: [{ id: `q${p}`, question: words[p], answers: [{ text: words[p], answer_start: 0 }] }],
    }));
    writeFileSync(
      join(home, 'data', `xquad.${lang}.json`),
      JSON.stringify({ data: [{ title: 'one', paragraphs }] }),
    );
  }
  writeFileSync(
    join(home, 'endpoint.json'),
    JSON.stringify({ url: server.url, itemsPerRequest: 64 }),
  );
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const yaml = (normalize: boolean) => `name: models
data: [{ set: xquad, path: data, settings: [to-english] }]
primary: { data: xquad, setting: to-english, metric: MRR, baseline: dense, system: dense+xqg }
encoders: ["openai:tiny", "static:${pack}"]
models:
  "openai:tiny": { endpoint: endpoint.json, card: { normalize: ${normalize} } }
generators: ["lexicon:${pack}", "gloss:${pack}"]
conditions: { alpha: [0, 0.01], combine: [mean, sum, paper] }
statistics: { samples: 100 }
`;

async function run(normalize: boolean) {
  const store = new ArtifactStore(join(home, `store-${normalize}`));
  const spec = parseExperiment(yaml(normalize), file);
  const finished = await runExperiment({ file, spec, store, command: 'x' });
  await finished.close();
  const value = (
    encoder: string,
    condition: string,
    point: string | number,
    system = 'dense+xqg',
  ) =>
    resultRows(finished.results).find(
      (row) =>
        row.encoder === encoder &&
        row.generator === `lexicon:${pack}` &&
        row.condition === condition &&
        row.point === point &&
        row.system === system &&
        row.metric === 'MRR',
    )!.value;
  return { results: finished.results, value };
}

describe('a model in an experiment', () => {
  it('stands beside the pack with every generator, all tests corrected together', async () => {
    const { results, value } = await run(true);
    const answer = answerOf(results);
    expect(answer.rows.map(({ encoder, generator }) => [encoder, generator.split(':')[0]])).toEqual(
      [
        ['openai:tiny', 'lexicon'],
        ['openai:tiny', 'gloss'],
        [`static:${pack}`, 'lexicon'],
        [`static:${pack}`, 'gloss'],
      ],
    );
    expect(answer.family).toBe(4);
    expect(value('openai:tiny', 'alpha', 0)).toBe(value('openai:tiny', 'system', '', 'dense'));
    expect(value('openai:tiny', 'combine', 'mean')).toBe(value('openai:tiny', 'system', ''));
    const sent = server.answered.flatMap(({ input }) => input as string[]);
    expect(sent).toEqual(expect.arrayContaining(['bee train 0.', 'Biene']));
  });

  it('whose vectors have any length is augmented by the published sum, as search does', async () => {
    const { results, value } = await run(false);
    expect(results.notes).toContain(
      'vectors of openai:tiny have any length: passages are augmented by the published sum',
    );
    const variant = (name: string) =>
      results.measurements.find((each) => each.variant.name === name)!.variant;
    // Five queries in each of the pack's languages.
    const n = 5 * 4;
    expect(variant('dense+xqg')).toMatchObject({ profile: 'paper', alpha: 0.01, languages: 'all' });
    expect(variant('dense+xqg').alphaEffective).toBeCloseTo((0.01 * n) / (0.99 + 0.01 * n), 12);
    expect(variant('dense+xqg, mean')).toMatchObject({ profile: 'unit' });
    for (const [condition, point] of [
      ['alpha', 0.01],
      ['combine', 'paper'],
    ] as const) {
      expect(value('openai:tiny', condition, point)).toBe(value('openai:tiny', 'system', ''));
    }
  });

  it('must be among the encoders to have settings', () => {
    const wrong = yaml(true).replace('encoders: ["openai:tiny",', 'encoders: ["openai:small",');
    expect(() => parseExperiment(wrong, 'x.yaml')).toThrow(
      'models.openai:tiny is not among the encoders',
    );
    expect(() =>
      parseExperiment(yaml(true).replace('["openai:tiny"', '["tiny"'), 'x.yaml'),
    ).toThrow('encoders[0] is "tiny", no encoder');
  });
});
