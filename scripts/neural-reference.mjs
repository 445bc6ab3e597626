// Measures a neural encoder (Universal Sentence Encoder multilingual v3) on XQuAD to English: alone, and in a hybrid with the
// lexical legs that xqg has. The weight of its leg is chosen on MLQA-R's tuning half, one grid for every hybrid; XQuAD is
// measured once, with that weight. Prints tables, tuning first. Needs `npm run build`, onnxruntime-node, tokenizers and the
// model in $XQG_SHARED (default ../shared). Usage:
//   node scripts/neural-reference.mjs [--pack base] [--metrics MRR] [--cache .cache/teachers] [--json FILE]
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { testCollectionOf } from '../dist/evaluate/data/collection.js';
import { loadMlqar } from '../dist/evaluate/data/mlqar.js';
import { loadXquad } from '../dist/evaluate/data/xquad.js';
import { parseMeasures } from '../dist/evaluate/measures/metrics.js';
import { openParts } from '../dist/evaluate/ranking/engine-searcher.js';
import { fuseLegs, legList } from '../dist/evaluate/ranking/leg-list.js';
import { LegScores } from '../dist/evaluate/ranking/leg-scores.js';
import { PassageIndex } from '../dist/evaluate/ranking/passage-index.js';
import { byteOrder, rankRows, relevantRows } from '../dist/evaluate/ranking/row-ranks.js';
import { madeBy } from '../dist/evaluate/report/results.js';
import { formatColumns, formatTables } from '../dist/evaluate/report/text-tables.js';
import { DRAWN_QUERIES, systemsNamed } from '../dist/evaluate/systems.js';
import { defaultSettings } from '../dist/evaluate/tune-grid.js';
import { MEASURES } from '../dist/evaluate/xquad.js';
import { rankOfIds } from '../dist/search/top-k.js';
import { teacherCards, teacherVectors } from '../dist/train/teachers.js';

const MODEL = 'use-multilingual-v3';
const LONGEST = 512;
/** Of the neural leg against 1 for the lexical leg. */
const WEIGHTS = [0.25, 0.5, 1, 2, 3, 4];
/** Each hybrid has the lexical leg, with its settings, of a hybrid of xqg. */
const HYBRIDS = [
  { name: `${MODEL}+bm25`, lexicalMode: 'plain', like: 'hybrid' },
  { name: `${MODEL}+bm25+xqg`, lexicalMode: 'generated', like: 'hybrid+xqg' },
  { name: `${MODEL}+bm25+qt`, lexicalMode: 'translated', like: 'hybrid+qt' },
].map(({ like, ...hybrid }) => ({ ...hybrid, settings: defaultSettings(systemsNamed([like])[0]) }));

const shared = process.env.XQG_SHARED ?? '../shared';
const { values: options } = parseArgs({
  options: {
    pack: { type: 'string', default: 'base' },
    metrics: { type: 'string', default: 'MRR' },
    cache: { type: 'string', default: '.cache/teachers' },
    json: { type: 'string' },
  },
});
const card = {
  ...teacherCards(resolve(shared, 'models')).find(({ name }) => name === MODEL),
  maxTokens: LONGEST,
};
const opened = await openParts({ pack: options.pack });

const tuning = await loadMlqar({ directory: resolve(shared, 'data/eval/mlqa-r'), half: 'tune' });
const weightOf = await onCollection(tuning, chooseWeights);
const xquad = await loadXquad({ directory: resolve(shared, 'data/eval/xquad') });
const results = await onCollection(xquad, (languages) => measure(languages, weightOf));
await opened.close();

console.log(formatTables(results, { metrics: options.metrics.split(',') }).trimEnd());
if (options.json) {
  const command = `node scripts/neural-reference.mjs ${process.argv.slice(2).join(' ')}`.trim();
  const sha256 = createHash('sha256')
    .update(readFileSync(join(card.folder, card.model)))
    .digest('hex');
  const neural = {
    model: MODEL,
    sha256,
    dim: card.dim,
    longest: LONGEST,
    denseWeight: Object.fromEntries(weightOf),
  };
  const identities = { ...opened.identities, neural };
  const sources = [...tuning.sources, ...xquad.sources];
  writeFileSync(
    options.json,
    `${JSON.stringify({ results, notes: xquad.notes, madeBy: madeBy(command, sources, identities) }, null, 1)}\n`,
  );
}

/** What `work` says about the questions of every language, asked of the English passages. */
async function onCollection(collection, work) {
  const { encoder, generator } = opened.parts;
  const { passages } = collection.parts.get('en');
  const queryLanguages = [...collection.parts.keys()].filter((lang) => lang !== 'en');
  const [index] = await PassageIndex.build(passages, [
    { encoder, generator, queryLanguages, queries: DRAWN_QUERIES, seed: 0 },
  ]);
  try {
    const { ids } = index.snapshot;
    const texts = new Map(passages.map(({ id, text }) => [id, text]));
    const matrix = await encode(
      `${collection.name} en passages`,
      ids.map((id) => texts.get(id)),
    );
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    const languages = [];
    for (const lang of queryLanguages) {
      const { queries, qrels } = testCollectionOf(collection, lang, 'en');
      const vectors = await encode(
        `${collection.name} ${lang} questions`,
        queries.map(({ text }) => text),
      );
      languages.push({
        dataset: collection.name,
        lang,
        dense: queries.map((_, q) =>
          products(vectors.subarray(q * card.dim, (q + 1) * card.dim), matrix),
        ),
        relevant: queries.map(({ id }) => relevantRows(qrels.get(id), rowOf)),
        legs: await LegScores.create(index, generator, queries),
        rank: rankOfIds(ids),
        order: byteOrder(ids),
      });
    }
    return work(languages);
  } finally {
    await index.close();
  }
}

/**
 * The weight with the best mean MRR over the languages, by hybrid; the smaller one where two are
 * equal.
 */
function chooseWeights(languages) {
  const [mrr] = parseMeasures('MRR');
  const lines = [[`${languages[0].dataset}, MRR, by weight`, ...WEIGHTS.map(String)]];
  const chosen = new Map();
  for (const hybrid of HYBRIDS) {
    const rankings = languages.map((language) => hybridScores(language, hybrid));
    const means = WEIGHTS.map((weight) =>
      mean(languages.map((language, l) => meanOf(mrr, language, rankings[l](weight)))),
    );
    chosen.set(hybrid.name, WEIGHTS[means.indexOf(Math.max(...means))]);
    lines.push([hybrid.name, ...means.map((value) => value.toFixed(4))]);
  }
  console.log(formatColumns(lines));
  return chosen;
}

function measure(languages, weightOf) {
  const rows = [];
  for (const language of languages) {
    const systems = [{ name: MODEL, scores: (q) => language.dense[q] }];
    for (const hybrid of HYBRIDS) {
      systems.push({
        name: hybrid.name,
        scores: hybridScores(language, hybrid)(weightOf.get(hybrid.name)),
      });
    }
    for (const { name, scores } of systems) {
      for (const measured of parseMeasures(MEASURES)) {
        rows.push({
          dataset: language.dataset,
          setting: 'to-english',
          queryLang: language.lang,
          passageLang: 'en',
          system: name,
          metric: measured.name,
          value: meanOf(measured, language, scores),
          generator: 'lexicon',
          language: 'given',
          queries: language.relevant.length,
        });
      }
    }
  }
  return rows;
}

/**
 * Given a weight, the scores (n) of a query in the hybrid; NaN: in neither list. The array is
 * reused.
 */
function hybridScores({ dense, legs, rank }, { lexicalMode, settings }) {
  const shape = { topN: settings.topN, normalization: settings.normalization, rank };
  const depth = Math.min(settings.topN, rank.length);
  const denseLists = dense.map((scores) => legList(scores, null, depth, shape));
  const lexicalLists = legs
    .lexical(lexicalMode, settings)
    .map((scores) => legList(scores, 0, depth, shape));
  const fused = new Float64Array(rank.length);
  return (weight) => (q) => {
    fuseLegs(denseLists[q], lexicalLists[q], weight, fused);
    return fused;
  };
}

function meanOf(measured, { relevant, order }, scores) {
  return mean(
    relevant.map((rows, q) => measured.of(rankRows(rows, scores(q), order, order.length))),
  );
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function products(vector, matrix) {
  const scores = new Float32Array(matrix.length / vector.length);
  for (let row = 0, at = 0; row < scores.length; row++) {
    let sum = 0;
    for (let d = 0; d < vector.length; d++) sum += vector[d] * matrix[at++];
    scores[row] = sum;
  }
  return scores;
}

function encode(name, texts) {
  console.error(`${name}: ${texts.length}`);
  return teacherVectors(card, texts, options.cache);
}
