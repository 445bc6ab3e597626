import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  comparePassageIds,
  KNOWN_MEASURES,
  measureRun,
  parseMeasures,
  rankRelevant,
} from '../../../src/evaluate/measures/metrics.js';
import { readQrels, readRun } from '../../../src/evaluate/measures/trec.js';
import { shared } from '../../support/shared.js';

const golden = shared('golden/trec_eval');

/** xqg's names for the measures of trec_eval. */
const NAMES: Record<string, string> = {
  map: 'mAP',
  map_cut_20: 'mAP@20',
  P_1: 'P@1',
  recall_10: 'R@10',
  recall_100: 'R@100',
  recip_rank: 'MRR',
  ndcg: 'nDCG',
  ndcg_cut_10: 'nDCG@10',
  success_1: 'accuracy@1',
};

interface GoldenCase {
  qrels_file: string;
  run_file: string;
  ranking_top30: Record<string, string[]>;
  per_query: Record<string, Record<string, number>>;
  mean_over_qrels: Record<string, number>;
  expected_float64?: Pick<GoldenCase, 'per_query' | 'mean_over_qrels'>;
}

describe.skipIf(!golden)('measures equal trec_eval (needs XQG_SHARED golden/trec_eval)', () => {
  const file = golden && JSON.parse(readFileSync(join(golden, 'cases.json'), 'utf8'));
  const cases: Record<string, GoldenCase> = file?.cases ?? {};

  it.each(Object.keys(cases))('%s', async (name) => {
    const expected = cases[name];
    const qrels = await readQrels(join(golden!, expected.qrels_file));
    const run = await readRun(join(golden!, expected.run_file));
    const measures = parseMeasures(
      file.measures.map((measure: string) => NAMES[measure]).join(' '),
    );
    const got = measureRun(qrels, run, measures);
    const perQuery = { ...expected.per_query, ...expected.expected_float64?.per_query };
    const means = expected.expected_float64?.mean_over_qrels ?? expected.mean_over_qrels;
    let compared = 0;
    file.measures.forEach((measure: string, i: number) => {
      expect(got.means[i], `mean ${measure}`).toBeCloseTo(means[measure], 9);
      for (const [query, values] of Object.entries(perQuery)) {
        expect(got.perQuery.get(query)![i], `${query} ${measure}`).toBeCloseTo(values[measure], 9);
        compared++;
      }
    });
    expect(compared).toBeGreaterThan(0);
    expect(got.perQuery.size).toBe(qrels.size);
  });

  it('ranks every passage like trec_eval', async () => {
    for (const [name, { run_file, ranking_top30 }] of Object.entries(cases)) {
      const run = await readRun(join(golden!, run_file));
      for (const [query, ranking] of Object.entries(ranking_top30)) {
        if (name === 'odd_scores' && query === 's5') continue; // differs in float64, as said in metrics.ts
        for (const [i, id] of ranking.entries()) {
          expect(
            rankRelevant(new Map([[id, 1]]), run.get(query)).ranks,
            `${name} ${query} ${id}`,
          ).toEqual([i + 1]);
        }
      }
    }
  });
});

describe('parseMeasures', () => {
  it('accepts spaces, commas and any case, and returns canonical names', () => {
    expect(parseMeasures('ndcg@10, MRR@10 r@100 MAP').map((measure) => measure.name)).toEqual([
      'nDCG@10',
      'MRR@10',
      'R@100',
      'mAP',
    ]);
  });

  it.each(['bpref', 'R', 'accuracy', 'nDCG@0', 'MRR@-1', 'P@1.5', '', 'nDCG@', 'rank-distance@5'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseMeasures(text)).toThrow(
        expect.objectContaining({ code: 'XQG_UNKNOWN_MEASURE' }),
      );
    },
  );

  it('lists the known measures', () => {
    expect(KNOWN_MEASURES).toBe(
      'nDCG, nDCG@k, MRR, MRR@k, mAP, mAP@k, R@k, Rprec, P@k, accuracy@k, rank-distance, or as trec_eval, ir_measures and ranx write them: ndcg_cut_10, map, recip_rank, recall_100, P_10, success_1, RR@10, AP, Success@1, hit_rate@1',
    );
  });

  it.each([
    ['ndcg_cut_10 ndcg_cut.10 NDCG@10 nDCG', 'nDCG@10 nDCG@10 nDCG@10 nDCG'],
    ['map AP AP@20 map_cut_20 MAP@20', 'mAP mAP mAP@20 mAP@20 mAP@20'],
    ['recip_rank RR RR@10 mrr@10', 'MRR MRR MRR@10 MRR@10'],
    ['recall_100 recall.100 Recall@100 R@100', 'R@100 R@100 R@100 R@100'],
    ['P_10 P.10 precision@10 Rprec r-precision', 'P@10 P@10 P@10 Rprec Rprec'],
    ['success_1 Success@1 hit_rate@1 accuracy@1', 'accuracy@1 accuracy@1 accuracy@1 accuracy@1'],
    ['ndcg_cut.5,20 R@2,3', 'nDCG@5 nDCG@20 R@2 R@3'],
  ])('takes the names of other tools, and prints them: %s', (given, canonical) => {
    const measures = parseMeasures(given);
    expect(measures.map((measure) => measure.canonical).join(' ')).toBe(canonical);
    // What is xqg's own but for its case has xqg's spelling.
    const printed = measures.map(({ name }) => name.toLowerCase());
    expect(printed).toEqual(
      given.toLowerCase().replace('.5,20', '.5 ndcg_cut.20').replace('@2,3', '@2 r@3').split(' '),
    );
  });

  it.each(['hits@10', 'ndcg_burges@10', 'nDCG(dcg="exp")@10', 'iprec_at_recall_0.10', '10'])(
    'does not take another measure for one that it has: %s',
    (text) => {
      expect(() => parseMeasures(text)).toThrow(/Unknown measure/);
    },
  );

  it('counts R-precision', () => {
    const [rPrecision] = parseMeasures('Rprec');
    expect(rPrecision.of({ ranks: [1, 4], gains: [1, 1], ideal: [1, 1, 1], size: 9 })).toBe(1 / 3);
  });
});

describe('cut-offs', () => {
  const qrels = new Map([
    [
      'q',
      new Map([
        ['c', 1],
        ['d', 1],
      ]),
    ],
  ]);
  const run = new Map([
    [
      'q',
      new Map([
        ['a', 4],
        ['b', 3],
        ['c', 2],
        ['d', 1],
      ]),
    ],
  ]);
  it.each([
    ['MRR@2', 0],
    ['MRR@3', 1 / 3],
    ['P@4', 0.5],
    ['accuracy@2', 0],
    ['accuracy@3', 1],
    ['R@3', 0.5],
    ['mAP@3', 1 / 6],
  ])('%s', (measure, expected) => {
    expect(measureRun(qrels, run, parseMeasures(measure)).means[0]).toBeCloseTo(expected, 12);
  });
});

describe('comparePassageIds', () => {
  it('orders by UTF-8 bytes, also beyond the basic plane', () => {
    const ids = [
      'd10',
      'd9',
      'd',
      '',
      'é',
      'Z',
      '\uE000',
      '\uFFFD',
      '😀',
      '한',
      '\uD7A3',
      '語a',
      '語',
    ];
    const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...ids].sort(comparePassageIds)).toEqual(byBytes);
  });
});
