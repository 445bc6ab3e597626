// Where exact search ends: a warm dense question through exact search and through graphs and partitions at equal recall, over the rows of
// an index (planted-corpus.mjs), with the same questions interleaved. Times are of finding and exact scoring; minima of the rounds.
// usage: npm run bench:ann -- [--passages 10000,100000] [--recall 0.95] [--pack base] [--folder DIR] [--lance IVF_FLAT,IVF_RQ,HNSW_SQ] [--out docs/ann.json]
// --lance: also these of LanceDB's own indexes over the same vectors: the share of the exact ten among 400 rows found, without the
// exact scoring that would follow.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openIndex } from '../dist/index.js';
import { LANGUAGES, PlantedCorpus } from './planted-corpus.mjs';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '10000,100000' },
    recall: { type: 'string', default: '0.95' },
    pack: { type: 'string', default: 'base' },
    folder: { type: 'string' },
    lance: { type: 'string' },
    out: { type: 'string' },
  },
});
const QUESTIONS = 50;
const ROUNDS = 3;
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'xqg-ann-bench-'));
mkdirSync(folder, { recursive: true });
try {
  const sizes = [];
  for (const n of values.passages.split(',').map(Number)) {
    sizes.push(await measure(n));
    console.error(JSON.stringify(sizes.at(-1), null, 1));
  }
  const machine = { cores: availableParallelism(), cpu: cpus()[0].model, memoryGB: Math.round(totalmem() / 1e9), node: process.version };
  const result = { command: `npm run bench:ann -- --recall ${values.recall}`, machine, sizes };
  if (values.out === undefined) console.log(JSON.stringify(result, null, 2));
  else writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

async function measure(n) {
  const dir = join(folder, String(n));
  const corpus = await PlantedCorpus.open(values.pack);
  if (!existsSync(join(dir, 'xqg.json'))) {
    const made = await openIndex(dir, { create: true, pack: values.pack, queryLanguages: LANGUAGES });
    await made.add(corpus.documents(n));
    await made.close();
  }
  const index = await openIndex(dir, { matrixBudgetBytes: 2 ** 34 });
  const record = await index.buildAnn({ recall: Number(values.recall) });
  const questions = corpus.questions(n, QUESTIONS);
  const ways = { exact: { ann: false }, ann: { ann: true } };
  const best = Object.fromEntries(Object.keys(ways).map((way) => [way, questions.map(() => Infinity)]));
  const first = {};
  let same = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [q, { text, lang }] of questions.entries()) {
      const ids = {};
      for (const [way, options] of Object.entries(ways)) {
        const began = performance.now();
        const { hits } = await index.search(text, { lang, mode: 'dense', k: 10, ...options });
        const ms = performance.now() - began;
        first[way] ??= ms;
        if (round > 0) best[way][q] = Math.min(best[way][q], ms);
        ids[way] = new Set(hits.map(({ id }) => id));
      }
      if (round === 0) same += [...ids.exact].filter((id) => ids.ann.has(id)).length / Math.max(1, ids.exact.size);
    }
  }
  const cold = await coldSearches(dir, questions[0]);
  const lance = values.lance !== undefined ? await lanceIndexes(index, questions) : undefined;
  await index.close();
  return {
    passages: n,
    buildSeconds: record.seconds,
    bytes: record.bytes,
    expansion: record.expansion,
    candidates: record.candidates,
    measuredRecall: record.recall,
    recallAt10OfPlantedQuestions: same / questions.length,
    medianMs: { exact: median(best.exact), ann: median(best.ann) },
    annToExact: median(best.ann) / median(best.exact),
    cold,
    ...(lance === undefined ? {} : { lance }),
  };
}

/** From opening to the first answer. */
async function coldSearches(dir, { text, lang }) {
  const seconds = {};
  for (const [way, ann] of [['exact', false], ['ann', true]]) {
    const began = performance.now();
    const index = await openIndex(dir);
    await index.search(text, { lang, mode: 'dense', ann });
    seconds[way] = (performance.now() - began) / 1000;
    await index.close();
  }
  return seconds;
}

/** Recall at 10 and time of LanceDB's indexes over the vectors fused with the queries in all languages, at the probes that reach it. */
async function lanceIndexes(index, questions) {
  const { connect, Index } = await import('@lancedb/lancedb');
  const arrow = await import('apache-arrow');
  const { FusedMatrices } = await import('../dist/search/fused-matrices.js');
  const { openSnapshot } = await import('../dist/indexing/open.js');
  const snapshot = await openSnapshot(index.directory);
  const { dim } = snapshot;
  const n = snapshot.ids.length;
  const fused = new FusedMatrices(snapshot, 2 ** 34);
  const formula = { variant: 'mean', alpha: 0.4, renormalize: true };
  const { vectors } = await fused.fused(formula, LANGUAGES.map((lang) => ({ lang, weight: 1 })));
  const asked = [];
  for (const { text, lang } of questions) {
    const vector = await index.makers.encoder.encodeQueries([{ text, languages: [{ lang, weight: 1 }] }]);
    const { hits } = await index.search(text, { lang, mode: 'dense', k: 10, ann: false });
    asked.push({ vector, exact: hits.map(({ id }) => snapshot.row(id)) });
  }
  const database = await connect(join(folder, `lance-${n}`));
  const fields = [
    new arrow.Field('row', new arrow.Int32(), false),
    new arrow.Field('vector', new arrow.FixedSizeList(dim, new arrow.Field('item', new arrow.Float32(), false)), false),
  ];
  const schema = new arrow.Schema(fields);
  const table = await database.createEmptyTable('vectors', schema, { mode: 'overwrite' });
  for (let from = 0; from < n; from += 16_384) {
    const to = Math.min(n, from + 16_384);
    const numbers = arrow.makeData({ type: new arrow.Float32(), length: (to - from) * dim, data: vectors.slice(from * dim, to * dim) });
    const children = [
      arrow.makeData({ type: fields[0].type, length: to - from, data: Int32Array.from({ length: to - from }, (_, i) => from + i) }),
      arrow.makeData({ type: fields[1].type, length: to - from, child: numbers }),
    ];
    const data = arrow.makeData({ type: new arrow.Struct(fields), length: to - from, children });
    await table.add(new arrow.Table([new arrow.RecordBatch(schema, data)]));
  }
  const partitions = Math.round(Math.sqrt(n));
  const kinds = {
    IVF_FLAT: { config: Index.ivfFlat({ distanceType: 'dot', numPartitions: partitions }), steps: probes(partitions) },
    IVF_RQ: { config: Index.ivfRq({ distanceType: 'dot', numPartitions: partitions }), steps: probes(partitions) },
    HNSW_SQ: { config: Index.hnswSq({ distanceType: 'dot', numPartitions: 1 }), steps: [512, 1024, 2048, 4096] },
  };
  const results = {};
  for (const kind of values.lance.split(',')) {
    const { config, steps } = kinds[kind];
    const began = performance.now();
    await table.createIndex('vector', { config, replace: true });
    const buildSeconds = (performance.now() - began) / 1000;
    for (const step of steps) {
      let recall = 0;
      const times = [];
      for (const { vector, exact } of asked) {
        const start = performance.now();
        const query = table.vectorSearch(vector).distanceType('dot').limit(400).select(['row', '_distance']);
        const found = new Set();
        for await (const batch of kind === 'HNSW_SQ' ? query.ef(step) : query.nprobes(step)) {
          for (const row of batch.getChild('row')) found.add(row);
        }
        times.push(performance.now() - start);
        recall += exact.filter((row) => found.has(row)).length / Math.max(1, exact.length);
      }
      results[kind] = { buildSeconds, probesOrEf: step, recallAt10: recall / asked.length, medianMs: median(times) };
      if (results[kind].recallAt10 >= Number(values.recall)) break;
    }
  }
  table.close();
  await snapshot.close();
  return results;
}

function probes(partitions) {
  return [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1].map((share) => Math.max(1, Math.round(share * partitions)));
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
