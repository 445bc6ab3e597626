import { describe, expect, it } from 'vitest';
import type { LanguageCentroids } from '../../../src/encode/centroids.js';
import { Centering, CenteringTerms, centeringFor } from '../../../src/search/dense/centering.js';
import { SearchMatrix } from '../../../src/search/dense/exact-top-k.js';
import { product } from '../../../src/search/dense/javascript-scanner.js';

// Binary fractions: every number below is exact.
const shipped: LanguageCentroids = {
  queries: new Map([
    ['en', Float32Array.of(0.5, 0, 0, 0)],
    ['fi', Float32Array.of(0, 0.25, 0, 0)],
  ]),
  passages: new Map(),
  sha256: '',
};
const snapshot = { langs: ['en', 'fi', 'en'], dim: 4 };
const centroids = new Map([
  ['en', Float32Array.of(0.5, 0, 0, 0.5)],
  ['fi', Float32Array.of(0, 0.5, 0, 0.5)],
]);
const centering = new Centering(shipped, snapshot, centroids);
const weights = { query: 0.5, passage: 1, centrality: 0.25 };
const question = Float32Array.of(0, 0, 2, 0);
const vectors = Float32Array.of(0.5, 0.5, 0.5, 0.5, 1, 0, 0, 0, 0, 0, 0.5, 1);
const centralities = Float32Array.of(0.5, 0, 0.5);

describe('a centered question', () => {
  it('loses the centroid of its language, in its own length', () => {
    const centered = centering.question(question, [{ lang: 'en', weight: 1 }], weights);
    // 2 x .5 x .5
    expect(centered).toEqual(Float32Array.of(-0.5, 0, 2, 0));
    expect(question).toEqual(Float32Array.of(0, 0, 2, 0));
  });

  it('loses those of several languages by their weights, and the mean for an unknown language', () => {
    const languages = [
      { lang: 'en', weight: 0.25 },
      { lang: 'fi', weight: 0.5 },
      { lang: 'th', weight: 0.25 },
    ];
    // The mean of both is (.25, .125, 0, 0).
    expect(centering.question(question, languages, weights)).toEqual(
      Float32Array.of(-0.125 - 0.0625, -0.125 - 0.03125, 2, 0),
    );
  });

  it('is the question itself at weight 0, and where it is zero', () => {
    const languages = [{ lang: 'en', weight: 1 }];
    expect(centering.question(question, languages, { ...weights, query: 0 })).toBe(question);
    const zero = new Float32Array(4);
    expect(centering.question(zero, languages, weights)).toBe(zero);
  });
});

describe('the terms of centering', () => {
  const query = Float32Array.of(-0.5, 0, 2, 0);

  it('are c C.x - b q.C, for a row and for all', async () => {
    expect([...(await centering.passageCentralities(new SearchMatrix(vectors, 4)))]).toEqual([
      ...centralities,
    ]);
    // q . C: -.25 for English, 0 for Finnish.
    const expected = [0.125 + 0.25, 0, 0.125 + 0.25];
    expect([0, 1, 2].map((row) => centering.term(query, row, centralities[row], weights))).toEqual(
      expected,
    );
    expect([...centering.terms(query, centralities, weights)]).toEqual(expected);
    const matrix = new CenteringTerms(centering, centralities, weights, 4);
    expect([0, 1, 2].map((row) => matrix.score(query, row))).toEqual(expected);
    const { scores, error } = matrix.approximate(query);
    expect([...scores]).toEqual(expected);
    expect(error).toBe(0.375 * 2 ** -23);
    expect([...centering.offsets(query, weights)]).toEqual([
      ['en', -0.25],
      ['fi', 0],
    ]);
  });

  it('complete the product to (q - a C_q).(x - b C_p) + c C_p.x', () => {
    const languages = [{ lang: 'fi', weight: 1 }];
    const centered = centering.question(question, languages, weights);
    for (const [row, lang] of snapshot.langs.entries()) {
      const x = vectors.subarray(row * 4, (row + 1) * 4);
      const c = centroids.get(lang)!;
      const passage = x.map((value, d) => value - weights.passage * c[d]);
      const formula = product(centered, passage, 0) + weights.centrality * product(c, x, 0);
      const term = centering.term(centered, row, centering.centrality(row, x), weights);
      expect(product(centered, x, 0) + term).toBe(formula);
    }
  });
});

describe('what a graph is asked with', () => {
  it('is equally near to the centroids of all languages, and nearer to what is central', () => {
    const query = Float32Array.of(-0.5, 0.25, 2, 0.5);
    const plain = { ...weights, centrality: 0 };
    const proposal = centering.proposal(query, plain);
    expect([...proposal].map((value) => Number(value.toFixed(6)))).toEqual([
      -0.125, -0.125, 2, 0.5,
    ]);
    const [en, fi] = [...centroids.values()].map((centroid) => product(proposal, centroid, 0));
    expect(en).toBeCloseTo(fi, 6);
    const central = centering.proposal(query, weights);
    // A quarter of the mean centroid (.25, .25, 0, .5).
    central.forEach((value, d) => {
      expect(value).toBeCloseTo(proposal[d] + [0.0625, 0.0625, 0, 0.125][d], 6);
    });
  });

  it('is the question itself in one language without centrality, or without passages', () => {
    const query = Float32Array.of(-0.5, 0.25, 2, 0.5);
    const plain = { ...weights, centrality: 0 };
    for (const some of [[...centroids].slice(0, 1), []])
      expect(new Centering(shipped, snapshot, new Map(some)).proposal(query, plain)).toEqual(query);
  });
});

describe('the weights for a question', () => {
  const of = (languages: readonly [string, number][], passages: readonly string[]) =>
    centeringFor(
      weights,
      languages.map(([lang, weight]) => ({ lang, weight })),
      passages,
    );

  it('are whole where passages are in another language, or in several', () => {
    expect(of([['fi', 1]], ['en'])).toBe(weights);
    expect(of([['en', 1]], ['en', 'fi'])).toBe(weights);
    expect(centeringFor(weights, undefined, ['en'])).toBe(weights);
  });

  it('shrink by how much of the question is in the only language of the passages', () => {
    const languages: [string, number][] = [
      ['en', 0.75],
      ['fi', 0.25],
    ];
    expect(of(languages, ['en'])).toEqual({ query: 0.125, passage: 0.25, centrality: 0.0625 });
    expect(of([['en', 1]], ['en'])).toBeNull();
  });
});
