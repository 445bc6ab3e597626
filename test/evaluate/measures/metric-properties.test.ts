/** Properties of ranks and measures over random rankings with many ties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseMeasures,
  type RelevantRanks,
  rankRelevant,
} from '../../../src/evaluate/measures/metrics.js';
import { byteOrder, ranksOf, relevantRows } from '../../../src/evaluate/ranking/row-ranks.js';
import { exactRows } from '../../../src/search/dense/exact-search.js';

/** Rows with few distinct scores, some without a score (NaN), and the relevant ones among them. */
const ranking = fc
  .array(
    fc.record({
      score: fc.constantFrom(0, 1, 2, 2.5, 3, Number.NaN),
      gain: fc.constantFrom(0, 0, 1, 2),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) => {
    const ids = rows.map((_, r) => `p${(r * 7) % 97}`);
    const judgments = new Map(rows.map(({ gain }, r) => [ids[r], gain]));
    const relevant = relevantRows(judgments, new Map(ids.map((id, r) => [id, r])));
    return {
      ids,
      judgments,
      relevant,
      order: byteOrder(ids),
      scores: Float64Array.from(rows, ({ score }) => score),
    };
  });

type Ranking = typeof ranking extends fc.Arbitrary<infer T> ? T : never;

const measured = (measure: string, ranks: RelevantRanks) => parseMeasures(measure)[0].of(ranks);

describe('ranks', () => {
  it('by counting equal those by sorting', () => {
    fc.assert(
      fc.property(ranking, fc.integer({ min: 1, max: 50 }), (data, depth) => {
        const { ids, judgments, relevant, order, scores } = data;
        const sorted = [...ids.keys()]
          .filter((row) => !Number.isNaN(scores[row]))
          .sort((a, b) => scores[b] - scores[a] || order[b] - order[a]);
        const expected = sorted.flatMap((row, i) =>
          judgments.get(ids[row])! > 0 && i < depth ? [[i + 1, judgments.get(ids[row])]] : [],
        );
        const { ranks, gains } = ranksOf(relevant, exactRows(scores), order, depth);
        expect(ranks.map((rank, i) => [rank, gains[i]])).toEqual(expected);
      }),
    );
  });

  it('of rows equal those of a run', () => {
    fc.assert(
      fc.property(ranking, ({ ids, judgments, relevant, order, scores }) => {
        const entries = ids.map((id, r) => [id, scores[r]] as const);
        const run = new Map(entries.filter(([, score]) => !Number.isNaN(score)));
        const { size: _, ...expected } = rankRelevant(judgments, run);
        expect(ranksOf(relevant, exactRows(scores), order, ids.length)).toMatchObject(expected);
      }),
    );
  });

  it('of scanned scores are those of the exact ones, however the scan rounds', () => {
    const errors = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 40,
      maxLength: 40,
    });
    const size = fc.constantFrom(0, 1e-6, 0.3, 2);
    fc.assert(
      fc.property(ranking, errors, size, ({ relevant, order, scores }, off, error) => {
        const scanned = scores.map((score, row) => score + off[row] * error);
        const exact = (row: number) => scores[row];
        const ranks = ranksOf(relevant, { scores: scanned, error, exact }, order, scores.length);
        expect(ranks).toEqual(ranksOf(relevant, exactRows(scores), order, scores.length));
      }),
    );
  });
});

describe('measures', () => {
  const allRanks = ({ relevant, scores, order }: Ranking) =>
    ranksOf(relevant, exactRows(scores), order, scores.length);

  it('are between 0 and 1', () => {
    const measures = parseMeasures('mAP mAP@20 R@1 R@10 MRR nDCG@10 P@3 accuracy@1');
    fc.assert(
      fc.property(ranking, (data) => {
        for (const measure of measures) {
          const value = measure.of(allRanks(data));
          expect(value, measure.name).toBeGreaterThanOrEqual(0);
          expect(value, measure.name).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('grow with the cut-off', () => {
    fc.assert(
      fc.property(ranking, fc.integer({ min: 1, max: 40 }), (data, k) => {
        const ranks = allRanks(data);
        for (const name of ['mAP', 'R', 'MRR', 'accuracy'])
          expect(measured(`${name}@${k}`, ranks), name).toBeLessThanOrEqual(
            measured(`${name}@${k + 1}`, ranks),
          );
        expect(measured('mAP@1000', ranks)).toBe(measured('mAP', ranks));
      }),
    );
  });

  it('are 1 if the relevant passages come first', () => {
    fc.assert(
      fc.property(ranking, ({ ids, relevant, order }) => {
        fc.pre(relevant.length > 0);
        const scores = Float64Array.from(ids, (_, row) =>
          relevant.some((each) => each.row === row) ? 1 : 0,
        );
        const ranks = ranksOf(relevant, exactRows(scores), order, ids.length);
        for (const measure of ['mAP', 'MRR', 'accuracy@1', `R@${relevant.length}`])
          expect(measured(measure, ranks), measure).toBeCloseTo(1, 12);
        expect(measured('rank-distance', ranks)).toBe(
          relevant.length > 1 ? relevant.length - 1 : 0,
        );
      }),
    );
  });

  it('never decrease if a relevant passage moves up', () => {
    fc.assert(
      fc.property(ranking, fc.nat(), (data, which) => {
        fc.pre(data.relevant.length > 0);
        const { row } = data.relevant[which % data.relevant.length];
        const before = allRanks(data);
        const after = allRanks({
          ...data,
          scores: data.scores.map((score, r) => (r === row ? 9 : score)),
        });
        for (const measure of ['mAP', 'MRR', 'R@1', 'R@10'])
          expect(measured(measure, after), measure).toBeGreaterThanOrEqual(
            measured(measure, before) - 1e-12,
          );
      }),
    );
  });
});

describe('rank-distance', () => {
  const of = (ranks: number[], relevant = ranks.length) =>
    measured('rank-distance', {
      ranks,
      gains: ranks.map(() => 1),
      ideal: Array(relevant).fill(1),
      size: 100,
    });

  it('is the largest rank minus the smallest', () => {
    expect(of([3, 5, 11])).toBe(8);
  });

  it('treats a passage that was not retrieved as the last of the pool', () => {
    expect(of([3, 5], 3)).toBe(97);
  });

  it('is 0 if there is nothing to compare', () => {
    expect([of([7]), of([], 3)]).toEqual([0, 0]);
  });
});
