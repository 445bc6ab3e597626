import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FuseOptions, fuse, type LanguageSum, shareOf } from '../../src/augment/fuse.js';
import { alphaEffective } from '../../src/augment/profiles.js';
import { fusedLength, lateFusionScore } from '../../src/search/dense/late-matrix.js';
import { readFloat32, readNpy } from '../support/npy.js';
import { shared } from '../support/shared.js';

const golden = shared('golden/fusion');

interface GoldenCases {
  languages: string[];
  queries_per_language: number;
  n_passages: number;
  dim: number;
  cases: {
    row: number;
    name: string;
    variant: 'sum' | 'mean';
    renormalise: boolean;
    inputs: 'raw' | 'unit';
    alpha: number;
    weights: Record<string, number>;
  }[];
  alpha_eff: { alpha: number; n: number; alpha_eff: number }[];
}

describe.skipIf(golden === null)('golden/fusion (skipped: no XQG_SHARED)', () => {
  const file = (name: string): string => join(golden!, name);
  const cases: GoldenCases =
    golden === null
      ? { languages: [], queries_per_language: 0, n_passages: 0, dim: 0, cases: [], alpha_eff: [] }
      : JSON.parse(readFileSync(file('cases.json'), 'utf8'));
  const { languages, queries_per_language: perLanguage, n_passages: n, dim } = cases;

  /** Sums of the golden queries [passage, language, query, dim] by language, in float32. */
  function languageSums(queries: Float32Array, weights: Record<string, number>): LanguageSum[] {
    return languages.map((lang, l) => {
      const sums = new Float32Array(n * dim);
      for (let p = 0; p < n; p++)
        for (let i = 0; i < dim; i++) {
          let sum = 0;
          for (let q = 0; q < perLanguage; q++) {
            sum += queries[((p * languages.length + l) * perLanguage + q) * dim + i];
          }
          sums[p * dim + i] = sum;
        }
      return { lang, sums, weight: weights[lang], queries: perLanguage };
    });
  }

  it('equals all 44 cases: fused vectors, scores, and scores by late fusion', () => {
    const fused = readNpy(file('fused.npy')).data;
    const scores = readNpy(file('scores.npy')).data;
    const questions = readFloat32(file('search_queries.npy'));
    const inputs = {
      raw: {
        passages: readFloat32(file('passages.npy')),
        queries: readFloat32(file('queries.npy')),
      },
      unit: {
        passages: readFloat32(file('passages_unit.npy')),
        queries: readFloat32(file('queries_unit.npy')),
      },
    };
    expect(cases.cases).toHaveLength(44);
    for (const { row, variant, renormalise, inputs: kind, alpha, weights } of cases.cases) {
      const { passages, queries } = inputs[kind];
      const sums = languageSums(queries, weights);
      const options: FuseOptions = { variant, alpha, renormalize: renormalise, dim };
      const got = fuse(passages, sums, options);
      expectClose(got, fused.subarray(row * n * dim, (row + 1) * n * dim), 2e-5);
      const want = scores.subarray(row * 5 * n, (row + 1) * 5 * n);
      expectClose(products(questions, got, dim), want, 2e-5);
      expectClose(lateScores(questions, passages, sums, options), want, 2e-5);
    }
  });

  it('equals the table of effective alphas', () => {
    for (const { alpha, n: queries, alpha_eff } of cases.alpha_eff) {
      expect(alphaEffective(alpha, queries)).toBeCloseTo(alpha_eff, 12);
    }
  });
});

describe('fuse', () => {
  const dim = 8;
  const rows = 5;
  const matrix = fc
    .array(fc.float({ min: -2, max: 2, noNaN: true }), {
      minLength: rows * dim,
      maxLength: rows * dim,
    })
    .map((values) => Float32Array.from(values));
  const options = fc.record({
    variant: fc.constantFrom('sum' as const, 'mean' as const),
    alpha: fc.double({ min: 0, max: 1, noNaN: true }),
    renormalize: fc.boolean(),
    dim: fc.constant(dim),
  });
  const languageSums = fc
    .tuple(
      matrix,
      matrix,
      matrix,
      fc.array(fc.float({ min: 0, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
    )
    .map(([a, b, c, weights]): LanguageSum[] =>
      [a, b, c].map((sums, i) => ({
        lang: ['fi', 'th', 'ar'][i],
        sums,
        weight: weights[i],
        queries: 5,
      })),
    );

  it('with alpha 0 is the baseline bit for bit', () => {
    fc.assert(
      fc.property(matrix, languageSums, options, (passages, sums, o) => {
        expect(bitsOf(fuse(passages, sums, { ...o, alpha: 0 }))).toEqual(bitsOf(passages));
      }),
    );
  });

  it('does not depend on the order of the languages, the shard or the buffer', () => {
    fc.assert(
      fc.property(matrix, languageSums, options, (passages, sums, o) => {
        const whole = fuse(passages, sums, o);
        expect(whole.every(Number.isFinite)).toBe(true);
        expect(bitsOf(fuse(passages, [sums[2], sums[0], sums[1]], o))).toEqual(bitsOf(whole));
        const cut = 2 * dim;
        const parts = [
          [0, cut],
          [cut, rows * dim],
        ].map(([from, to]) =>
          fuse(
            passages.subarray(from, to),
            sums.map((s) => ({ ...s, sums: s.sums.subarray(from, to) })),
            o,
          ),
        );
        expect(bitsOf(Float32Array.from([...parts[0], ...parts[1]]))).toEqual(bitsOf(whole));
        const inPlace = passages.slice();
        expect(fuse(inPlace, sums, o, inPlace)).toBe(inPlace);
        expect(bitsOf(inPlace)).toEqual(bitsOf(whole));
      }),
    );
  });

  it.each([1, 7, 8, 13, 384])(
    'sums rows of %i numbers in 64 bits, however many there are',
    (dim) => {
      const n = 300;
      const numbers = (seed: number): Float32Array =>
        Float32Array.from({ length: n * dim }, (_, i) => Math.sin(seed + 1.7 * i));
      const passages = numbers(1);
      const languages = ['a', 'b', 'c'].map((lang, l) => ({
        lang,
        sums: numbers(l + 2),
        weight: l + 1,
        queries: 5,
      }));
      const plain = passages.map(
        (value, i) =>
          0.7 * value +
          languages.reduce((sum, { sums, weight }) => sum + 0.3 * weight * sums[i], 0),
      );
      const options = { variant: 'sum', alpha: 0.3, dim } as const;
      expectClose(fuse(passages, languages, { ...options, renormalize: false }), plain, 1e-6);
      for (let start = 0; start < plain.length; start += dim) {
        const length = Math.hypot(...plain.subarray(start, start + dim));
        for (let i = start; i < start + dim; i++) plain[i] /= length;
      }
      expectClose(fuse(passages, languages, { ...options, renormalize: true }), plain, 1e-6);
    },
  );

  it('renormalizes to unit length and leaves zero vectors at zero', () => {
    const passages = Float32Array.from([3, 4, 0, 0]);
    const sums = [{ lang: 'th', sums: new Float32Array(4), weight: 1, queries: 5 }];
    for (const alpha of [0.4, 1]) {
      const fused = fuse(passages, sums, { variant: 'mean', alpha, renormalize: true, dim: 2 });
      const expected = alpha === 1 ? [0, 0, 0, 0] : [0.6, 0.8, 0, 0];
      fused.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 6);
      });
    }
  });

  it('takes the mean over the queries of the weighted languages', () => {
    const sums = [
      { lang: 'th', sums: Float32Array.of(5), weight: 1, queries: 5 },
      { lang: 'fi', sums: Float32Array.of(30), weight: 3, queries: 10 },
    ];
    const [value] = fuse(Float32Array.of(1), sums, {
      variant: 'mean',
      alpha: 0.5,
      renormalize: false,
      dim: 1,
    });
    expect(value).toBeCloseTo(0.5 * 1 + 0.5 * ((5 + 90) / (5 + 30)), 6);
  });

  it('refuses shapes that do not fit and numbers out of range', () => {
    const ok: FuseOptions = { variant: 'sum', alpha: 0.1, renormalize: false, dim: 4 };
    const sum = (length: number, weight: number): LanguageSum[] => [
      { lang: 'th', sums: new Float32Array(length), weight, queries: 5 },
    ];
    const passages = new Float32Array(8);
    expect(() => fuse(new Float32Array(7), [], ok)).toThrow(
      'the passage matrix has 7 numbers, but 8',
    );
    expect(() => fuse(passages, sum(4, 1), ok)).toThrow('the sum of th has 4 numbers, but 8');
    expect(() => fuse(passages, [], ok, new Float32Array(4))).toThrow('the fused matrix has 4');
    expect(() => fuse(passages, sum(8, -1), ok)).toThrow('the weight of language th is -1');
    expect(() => fuse(passages, sum(8, Number.NaN), ok)).toThrow(
      'the weight of language th is NaN',
    );
    expect(() => fuse(passages, [], { ...ok, alpha: 1.5 })).toThrow('alpha is 1.5');
    expect(() => fuse(passages, [], { ...ok, alpha: Number.NaN })).toThrow('alpha is NaN');
  });
});

describe('late fusion', () => {
  it('has length 0 and score 0 where the vector cancels out', () => {
    const norms = { passage: 1, mixed: -1, sum: 1 };
    expect(fusedLength(norms, 0.5)).toBe(0);
    expect(lateFusionScore(1, -1, 0.5, norms)).toBe(0);
  });
});

function lateScores(
  questions: Float32Array,
  passages: Float32Array,
  languages: readonly LanguageSum[],
  options: FuseOptions,
): number[] {
  const { dim, alpha, renormalize } = options;
  const n = passages.length / dim;
  // S includes the weights and the mean's divisor, not alpha: shares are taken at alpha 1.
  const { shares } = shareOf(languages, { ...options, alpha: 1 });
  const sum = new Float64Array(passages.length);
  languages.forEach(({ sums }, l) => {
    for (let i = 0; i < sum.length; i++) sum[i] += shares[l] * sums[i];
  });
  const dot = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number => {
    let total = 0;
    for (let d = 0; d < dim; d++) total += a[i * dim + d] * b[j * dim + d];
    return total;
  };
  const scores: number[] = [];
  for (let q = 0; q < questions.length / dim; q++) {
    for (let p = 0; p < n; p++) {
      const norms = {
        passage: dot(passages, p, passages, p),
        mixed: dot(passages, p, sum, p),
        sum: dot(sum, p, sum, p),
      };
      scores.push(
        lateFusionScore(
          dot(questions, q, passages, p),
          dot(questions, q, sum, p),
          alpha,
          renormalize ? norms : undefined,
        ),
      );
    }
  }
  return scores;
}

function products(questions: Float32Array, vectors: Float32Array, dim: number): number[] {
  const scores: number[] = [];
  for (let q = 0; q < questions.length; q += dim) {
    for (let p = 0; p < vectors.length; p += dim) {
      let total = 0;
      for (let d = 0; d < dim; d++) total += questions[q + d] * vectors[p + d];
      scores.push(total);
    }
  }
  return scores;
}

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(want.length);
  let worst = 0;
  for (let i = 0; i < want.length; i++) worst = Math.max(worst, Math.abs(got[i] - want[i]));
  expect(worst).toBeLessThanOrEqual(tolerance);
}

function bitsOf(values: Float32Array): number[] {
  return [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
}
