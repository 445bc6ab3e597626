/**
 * Vectors and queries that were made elsewhere measure as those who made them do, in every setting.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Encoder, generatedQueryId } from '../../src/encode/encoder.js';
import { FileEncoder } from '../../src/encode/file/file-encoder.js';
import { measureCollection } from '../../src/evaluate/collection.js';
import { ALL_LANGUAGES, type Collection, poolOf } from '../../src/evaluate/data/collection.js';
import { parseMeasures } from '../../src/evaluate/measures/metrics.js';
import { engineSearchers } from '../../src/evaluate/ranking/engine-searcher.js';
import { DRAWN_QUERIES, systemsNamed } from '../../src/evaluate/systems.js';
import type { Generator } from '../../src/generate/generator.js';
import { RecordedGenerator, recordQueries } from '../../src/generate/recorded.js';
import { encodeSafetensors } from '../../src/pack/safetensors.js';
import { JavaScriptScanner } from '../../src/search/dense/javascript-scanner.js';
import { MIXED_QUESTIONS, MIXED_TEXTS, ToyEncoder, ToyGenerator, toyText } from './toy.js';

const LANGS = ['en', 'de', 'th'];
const collection: Collection = {
  name: 'toy',
  parts: new Map(
    LANGS.map((lang) => [
      lang,
      {
        passages: MIXED_TEXTS.map((text, i) => ({
          id: `${lang}:p${i}`,
          title: '',
          text: toyText(text, lang),
          lang,
        })),
        questions: new Map(MIXED_QUESTIONS.map((text, i) => [`q${i}`, toyText(text, lang)])),
        qrels: new Map(MIXED_TEXTS.map((_, i) => [`q${i}`, new Map([[`${lang}:p${i}`, 1]])])),
      },
    ]),
  ),
  groups: new Map(),
  sources: [],
  notes: [],
};

const toy = new ToyEncoder();
const toyGenerator = new ToyGenerator();
/** Without a distribution, as recorded queries are. */
const drawing: Generator = {
  identity: toyGenerator.identity,
  languages: toyGenerator.languages,
  draw: (asked, lang, n) => toyGenerator.draw(asked, lang, n),
};
const encoding: Encoder = {
  identity: toy.identity,
  encodePassages: (passages) => toy.encodePassages(passages),
  encodeQueries: (queries) => toy.encodeQueries(queries),
};

const directory = mkdtempSync(join(tmpdir(), 'xqg-recorded-'));
const passages = [...poolOf(collection, ALL_LANGUAGES)];
const dim = toy.identity.dim;

function writeVectors(name: string, data: Float32Array, ids: readonly string[]) {
  const tensors = { rows: { shape: [ids.length, dim], data } };
  writeFileSync(
    join(directory, `${name}.safetensors`),
    encodeSafetensors({ tensors, metadata: {} }),
  );
  writeFileSync(join(directory, `${name}.txt`), ids.map((id) => `${id}\n`).join(''));
  return { vectors: `${name}.safetensors`, ids: `${name}.txt` };
}

const manifest = {
  name: 'toy',
  passages: [] as object[],
  questions: [] as object[],
  generated: [] as object[],
};
manifest.passages.push(
  writeVectors(
    'passages',
    await toy.encodePassages(passages),
    passages.map(({ id }) => id),
  ),
);
for (const lang of LANGS) {
  const languages = [{ lang, weight: 1 }];
  const questions = [...collection.parts.get(lang)!.questions];
  const vectors = await toy.encodeQueries(questions.map(([, text]) => ({ text, languages })));
  const ids = questions.map(([id]) => id);
  manifest.questions.push({ ...writeVectors(`questions.${lang}`, vectors, ids), lang });
  const asked = passages.filter((passage) => passage.lang !== lang);
  const drawn = await toyGenerator.draw(asked, lang, DRAWN_QUERIES);
  const queries = drawn.flatMap((ofPassage, p) =>
    ofPassage.map((text, i) => ({ id: generatedQueryId(asked[p].id, lang, i), text, languages })),
  );
  const generated = await toy.encodeQueries(queries);
  manifest.generated.push(
    writeVectors(
      `generated.${lang}`,
      generated,
      queries.map(({ id }) => id),
    ),
  );
}
writeFileSync(join(directory, 'vectors.json'), JSON.stringify(manifest));
await recordQueries(join(directory, 'queries.jsonl.gz'), passages, drawing, {
  queries: DRAWN_QUERIES,
});

const encoder = await FileEncoder.open(join(directory, 'vectors.json'));
const generator = await RecordedGenerator.open([join(directory, 'queries.jsonl.gz')]);
afterAll(async () => {
  await encoder.close();
  await generator.close();
});

describe('vectors and queries from files', () => {
  const measure = async (parts: { encoder: Encoder; generator: Generator }) => {
    const { results } = await measureCollection(
      {
        collection,
        settings: ['mono', 'cross', 'multi'],
        systems: systemsNamed(['dense', 'dense+xqg', 'dense+xqg-all', 'bm25+xqg', 'hybrid+xqg']),
        languages: ['given'],
        measures: parseMeasures('mAP MRR rank-distance'),
        open: engineSearchers({ ...parts, scanner: new JavaScriptScanner() }),
        detect: async () => [],
        generator: 'toy',
        perQuery: false,
      },
      () => {},
    );
    return results;
  };

  it('measure as what they were made with', async () => {
    const fromFiles = await measure({ encoder, generator });
    expect(fromFiles).toEqual(await measure({ encoder: encoding, generator: drawing }));
    expect(new Set(fromFiles.map(({ value }) => value.toFixed(3))).size).toBeGreaterThan(5);
    expect(encoder.identity.unitLength).toBe(true);
  });
});
