/** Vectors and queries made elsewhere: the same experiment on files gives what the models gave. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { generatedQueryId } from '../../../src/encode/encoder.js';
import { StaticEncoder } from '../../../src/encode/static/static-encoder.js';
import { poolOf, testCollectionOf } from '../../../src/evaluate/data/collection.js';
import { loadXquad } from '../../../src/evaluate/data/xquad.js';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import { runExperiment } from '../../../src/evaluate/experiment/run.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { resultRows } from '../../../src/evaluate/report/folder.js';
import { LexiconGenerator } from '../../../src/generate/lexicon.js';
import { recordQueries } from '../../../src/generate/recorded.js';
import { loadPack } from '../../../src/pack/format.js';
import { encodeSafetensors } from '../../../src/pack/safetensors.js';
import { writePack } from '../../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-elsewhere-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ['bee', 'honey', 'flower', 'train', 'station', 'morning', 'bread', 'oven'],
  de: ['Biene', 'Honig', 'Blume', 'Zug', 'Bahnhof', 'Morgen', 'Brot', 'Ofen'],
};

it('an experiment on recorded vectors and queries equals the one that they were recorded from', async () => {
  mkdirSync(join(home, 'data'));
  for (const [lang, words] of Object.entries(WORDS)) {
    const paragraphs = Array.from({ length: 8 }, (_, p) => ({
      context: `${words[p]} ${words[(p + 3) % 8]} ${p}`,
      qas: [{ id: `q${p}`, question: words[p], answers: [{ text: words[p], answer_start: 0 }] }],
    }));
    const data = [{ title: 'one', paragraphs }];
    writeFileSync(join(home, 'data', `xquad.${lang}.json`), JSON.stringify({ data }));
  }
  const pack = await loadPack(writePack(join(home, 'pack')));
  const [encoder, generator] = [new StaticEncoder(pack), new LexiconGenerator(pack)];
  const collection = await loadXquad({ directory: join(home, 'data') });
  const passages = [...poolOf(collection, 'en')];
  await recordQueries(join(home, 'queries.jsonl'), passages, generator, {
    languages: ['de'],
    queries: 3,
  });

  const write = (name: string, ids: readonly string[], rows: Float32Array) => {
    const data = { vectors: { shape: [ids.length, encoder.identity.dim], data: rows } };
    writeFileSync(
      join(home, `${name}.safetensors`),
      encodeSafetensors({ tensors: data, metadata: {} }),
    );
    writeFileSync(join(home, `${name}.txt`), `${ids.join('\n')}\n`);
    return { vectors: `${name}.safetensors`, ids: `${name}.txt` };
  };
  const german = [{ lang: 'de', weight: 1 }];
  const { queries } = testCollectionOf(collection, 'de', 'en');
  const drawn = await generator.draw(passages, 'de', 3, 0);
  const generated = passages.flatMap(({ id }, p) =>
    drawn[p].map((text, i) => ({ id: generatedQueryId(id, 'de', i), text, languages: german })),
  );
  const manifest = {
    name: 'elsewhere',
    passages: [
      write(
        'passages',
        passages.map(({ id }) => id),
        await encoder.encodePassages(passages),
      ),
    ],
    questions: [
      write(
        'questions',
        queries.map(({ id }) => id),
        await encoder.encodeQueries(queries.map(({ text }) => ({ text, languages: german }))),
      ),
    ],
    generated: [
      write(
        'generated',
        generated.map(({ id }) => id),
        await encoder.encodeQueries(generated),
      ),
    ],
  };
  writeFileSync(join(home, 'vectors.json'), JSON.stringify(manifest));

  const yaml = `name: elsewhere
data:
  - { set: xquad, path: data, settings: [to-english] }
primary: { data: xquad, setting: to-english, metric: MRR, baseline: dense, system: dense+xqg }
encoders: ["static:${join(home, 'pack')}", "file:vectors.json"]
generators: ["file:queries.jsonl"]
alpha: 0.4
conditions:
  alpha: [0, 0.6]
  queries: [0, 1, 3, 9]
  filter: [0, 50]
statistics: { samples: 100 }
`;
  const file = join(home, 'x.yaml');
  const store = new ArtifactStore(join(home, 'store'));
  const finished = await runExperiment({
    file,
    spec: parseExperiment(yaml, file),
    store,
    command: 'x',
  });
  const rows = resultRows(finished.results);
  const of = (name: string) =>
    rows
      .filter((row) => row.encoder.startsWith(name))
      .map(({ system, condition, point, metric, value }) => ({
        system,
        condition,
        point,
        metric,
        value,
      }));
  expect(of('file').length).toBeGreaterThan(20);
  expect(of('file')).toEqual(of('static'));
  expect(rows.some(({ condition, point }) => condition === 'queries' && point === 9)).toBe(false);
  expect(finished.results.notes.join()).toContain('larger numbers are left out');
  await finished.close();
});
