// Would a second vector a passage help, that of its sentence nearest to the question? Scores questions by
// (1 - w) q.p + w max over sentences q.s on MLQA-R's tuning half, to English, for several w, without generated queries and with
// them at the encoder's alpha. For choosing, never on XQuAD. Needs `npm run build`.
// usage: node scripts/best-sentence.mjs [--pack base] [--model static] [--langs en,ar,de,es,hi,vi,zh] [--data FOLDER] [--most N]
//   --most asks only the first N questions of a language.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuse } from '../dist/augment/fuse.js';
import { poolOf, testCollectionOf } from '../dist/evaluate/data/collection.js';
import { loadMlqar } from '../dist/evaluate/data/mlqar.js';
import { openParts } from '../dist/evaluate/ranking/engine-searcher.js';
import { PassageIndex } from '../dist/evaluate/ranking/passage-index.js';
import { DRAWN_QUERIES } from '../dist/evaluate/systems.js';
import { sentencesOf } from '../dist/search/snippet.js';

const { values: options } = parseArgs({
  options: {
    pack: { type: 'string', default: 'base' },
    model: { type: 'string', default: 'static' },
    langs: { type: 'string', default: 'en,ar,de,es,hi,vi,zh' },
    data: {
      type: 'string',
      default: resolve(process.env.XQG_SHARED ?? '../shared', 'data/eval/mlqa-r'),
    },
    most: { type: 'string', default: '100000' },
  },
});
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const LONGEST = 320;
const langs = options.langs.split(',');
const collection = await loadMlqar({ directory: options.data, langs, half: 'tune' });
const opened = await openParts({ pack: options.pack, encoder: options.model });
const { encoder, generator, defaults } = opened.parts;
const { dim } = encoder.identity;
const passages = [...poolOf(collection, 'en')];
const asking = langs.filter((lang) => lang !== 'en');

const sentences = passages.flatMap(({ text }, p) =>
  sentencesOf(text, 'en', LONGEST).map((piece) => ({ p, title: '', text: piece.text, lang: 'en' })),
);
console.error(`${passages.length} passages, ${sentences.length} sentences`);
const ofSentences = await inBatches(sentences, (part) => encoder.encodePassages(part));
const [index] = await PassageIndex.build(passages, [
  { encoder, generator, queryLanguages: asking, queries: DRAWN_QUERIES, seed: 0 },
]);
const plain = await index.snapshot.passageVectors();
const means = { plain: SHARES.map(() => 0), xqg: SHARES.map(() => 0) };
for (const lang of asking) {
  const { queries, qrels } = testCollectionOf(collection, lang, 'en');
  const some = queries.slice(0, Number(options.most));
  const vectors = await inBatches(
    some.map(({ text }) => ({ text, languages: [{ lang, weight: 1 }] })),
    (part) => encoder.encodeQueries(part),
  );
  const sums = await index.snapshot.languageSum(lang);
  const fused = fuse(plain, [{ lang, sums, weight: 1, queries: DRAWN_QUERIES }], {
    variant: 'mean',
    renormalize: true,
    alpha: defaults.alpha,
    dim,
  });
  const { ids } = index.snapshot;
  for (const [name, matrix] of [
    ['plain', plain],
    ['xqg', fused],
  ]) {
    SHARES.forEach((share, s) => {
      let sum = 0;
      some.forEach(({ id }, q) => {
        const vector = vectors.subarray(q * dim, (q + 1) * dim);
        const best = new Float64Array(ids.length).fill(-Infinity);
        sentences.forEach(({ p }, at) => {
          best[p] = Math.max(best[p], product(vector, ofSentences, at * dim));
        });
        const scores = ids.map((_, p) => {
          const own = product(vector, matrix, p * dim);
          return (1 - share) * own + share * (best[p] === -Infinity ? own : best[p]);
        });
        const relevant = ids.flatMap((each, p) => ((qrels.get(id).get(each) ?? 0) > 0 ? [p] : []));
        const ranks = relevant.map((p) => 1 + scores.filter((score) => score > scores[p]).length);
        sum += ranks.length === 0 ? 0 : 1 / Math.min(...ranks);
      });
      means[name][s] += sum / some.length / asking.length;
    });
  }
  console.error(lang);
}
console.log(
  `MRR on MLQA-R's tuning half, ${asking.join(' ')} to English, ${encoder.identity.name}, ${options.most} questions a language at most`,
);
console.log(['share of the best sentence', ...SHARES].join('\t'));
for (const [name, values] of Object.entries(means))
  console.log(
    [name === 'plain' ? 'dense' : 'dense+xqg', ...values.map((value) => value.toFixed(4))].join(
      '\t',
    ),
  );
await index.close();
await opened.close();

function product(a, matrix, from) {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * matrix[from + d];
  return sum;
}

async function inBatches(items, encode) {
  const out = new Float32Array(items.length * dim);
  for (let from = 0; from < items.length; from += 256)
    out.set(await encode(items.slice(from, from + 256)), from * dim);
  return out;
}
