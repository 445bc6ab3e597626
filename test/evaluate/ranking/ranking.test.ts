import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EvaluationQuery } from '../../../src/evaluate/data/collection.js';
import { openConditions } from '../../../src/evaluate/experiment/conditions/index.js';
import { type ExperimentSpec, experimentSchema } from '../../../src/evaluate/experiment/spec.js';
import type { Variant } from '../../../src/evaluate/experiment/variant.js';
import { variantsOf } from '../../../src/evaluate/experiment/variants.js';
import { rankRelevant } from '../../../src/evaluate/measures/metrics.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import {
  Block,
  EXPECTED_QUERIES,
  type PassageSource,
  passagesInMemory,
  streamedPassages,
} from '../../../src/evaluate/ranking/block.js';
import { Pool, percentileOf } from '../../../src/evaluate/ranking/pool.js';
import { type QuestionBatch, Ranker } from '../../../src/evaluate/ranking/ranker.js';
import { roundTripScores } from '../../../src/evaluate/ranking/round-trip.js';
import type { SystemSettings } from '../../../src/evaluate/ranking/system-settings.js';
import { DRAWN_QUERIES, SYSTEMS, type System } from '../../../src/evaluate/systems.js';
import type { Generator } from '../../../src/generate/generator.js';
import { SEARCH_DEFAULTS } from '../../../src/search/defaults.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../../src/search/engine.js';
import { computedIndex } from '../../support/computed-index.js';
import {
  MIXED_QUESTIONS,
  MIXED_TEXTS,
  ReversingEncoder,
  ReversingGenerator,
  reversedText,
} from '../../support/reversed-languages.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-experiment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encoder = new ReversingEncoder();
const generator = new ReversingGenerator();
const scanner = new JavaScriptScanner();
const store = new ArtifactStore(folder);
const passages = MIXED_TEXTS.map((text, i) => ({ id: `p${i}`, title: '', text, lang: 'en' }));
const lang = 'th';
const queries: EvaluationQuery[] = MIXED_QUESTIONS.map((text, i) => ({
  id: `q${i}`,
  text: reversedText(text, lang),
  lang,
  langGiven: true,
  group: `g${i % 5}`,
}));
const qrels = new Map(
  queries.map(({ id }, i) => [
    id,
    new Map(passages.filter((_, p) => p % 7 === i % 7).map((p) => [p.id, 1])),
  ]),
);

const spec: ExperimentSpec = experimentSchema.parse({
  name: 'toy',
  data: [{ set: 'xquad', path: '.', settings: ['to-english'] }],
  primary: {
    data: 'xquad',
    setting: 'to-english',
    metric: 'MRR',
    baseline: 'dense',
    system: 'dense+xqg',
  },
  legs: ['dense', 'lexical', 'hybrid'],
  translation: true,
  conditions: {
    alpha: [0, 0.3],
    queries: [0, 1, 3],
    languages: ['own', 'all', 'others', 'leave-one-out'],
    filter: [0, 50],
    'language-means': ['none', 'pool'],
    feedback: [0, 0.5],
    combine: ['mean', 'sum', 'paper'],
    controls: ['own', 'shuffled', 'mean', 'centered'],
  },
});
/** With the defaults of the static encoder. */
const asStatic = Object.assign(new ReversingEncoder(), { tuning: 'static' as const });
const variants = variantsOf(spec, await openConditions(spec.conditions, { file: '.' }), {
  ...{ encoderName: 'toy', generatorName: 'toy', encoder: asStatic, generator },
  ...{ means: new Map(), drawn: 5 },
});
const variant = (name: string): Variant => variants.find((each) => each.name === name)!;

async function open(
  source: (part: typeof passages) => PassageSource | Promise<PassageSource> = passagesInMemory,
): Promise<{ ranker: Ranker; asked: QuestionBatch; pool: Pool }> {
  // Two blocks, so that their places in the pool count.
  const recipe = { encoder, generator, store, seed: 0 };
  const parts = await Promise.all([passages.slice(0, 11), passages.slice(11)].map(source));
  const blocks = parts.map((part) => ({
    block: new Block(part, recipe),
    idOf: (id: string) => id,
  }));
  const pool = new Pool(blocks, {
    queryLanguages: generator.languages,
    trainingMeans: new Map(),
    roundTrip: (each, place, of, drawn) =>
      roundTripScores(each, place, of, drawn, { scanner, store, identity: { test: 'toy' } }),
  });
  const ranker = new Ranker(pool, {
    encoder,
    generator,
    scanner,
    queryLanguages: generator.languages,
  });
  const vectors = await encoder.encodeQueries(
    queries.map(({ text }) => ({ text, languages: [{ lang, weight: 1 }] })),
  );
  return {
    ranker,
    pool,
    asked: { lang, queries, qrels, vectors, languages: null, expansions: null },
  };
}

/** Without its distribution, so that queries are drawn. */
const drawnOnly: Generator = {
  identity: generator.identity,
  languages: generator.languages,
  draw: (...request) =>
    generator.draw(...(request as unknown as Parameters<ReversingGenerator['draw']>)),
};
const DRAWN = { queries: DRAWN_QUERIES, terms: 'drawn' } as const;
const EXPECTED = { queries: 'expected', terms: 'expected' } as const;

/** The order of all passages in an index that was built for this alone. */
async function rankedByIndex(alpha: number, made: Generator, count: number): Promise<string[][]> {
  const index = await computedIndex(passages, { encoder, generator: made, queries: count });
  const engine = new SearchEngine({ ...index, encoder, scanner });
  const hits = await engine.rankBatch(
    queries.map(({ text }) => ({
      question: text,
      languages: [{ lang, weight: 1 }],
      mode: 'dense' as const,
      augment: true,
      alpha,
      k: passages.length,
    })),
  );
  return hits.map((ofQuery) => ofQuery.map(({ id, score }) => `${id} ${score}`));
}

describe('variants of one pool', () => {
  /** Where the passages stand in rankings of an index that was built for this alone. */
  async function ranksInIndex(
    { augment, drawn, mode, translate }: System,
    { queries: asked, qrels: judged, languages }: QuestionBatch,
    depth: number,
    topN: number,
  ) {
    const made = drawn ? drawnOnly : generator;
    const index = await computedIndex(passages, {
      ...{ encoder, generator: made, queries: DRAWN_QUERIES },
    });
    const factors = made.distribution?.factors ?? null;
    const engine = new SearchEngine({ ...index, encoder, scanner, factors });
    const requests = asked.map((query, q) => ({
      ...{ question: query.text, mode, translate, augment: augment !== 'off', topN },
      languages: languages?.[q] ?? [{ lang, weight: 1 }],
      languagePolicy: augment === 'all' ? ('all' as const) : ('asker' as const),
    }));
    // Among scores that are equal at the cut, search prefers smaller ids and trec_eval greater
    // ones.
    const hits = await engine.rankBatch(requests.map((each) => ({ ...each, k: passages.length })));
    return hits.map((ofQuery, q) => {
      const scores = new Map(ofQuery.map(({ id, score }) => [id, score]));
      const { ranks, ...rest } = rankRelevant(judged.get(asked[q].id)!, scores);
      const within = ranks.filter((rank) => rank <= depth);
      return { ...rest, ranks: within, gains: within.map(() => 1), size: passages.length };
    });
  }

  const weights = [
    { lang, weight: 0.7 },
    { lang: 'de', weight: 0.3 },
  ];

  it.each([
    ['given', passages.length, 200],
    ['guessed', passages.length, 200],
    ['given', 7, 10],
    ['guessed', 7, 10],
  ] as const)(
    'rank as an index does in every system, languages %s, to depth %i',
    async (knowledge, depth, topN) => {
      const { ranker, asked } = await open();
      const languages = knowledge === 'given' ? null : queries.map(() => weights);
      const vectors = await encoder.encodeQueries(
        queries.map(({ text }, q) => ({
          text,
          languages: languages?.[q] ?? [{ lang, weight: 1 }],
        })),
      );
      const questions = { ...asked, languages, vectors };
      const systems = SYSTEMS.map((system): SystemSettings => {
        const source = { ...variant('dense').source, ...(system.drawn ? DRAWN : EXPECTED) };
        const base = { ...variant('dense+xqg'), system, source, topN, feedback: null };
        return { ...base, languages: system.augment === 'all' ? 'all' : 'asker' };
      });
      const ranks = await ranker.ranks(systems, questions, depth);
      for (const [s, system] of SYSTEMS.entries()) {
        expect(ranks[s], system.name).toEqual(await ranksInIndex(system, questions, depth, topN));
        expect((await ranker.ranks([systems[s]], questions, depth))[0], system.name).toEqual(
          ranks[s],
        );
      }
    },
  );

  it('rank alike over passages in memory and passages that are read again and again', async () => {
    const { ranker, asked } = await open();
    let readings = 0;
    const streamed = await open((part) =>
      streamedPassages(async function* () {
        readings++;
        yield* part;
      }),
    );
    const some = ['dense+xqg', 'hybrid+xqg', 'bm25+xqg', 'dense+xqg, n=3'].map(variant);
    expect(await streamed.ranker.ranks(some, asked)).toEqual(await ranker.ranks(some, asked));
    expect(readings).toBeGreaterThan(2);
  });

  it('with feedback rank as the search engine does, and without it as the system itself', async () => {
    const { ranker, asked } = await open();
    for (const system of ['dense', 'dense+xqg']) {
      expect((await ranker.ranks([variant(`${system}, feedback 0`)], asked))[0]).toEqual(
        (await ranker.ranks([variant(system)], asked))[0],
      );
      const fed = variant(`${system}, feedback 0.5`);
      const best = await ranker.best(fed, asked, passages.length);
      // Measures break ties as trec_eval does, by descending id.
      const ranks = best.map((hits, q) =>
        [...hits]
          .sort((a, b) => b.score - a.score || (a.id < b.id ? 1 : -1))
          .flatMap(({ id }, i) => (qrels.get(asked.queries[q].id)!.has(id) ? [i + 1] : [])),
      );
      const found = (await ranker.ranks([fed], asked))[0];
      expect(found.map(({ ranks: each }) => each)).toEqual(ranks);
      expect(found).not.toEqual((await ranker.ranks([variant(system)], asked))[0]);
    }
  });

  it('with feedback move toward the passage as it is searched, with language means removed too', async () => {
    // The ranker of experiments once had a first pass of its own. It moved questions, of which the
    // means were removed, toward passages of which they were not.
    const { ranker, asked } = await open();
    const fed = { ...variant('dense+xqg, means pool'), feedback: 0.5 };
    const best = await ranker.best(fed, asked, passages.length);
    const [found] = await ranker.ranks([fed], asked);
    for (const [q, hits] of best.entries()) {
      const scores = new Map(hits.map(({ id, score }) => [id, score]));
      expect(found[q].ranks).toEqual(rankRelevant(qrels.get(asked.queries[q].id)!, scores).ranks);
    }
  });

  it('have sentences and centering as search has them, or not where the file says so', async () => {
    const context = {
      ...{ encoderName: 'toy', generatorName: 'toy', encoder, generator },
      ...{ means: new Map(), drawn: 5 },
    };
    // An encoder that states no tuning is neural.
    for (const { sentenceWeight, centering } of variantsOf(spec, [], context))
      expect([sentenceWeight, centering]).toEqual([null, true]);
    const without = { ...spec, sentences: false, centering: false };
    for (const { sentenceWeight, centering } of variantsOf(without, [], context))
      expect([sentenceWeight, centering]).toEqual([0, false]);
    for (const { sentenceWeight } of variantsOf(spec, [], { ...context, encoder: asStatic }))
      expect(sentenceWeight).toBe(0);
    const [withSentences] = variantsOf({ ...spec, sentences: true }, [], {
      ...context,
      encoder: asStatic,
    });
    expect(withSentences.sentenceWeight).toBe(null);
  });

  it('at alpha 0 and with no queries are the baseline to the bit', async () => {
    const { ranker, asked } = await open();
    const scores = async (name: string) =>
      (await ranker.best(variant(name), asked, passages.length)).map((hits) =>
        hits.map(({ id, score }) => [id, score]),
      );
    const baseline = await scores('dense');
    expect(await scores('dense+xqg, alpha 0')).toEqual(baseline);
    expect(await scores('dense+xqg, n=0')).toEqual(baseline);
    expect(await scores('dense+xqg')).not.toEqual(baseline);
  });

  it('at a point of the alpha sweep equal an index that is searched with that alpha', async () => {
    const { ranker, asked } = await open();
    const best = await ranker.best(variant('dense+xqg, alpha 0.3'), asked, passages.length);
    const found = best.map((hits) => hits.map(({ id, score }) => `${id} ${score}`));
    expect(found).toEqual(await rankedByIndex(0.3, generator, EXPECTED_QUERIES));
  });

  it.each([1, 3])(
    'with %i drawn queries equal an index that was built with so many',
    async (count) => {
      const { ranker, asked } = await open();
      const best = await ranker.best(variant(`dense+xqg, n=${count}`), asked, passages.length);
      const found = best.map((hits) => hits.map(({ id, score }) => `${id} ${score}`));
      expect(found).toEqual(await rankedByIndex(SEARCH_DEFAULTS.alpha, drawnOnly, count));
    },
  );

  it('sum and mean with the same share rank renormalized vectors alike but for their lengths', async () => {
    const [mean, sum] = [variant('dense+xqg, mean'), variant('dense+xqg, sum')];
    expect(sum.alphaEffective).toBeCloseTo(mean.alpha, 12);
    expect(sum.profile).toBe('paper');
    expect(variant('dense+xqg, paper').alphaEffective).toBeCloseTo(
      (0.01 * 15) / (0.99 + 0.01 * 15),
      12,
    );
  });

  it('of languages are those that search would use', async () => {
    const { ranker, asked } = await open();
    const ranks = async (name: string) => (await ranker.ranks([variant(name)], asked))[0];
    expect(await ranks('dense+xqg, own')).toEqual(await ranks('dense+xqg'));
    expect(await ranks('dense+xqg, others')).toEqual(await ranks('dense+xqg, without th'));
  });

  it('filtering nothing keeps all drawn queries, filtering half changes ranks', async () => {
    const { ranker, asked } = await open();
    const five = {
      ...variant('dense+xqg, n=1'),
      source: { ...variant('dense+xqg, n=1').source, queries: 5 },
    };
    const ranks = async (each: Variant) => (await ranker.ranks([each], asked))[0];
    const none = await ranks(variant('dense+xqg, filter 0 %'));
    expect(none).toEqual(await ranks(five));
    expect(await ranks(variant('dense+xqg, filter 50 %'))).not.toEqual(none);
  });

  it('without means are the systems themselves', async () => {
    const { ranker, asked } = await open();
    const ranks = async (name: string) => (await ranker.ranks([variant(name)], asked))[0];
    expect(await ranks('dense+xqg, means none')).toEqual(await ranks('dense+xqg'));
    expect(await ranks('dense+xqg, means none, alpha 0')).toEqual(await ranks('dense'));
    expect(await ranks('dense+xqg, means pool')).not.toEqual(await ranks('dense+xqg'));
  });
});

describe('the round trip', () => {
  it('scores a query above 0 exactly where it finds its own passage first', async () => {
    const { pool } = await open();
    const scores = await roundTripScores(pool, 1, lang, 5, {
      scanner,
      store,
      identity: { test: 'toy' },
    });
    const { texts } = await pool.blocks[1].block.drawn(lang, 5);
    const vectors = await pool.vectors();
    const dim = pool.dim;
    const own = await pool.blocks[1].block.drawnVectors(lang, 5);
    let q = 0;
    let found = 0;
    for (const [row, ofRow] of texts.entries()) {
      for (let i = 0; i < ofRow.length; i++, q++) {
        const products = passages.map((_, p) =>
          vectors
            .subarray(p * dim, (p + 1) * dim)
            .reduce((sum, value, d) => sum + value * own[q * dim + d], 0),
        );
        const mine = products[11 + row];
        const others = Math.max(...products.filter((_, p) => p !== 11 + row));
        expect(scores[q]).toBeCloseTo(mine - others, 5);
        if (scores[q] > 0) found++;
      }
    }
    expect(q).toBe(19 * DRAWN_QUERIES);
    expect(found).toBeLessThan(q);
  });

  it('takes percentiles over all blocks', () => {
    const scores = [Float32Array.of(4, 1), Float32Array.of(3, 2)];
    expect(percentileOf(scores, 0)).toBe(1);
    expect(percentileOf(scores, 50)).toBe(3);
    expect(percentileOf([new Float32Array(0)], 50)).toBe(Number.NEGATIVE_INFINITY);
  });
});
