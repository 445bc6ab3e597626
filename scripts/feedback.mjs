// What does feedback from a first pass gain where every language has the answer, and what does it cost where one has it alone? Asks one pool
// of all languages, MLQA-R's tuning half, sentences, dense leg with generated queries. For choosing the default, never on XQuAD. Needs
// `npm run build`.
// usage: node scripts/feedback.mjs [--pack base] [--model static] [--langs en,ar,de,es,hi,vi,zh] [--weights 0,0.1,0.2,0.5,1] [--data FOLDER]
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { poolOf, testCollectionOf } from '../dist/evaluate/data/collection.js';
import { loadMlqar } from '../dist/evaluate/data/mlqar.js';
import { openParts } from '../dist/evaluate/ranking/engine-searcher.js';
import { exactScores } from '../dist/evaluate/ranking/exact-scores.js';
import { PassageIndex } from '../dist/evaluate/ranking/passage-index.js';
import { DRAWN_QUERIES } from '../dist/evaluate/systems.js';
import { SearchEngine } from '../dist/search/engine.js';

const { values: options } = parseArgs({
  options: {
    pack: { type: 'string', default: 'base' },
    model: { type: 'string', default: 'static' },
    langs: { type: 'string', default: 'en,ar,de,es,hi,vi,zh' },
    weights: { type: 'string', default: '0,0.1,0.2,0.5,1' },
    data: {
      type: 'string',
      default: resolve(process.env.XQG_SHARED ?? '../shared', 'data/eval/mlqa-r'),
    },
  },
});
const langs = options.langs.split(',');
const weights = options.weights.split(',').map(Number);
const collection = await loadMlqar({
  directory: options.data,
  langs,
  half: 'tune',
  unit: 'sentence',
});
const opened = await openParts({ pack: options.pack, encoder: options.model });
const { encoder, generator, scanner, defaults } = opened.parts;
const tests = langs.map((lang) => testCollectionOf(collection, lang, 'all'));
const passages = [...poolOf(collection, 'all')];
const common = { encoder, generator, queryLanguages: langs, queries: DRAWN_QUERIES, seed: 0 };
const [index] = await PassageIndex.build(passages, [common]);
const lexical = index.lexical(defaults.bm25);
const engine = new SearchEngine({ snapshot: index.snapshot, lexical, encoder, scanner, defaults });
const rowOf = new Map(index.snapshot.ids.map((id, row) => [id, row]));
const n = index.snapshot.ids.length;
const sums = weights.map(() => ({ everywhere: 0, alone: 0, questions: 0 }));

for (const [l, lang] of langs.entries()) {
  for (const [q, { id, text }] of tests[l].queries.entries()) {
    const judged = [...tests[l].qrels.get(id)]
      .filter(([, gain]) => gain > 0)
      .map(([each]) => rowOf.get(each));
    const written = [...new Set(judged.map((row) => index.snapshot.langs[row]))].sort();
    // The languages take turns.
    const kept = judged.filter((row) => index.snapshot.langs[row] === written[q % written.length]);
    const mask = new Uint8Array(n).fill(1);
    for (const row of judged) if (!kept.includes(row)) mask[row] = 0;
    const request = {
      question: text,
      languages: [{ lang, weight: 1 }],
      mode: 'dense',
      augment: true,
      k: n,
    };
    for (const [w, feedback] of weights.entries()) {
      sums[w].everywhere += precision(await scoresOf({ ...request, feedback }), judged);
      const scores = await scoresOf({ ...request, feedback, mask });
      const best = Math.max(...kept.map((row) => scores[row]));
      sums[w].alone +=
        1 /
        (1 +
          scores.reduce(
            (above, score, row) => above + (mask[row] === 1 && score > best ? 1 : 0),
            0,
          ));
      sums[w].questions += 1;
    }
  }
  console.error(lang);
}
console.log(
  `${encoder.identity.name}, MLQA-R's tuning half, ${n} sentences in ${langs.join(' ')}, means over ${sums[0].questions} questions`,
);
console.log(
  ['feedback', 'mAP, every language has the answer', 'MRR, one language has it'].join('\t'),
);
for (const [w, { everywhere, alone, questions }] of sums.entries())
  console.log(
    [weights[w], (everywhere / questions).toFixed(4), (alone / questions).toFixed(4)].join('\t'),
  );
await index.close();
await opened.close();

async function scoresOf(request) {
  const [{ vector, parts }] = await engine.denseQuestions([request]);
  return exactScores(vector, parts, n);
}

/** Average precision of a ranking of all passages by their scores. */
function precision(scores, relevant) {
  const own = relevant.map((row) => scores[row]).sort((a, b) => b - a);
  const ranks = own.map(
    (least, i) =>
      i +
      1 +
      scores.reduce((above, score) => above + (score > least ? 1 : 0), 0) -
      own.filter((score) => score > least).length,
  );
  return ranks.reduce((sum, rank, i) => sum + (i + 1) / rank, 0) / ranks.length;
}
