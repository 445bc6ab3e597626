import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LexicalSegment } from '../../../src/indexing/lexical/segment.js';
import { buildSegment } from '../../../src/indexing/lexical/segment-builder.js';
import type { LexicalRow } from '../../../src/indexing/snapshot.js';
import type { TermBag } from '../../../src/languages/terms.js';
import { LexicalIndex } from '../../../src/search/lexical/index.js';
import type { LexicalMode, ViewSettings } from '../../../src/search/lexical/view.js';
import { Random } from '../../support/random.js';
import { shared } from '../../support/shared.js';
import { bag, TabledFactors } from '../../support/tabled-factors.js';

const golden = shared('golden/bm25');
const PLAIN: ViewSettings = {
  generatedWeight: 0,
  translationWeight: 0,
  expectedDf: false,
  relatedWeight: 0,
  factors: null,
};

async function indexOf(
  rows: readonly LexicalRow[],
  perSegment = rows.length,
  parameters = { k1: 0.9, b: 0.4 },
): Promise<LexicalIndex> {
  const segments: LexicalSegment[] = [];
  for (let first = 0; first < rows.length; first += perSegment) {
    segments.push(
      LexicalSegment.open(
        await buildSegment(rows.slice(first, first + perSegment)),
        `rows ${first}`,
      ),
    );
  }
  return new LexicalIndex(segments, parameters);
}

function ownRow(own: TermBag, lang = 'en'): LexicalRow {
  return { own, pivot: null, drawn: null, lang };
}

function countsOf(tokens: readonly string[]): TermBag {
  const counts: Record<string, number> = {};
  for (const token of tokens) counts[token] = (counts[token] ?? 0) + 1;
  return bag(counts);
}

describe.skipIf(golden === null)('golden/bm25 (skipped: no XQG_SHARED)', () => {
  it.each([200, 67])('equals every score, in segments of %i rows', async (perSegment) => {
    const { documents, queries, other_parameters } = JSON.parse(
      readFileSync(join(golden!, 'bm25.json'), 'utf8'),
    );
    const raw = readFileSync(join(golden!, 'scores.f64'));
    const expected = new Float64Array(
      raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length),
    );
    const rows = documents.map((tokens: string[]) => ownRow(countsOf(tokens)));
    const index = await indexOf(rows, perSegment);
    queries.forEach((query: string[], q: number) => {
      const scores = index.scores(
        [{ bag: countsOf(query), view: index.view('en', PLAIN), weight: 1 }],
        'plain',
      );
      const worst = Math.max(
        ...scores.map((score, row) => Math.abs(score - expected[q * 200 + row])),
      );
      expect(worst).toBeLessThanOrEqual(1e-9);
    });
    for (const { k1, b, query, doc, score } of other_parameters) {
      const other = await indexOf(rows, perSegment, { k1, b });
      const scores = other.scores(
        [{ bag: countsOf(queries[query]), view: other.view('en', PLAIN), weight: 1 }],
        'plain',
      );
      expect(Math.abs(scores[doc] - score)).toBeLessThanOrEqual(1e-9);
    }
  });
});

describe('generated and translated terms', () => {
  const languages = ['en', 'de', 'th'];
  const stems = ['water', 'law', 'king', 'art'];
  const terms = ['t0', 't1', 't2', 'shared', 'rare'];
  const factors = new TabledFactors(
    {
      th: {
        water: { t0: 0.5, t1: 0.25, shared: 0.25 },
        law: { t1: 1 },
        king: { t0: 0.125, t2: 0.875 },
      },
      de: { water: { shared: 1 }, art: { t2: 0.5, t1: 0.5 } },
    },
    { th: { water: { t0: 0.75, t2: 0.25 }, art: { t2: 0.5 }, law: { t1: 0.5 } } },
    { water: { king: 0.5, law: 0.25 }, law: { king: 1 }, king: { art: 0.75 } },
  );
  const random = new Random(3);
  const rows: LexicalRow[] = Array.from({ length: 60 }, (_, i): LexicalRow => {
    const some = (names: readonly string[]): TermBag =>
      bag(
        Object.fromEntries(
          names
            .filter(() => random.below(3) === 0)
            .map((name) => [name, (1 + random.below(12)) / 4]),
        ),
      );
    const drawn = i % 10 === 9 ? new Map([['th', some(terms)]]) : null;
    return {
      own: some([...terms, '#t']),
      pivot: drawn === null ? some(stems) : null,
      drawn,
      lang: languages[i % 3],
    };
  });
  const question = bag({ t0: 1, t1: 2, shared: 1, absent: 1, '#t': 0.3 });

  /** The definition of the score, computed term by term and row by row. */
  function naive(
    settings: ViewSettings,
    mode: LexicalMode,
    viewLanguages: Record<string, number>,
  ): number[] {
    const get = (b: TermBag | null | undefined, term: string): number =>
      b?.weights[b.terms.indexOf(term)] ?? 0;
    const generates = mode === 'generated' || mode === 'both';
    const translates = mode === 'translated' || mode === 'both';
    const eligible = (row: LexicalRow): [string, number][] =>
      Object.entries(viewLanguages).filter(([lang]) => lang !== row.lang);
    const widened = (behind: TermBag, stem: string): number =>
      behind.terms.reduce(
        (sum, from, i) =>
          sum + behind.weights[i] * settings.relatedWeight * get(factors.relatives(from), stem),
        get(behind, stem),
      );
    const others = (term: string, row: LexicalRow): number => {
      let tf = 0;
      for (const [lang, w] of generates ? Object.entries(viewLanguages) : []) {
        tf += settings.generatedWeight * w * get(row.drawn?.get(lang), term);
      }
      for (const [lang, w] of eligible(row)) {
        for (const [stem, g] of (row.pivot?.terms ?? []).map(
          (t, i) => [t, row.pivot!.weights[i]] as const,
        )) {
          if (generates)
            tf +=
              settings.generatedWeight * w * g * widened(factors.generatedFrom(term, lang), stem);
          if (translates)
            tf += settings.translationWeight * w * g * widened(factors.translate(term, lang), stem);
        }
      }
      return tf;
    };
    const total = (b: TermBag): number => b.weights.reduce((sum, w) => sum + w, 0);
    const lengths = rows.map((row) => {
      let length = total(row.own);
      if (generates) {
        for (const [lang, w] of eligible(row)) {
          row.pivot?.terms.forEach((stem, i) => {
            length +=
              settings.generatedWeight *
              w *
              row.pivot!.weights[i] *
              factors.generatedMass(stem, lang);
          });
        }
        for (const [lang, w] of Object.entries(viewLanguages)) {
          const drawn = row.drawn?.get(lang);
          if (drawn) length += settings.generatedWeight * w * total(drawn);
        }
      }
      return length;
    });
    const average = lengths.reduce((a, b) => a + b) / rows.length;
    const scores = rows.map(() => 0);
    question.terms.forEach((term, q) => {
      const own = rows.map((row) => get(row.own, term));
      const tf = rows.map((row, r) => own[r] + others(term, row));
      const df = tf
        .map((f, r) => (own[r] > 0 ? 1 : settings.expectedDf ? Math.min(1, f) : Math.sign(f)))
        .reduce((a, b) => a + b);
      const idf = Math.log(1 + (rows.length - df + 0.5) / (df + 0.5));
      rows.forEach((_, r) => {
        scores[r] +=
          (question.weights[q] * idf * tf[r]) /
          (tf[r] + 0.9 * (0.6 + (0.4 * lengths[r]) / average) || 1);
      });
    });
    return scores;
  }

  const modes: LexicalMode[] = ['plain', 'generated', 'translated', 'both'];
  const settingsToTest = [
    { expectedDf: true, relatedWeight: 0 },
    { expectedDf: false, relatedWeight: 0 },
    { expectedDf: true, relatedWeight: 0.5 },
  ];
  it.each(modes.flatMap((mode) => settingsToTest.map((settings) => ({ mode, ...settings }))))(
    'are scored by the definition: $mode, expected df $expectedDf, weight of near-synonyms $relatedWeight',
    async ({ mode, expectedDf, relatedWeight }) => {
      const settings = {
        generatedWeight: 0.75,
        translationWeight: 0.5,
        expectedDf,
        relatedWeight,
        factors,
      };
      for (const weights of [{ th: 1 }, { th: 0.5, de: 2 }, { en: 1 }] as Record<
        string,
        number
      >[]) {
        const expected = naive(settings, mode, weights);
        const view = Object.entries(weights).map(([lang, weight]) => ({ lang, weight }));
        const results = await Promise.all(
          [60, 7].map(async (perSegment) => {
            const index = await indexOf(rows, perSegment);
            return {
              index,
              scores: index.scores(
                [{ bag: question, view: index.view(view, settings), weight: 1 }],
                mode,
              ),
            };
          }),
        );
        expect(results[1].scores).toEqual(results[0].scores);
        const { index, scores } = results[1];
        scores.forEach((score, row) => {
          expect(score).toBeCloseTo(expected[row], 6);
          expect(score > 0).toBe(expected[row] > 0);
          const terms = index.explain(question, index.view(view, settings), mode, row);
          const sum = terms.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(score, 9);
        });
        // The accumulators have been cleared.
        expect(
          index.scores([{ bag: question, view: index.view(view, settings), weight: 1 }], mode),
        ).toEqual(scores);
      }
    },
  );

  it('are explained by the pivot stems that they match', async () => {
    const index = await indexOf([
      { own: bag({ other: 1 }), pivot: bag({ water: 2, king: 4 }), drawn: null, lang: 'en' },
      { own: bag({ t0: 1 }), pivot: bag({ law: 1 }), drawn: null, lang: 'th' },
    ]);
    const settings = {
      generatedWeight: 0.5,
      translationWeight: 0.5,
      expectedDf: true,
      relatedWeight: 0,
      factors,
    };
    const [t0] = index.explain(bag({ t0: 1 }), index.view('th', settings), 'both', 0);
    expect(t0).toMatchObject({ term: 't0', tfOwn: 0, tfGenerated: 0.75, tfTranslated: 0.75 });
    expect(t0.documentFrequency).toBe(2);
    expect(t0.via).toEqual([
      { stem: 'water', by: 'translated', frequency: 0.75 },
      { stem: 'water', by: 'generated', frequency: 0.5 },
      { stem: 'king', by: 'generated', frequency: 0.25 },
    ]);
  });

  it('match a passage by the near-synonyms of a stem', async () => {
    const near = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`near${i}`, 1 - i / 20]));
    const crowded = new TabledFactors({ th: { water: { t0: 1 } } }, {}, { water: near });
    const index = await indexOf(
      ['water', 'near0', 'near12', 'near13'].map((stem) => ({
        own: bag({ other: 1 }),
        pivot: bag({ [stem]: 1 }),
        drawn: null,
        lang: 'en',
      })),
    );
    const settings = {
      ...PLAIN,
      generatedWeight: 1,
      expectedDf: true,
      relatedWeight: 0.5,
      factors: crowded,
    };
    const scores = index.scores(
      [{ bag: bag({ t0: 1 }), view: index.view('th', settings), weight: 1 }],
      'generated',
    );
    expect(scores[0]).toBeGreaterThan(scores[1]);
    expect(scores[1]).toBeGreaterThan(scores[2]);
    expect(scores[2]).toBeGreaterThan(0);
    expect(scores[3]).toBe(0);
  });

  it('give no score to a passage without any of them', async () => {
    const index = await indexOf(rows);
    const scores = index.scores(
      [{ bag: bag({ absent: 1 }), view: index.view('th', { ...PLAIN, factors }), weight: 1 }],
      'plain',
    );
    expect(scores.every((score) => score === 0)).toBe(true);
  });
});

describe('a segment', () => {
  const rows = [
    ownRow(bag({ ไทย: 1, '#abc': 0.25, b: 2048, a: 0.1 })),
    ownRow(bag({}), 'th'),
    ownRow(bag({ b: 1 })),
  ];

  it('preserves terms, rows, frequencies and languages', async () => {
    const segment = LexicalSegment.open(await buildSegment(rows), 'here');
    const own = segment.field('own')!;
    expect(segment.rows).toBe(3);
    expect(Array.from(segment.rowLanguages, (l) => segment.languages[l])).toEqual([
      'en',
      'th',
      'en',
    ]);
    expect(Array.from({ length: own.size }, (_, t) => own.term(t))).toEqual([
      '#abc',
      'a',
      'b',
      'ไทย',
    ]);
    for (let t = 0; t < own.size; t++) expect(own.find(Buffer.from(own.term(t)))).toBe(t);
    for (const absent of ['', '#ab', '#abcd', 'c', 'ไท', 'ไทยๆ'])
      expect(own.find(Buffer.from(absent))).toBe(-1);
    expect([...own.rows.subarray(own.start(2), own.postingEnds[2])]).toEqual([0, 2]);
    expect(own.lengths[0]).toBeCloseTo(2049.35, 3);
    expect(segment.fields).toEqual(['own']);
    expect(segment.field('pivot')).toBeNull();
  });

  it('has equal bytes for equal rows, and can be opened at any offset', async () => {
    const bytes = await buildSegment(rows);
    expect(Buffer.compare(bytes, await buildSegment(rows))).toBe(0);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(LexicalSegment.open(shifted.subarray(3), 'shifted').field('own')!.size).toBe(4);
  });

  it('refuses damaged, truncated, foreign and newer files', async () => {
    const bytes = await buildSegment(rows);
    for (let at = 40; at < bytes.length; at += 13) {
      const damaged = bytes.slice();
      damaged[at] ^= 1;
      expect(() => LexicalSegment.open(damaged, 'part-3')).toThrow(
        'The lexical segment part-3 cannot be used: its sha256 does not fit its content',
      );
    }
    expect(() => LexicalSegment.open(bytes.subarray(0, bytes.length - 8), 'x')).toThrow('sha256');
    expect(() => LexicalSegment.open(new Uint8Array(0), 'x')).toThrow('does not start as one');
    expect(() => LexicalSegment.open(new Uint8Array(100).fill(65), 'x')).toThrow(
      'does not start as one',
    );
    const newer = bytes.slice();
    newer[4] = 9;
    expect(() => LexicalSegment.open(newer, 'x')).toThrow('has format 9; this xqg reads format 1');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the frequency %d',
    async (weight) => {
      await expect(buildSegment([ownRow(bag({ a: weight }))])).rejects.toThrow(RangeError);
    },
  );

  it('refuses a bag with a repeated term', async () => {
    const twice = { terms: ['a', 'a'], weights: Float32Array.of(1, 1) };
    await expect(buildSegment([ownRow(twice)])).rejects.toThrow('"a" is twice in row 0');
  });
});
