import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EvaluationQuery } from '../../../src/evaluate/data/collection.js';
import { openConditions } from '../../../src/evaluate/experiment/conditions/index.js';
import { type ExperimentSpec, experimentSchema } from '../../../src/evaluate/experiment/spec.js';
import type { Variant } from '../../../src/evaluate/experiment/variant.js';
import { variantsOf } from '../../../src/evaluate/experiment/variants.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { Block, EXPECTED_QUERIES, passagesInMemory } from '../../../src/evaluate/ranking/block.js';
import { PassageIndex } from '../../../src/evaluate/ranking/passage-index.js';
import { Pool, percentileOf } from '../../../src/evaluate/ranking/pool.js';
import { type QuestionBatch, Ranker } from '../../../src/evaluate/ranking/ranker.js';
import { roundTripScores } from '../../../src/evaluate/ranking/round-trip.js';
import { StreamedPool } from '../../../src/evaluate/ranking/streamed-pool.js';
import { DRAWN_QUERIES, SYSTEMS } from '../../../src/evaluate/systems.js';
import type { Generator } from '../../../src/generate/generator.js';
import { SEARCH_DEFAULTS } from '../../../src/search/defaults.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../../src/search/engine.js';
import { MIXED_QUESTIONS, MIXED_TEXTS, ToyEncoder, ToyGenerator, toyText } from '../toy.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-experiment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encoder = new ToyEncoder();
const generator = new ToyGenerator();
const scanner = new JavaScriptScanner();
const store = new ArtifactStore(folder);
const passages = MIXED_TEXTS.map((text, i) => ({ id: `p${i}`, title: '', text, lang: 'en' }));
const lang = 'th';
const queries: EvaluationQuery[] = MIXED_QUESTIONS.map((text, i) => ({
  id: `q${i}`,
  text: toyText(text, lang),
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
  },
});
/** With the defaults of the static encoder. */
const asStatic = Object.assign(new ToyEncoder(), { tuning: 'static' as const });
const variants = variantsOf(
  spec,
  await openConditions(spec.conditions, { file: '.' }),
  {
    ...{ encoderName: 'toy', generatorName: 'toy', encoder: asStatic, generator },
    ...{ means: new Map(), drawn: 5 },
  },
  new Map(),
);
const variant = (name: string): Variant => variants.find((each) => each.name === name)!;

async function open(): Promise<{ ranker: Ranker; asked: QuestionBatch; pool: Pool }> {
  // Two blocks, so that their places in the pool count.
  const recipe = { encoder, generator, store, seed: 0 };
  const blocks = [passages.slice(0, 11), passages.slice(11)].map((part) => ({
    block: new Block(passagesInMemory(part), recipe),
    idOf: (id: string) => id,
  }));
  const pool = new Pool(blocks, {
    queryLanguages: generator.languages,
    trainingMeans: new Map(),
    roundTrip: (each, place, of, drawn) =>
      roundTripScores(each, place, of, drawn, { scanner, store, identity: { test: 'toy' } }),
  });
  const ranker = new Ranker(pool, {
    encoder: encoder.identity,
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

/** The order of all passages in an index that was built for this alone. */
async function rankedByIndex(alpha: number, made: Generator, count: number): Promise<string[][]> {
  const common = {
    encoder,
    generator: made,
    queries: count,
    seed: 0,
    queryLanguages: generator.languages,
  };
  const [index] = await PassageIndex.build(passages, [common]);
  const lexical = index.lexical(SEARCH_DEFAULTS.bm25);
  const engine = new SearchEngine({ snapshot: index.snapshot, lexical, encoder, scanner });
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
  await index.close();
  return hits.map((ofQuery) => ofQuery.map(({ id, score }) => `${id} ${score}`));
}

describe('variants of one pool', () => {
  it('rank as a streamed pool does, in every system', async () => {
    const { ranker, asked } = await open();
    const systems = SYSTEMS.filter(({ drawn, augment }) => !drawn && augment !== 'all').map(
      ({ name }) => variant(name),
    );
    async function* stream() {
      yield* passages;
    }
    const [{ source }] = systems;
    const pool = await StreamedPool.build(stream(), {
      ...{ encoder, generator, seed: 0 },
      sources: [{ source, languages: [lang] }],
    });
    const streamed = new Ranker(pool, {
      ...{ encoder: encoder.identity, generator, scanner },
      queryLanguages: generator.languages,
    });
    expect(await ranker.ranks(systems, asked)).toEqual(await streamed.ranks(systems, asked));
    await pool.close();
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
      const drawn: Generator = {
        identity: generator.identity,
        languages: generator.languages,
        draw: (...request) =>
          generator.draw(...(request as unknown as Parameters<ToyGenerator['draw']>)),
      };
      const best = await ranker.best(variant(`dense+xqg, n=${count}`), asked, passages.length);
      const found = best.map((hits) => hits.map(({ id, score }) => `${id} ${score}`));
      expect(found).toEqual(await rankedByIndex(SEARCH_DEFAULTS.alpha, drawn, count));
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
