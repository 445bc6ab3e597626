import { describe, expect, it } from 'vitest';
import { product } from '../../src/search/dense/javascript-scanner.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import { explainScores } from '../../src/search/explain-scores.js';
import type { SearchRequest } from '../../src/search/request.js';
import { rowsOfBytes } from '../../src/store/quantize.js';
import { memoryIndex } from '../support/memory-index.js';
import {
  analyze,
  centeredEncoder,
  corpus,
  DIM,
  encode,
  encoder,
  factors,
  withSentences,
} from '../support/random-corpus.js';

const rows = corpus(60);
const { scanner } = await openScanner();
const engine = new SearchEngine({ ...memoryIndex(rows), encoder, scanner, factors, analyze });
const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'hybrid',
  augment: true,
  k: 5,
};

const variants: Partial<SearchRequest>[] = [
  {},
  { augment: false },
  { profile: 'paper', alpha: 0.1 },
  { languagePolicy: { th: 2, fi: 0.5 } },
  { translate: true },
  { alpha: 0 },
  {
    languages: [
      { lang: 'th', weight: 0.6 },
      { lang: 'fi', weight: 0.4 },
    ],
  },
];

describe('explain', () => {
  it.each(variants)('takes the scores of a hit apart: %o', async (change) => {
    const request = { ...BASE, ...change };
    for (const hit of await engine.rank({ ...request, k: 100 })) {
      const { id, dense, lexical } = await explainScores(engine, request, hit.row);
      expect(id).toBe(hit.id);
      expect(dense!.score).toBe(hit.dense);
      const sum = dense!.languages.reduce((total, { share }) => total + share, dense!.passage);
      expect(sum).toBeCloseTo(hit.dense!, 6);
      if (hit.lexical === null) expect(lexical.score).toBeNull();
      else expect(lexical.score).toBeCloseTo(hit.lexical, 9);
    }
  });

  it.each([
    ['appended', 0.5],
    [0.4, 0],
    [0, 0],
    [1, 0],
  ] as const)('takes a question and its expansion apart: %s', async (dense, lexicalWeight) => {
    const text = 'fi5 fi6 fi7';
    const expansion = { text, languages: [{ lang: 'fi', weight: 1 }], dense, lexicalWeight };
    const request = { ...BASE, feedback: 0.2, expansion };
    for (const hit of await engine.rank({ ...request, k: 100 })) {
      const explained = await explainScores(engine, request, hit.row);
      const { question, text } = explained.dense!.expansion!;
      expect(explained.dense!.score).toBe(hit.dense);
      const { toward } = explained.dense!;
      expect(question + text + toward!.share).toBeCloseTo(hit.dense!, 9);
      const alone = (await explainScores(engine, BASE, hit.row)).dense!;
      expect(alone.expansion).toBeNull();
      const plain = { ...BASE, feedback: 0 };
      if (dense === 'appended') {
        const { expansion: parted } = (
          await explainScores(engine, { ...plain, expansion }, hit.row)
        ).dense!;
        expect(parted!.question).toBe((await explainScores(engine, plain, hit.row)).dense!.score);
      }
      if (dense === 0) expect(text).toBeCloseTo(0, 6);
      if (dense === 1) expect(question).toBeCloseTo(0, 6);
      const { languages, score } = explained.lexical;
      expect(languages.map((language) => language.expansion)).toEqual(
        dense === 'appended' ? [false, true] : [false],
      );
      if (hit.lexical === null) expect(score).toBeNull();
      else expect(score).toBeCloseTo(hit.lexical, 9);
    }
    if (typeof dense !== 'number') return;
    // The parts of a mixture are in proportion to the vectors: what only the text says is the
    // text's.
    const other = { ...BASE, question: text, expansion: null };
    const { score } = (await explainScores(engine, { ...other, feedback: 0 }, 0)).dense!;
    const mixed = (await explainScores(engine, { ...request, feedback: 0 }, 0)).dense!.expansion!;
    if (dense === 1) expect(mixed.text).toBeCloseTo(score, 6);
  });

  describe('with sentences and centering', () => {
    const all = withSentences(rows);
    const full = new SearchEngine({
      ...{ ...memoryIndex(all), encoder: centeredEncoder, scanner, factors, analyze },
    });
    const vectorOf = (row: number, number: number): Float32Array => {
      const { scales, steps } = rowsOfBytes(all[row].sentences!, DIM);
      return Float32Array.from({ length: DIM }, (_, d) => steps[number * DIM + d] * scales[number]);
    };

    it.each([
      ...variants,
      { sentenceWeight: 0.3, feedback: 0.4 },
      { sentenceWeight: 1 },
      { sentenceWeight: 0 },
      { centering: false },
    ])('names the parts of a score: %o', async (change) => {
      const request = { ...BASE, ...change };
      const weight = request.sentenceWeight ?? 0.5;
      let ofOneSentence = 0;
      for (const hit of await full.rank({ ...request, k: 100 })) {
        const dense = (await explainScores(full, request, hit.row)).dense!;
        expect(dense.score).toBe(hit.dense);
        const languages = dense.languages.reduce((total, { share }) => total + share, 0);
        const { passage, sentence, centering } = dense;
        const sum = passage + languages + (sentence?.share ?? 0) + (centering ?? 0);
        expect(sum).toBeCloseTo(hit.dense!, 6);
        expect(centering === null).toBe(request.centering === false);
        const hasSentences = all[hit.row].sentences !== undefined;
        expect(sentence === null).toBe(weight === 0 || !hasSentences);
        if (!hasSentences) ofOneSentence++;
        // Shares are products of the question as it was asked.
        if (request.feedback !== undefined) continue;
        const question = encode(request.question);
        if (sentence !== null)
          expect(sentence.share).toBeCloseTo(
            weight * product(question, vectorOf(hit.row, sentence.number), 0),
            6,
          );
        if (request.augment) continue;
        const own = product(question, all[hit.row].vector, 0);
        expect(passage).toBeCloseTo((hasSentences ? 1 - weight : 1) * own, 6);
      }
      expect(ofOneSentence).toBeGreaterThan(0);
    });

    it('takes feedback and an expansion apart', async () => {
      const text = 'fi5 fi6 fi7';
      const languages = [{ lang: 'fi', weight: 1 }];
      const expansion = { text, languages, dense: 0.4, lexicalWeight: 0 };
      const request = { ...BASE, feedback: 0.2, expansion };
      for (const hit of await full.rank({ ...request, k: 100 })) {
        const { dense } = await explainScores(full, request, hit.row);
        const { question, text } = dense!.expansion!;
        expect(question + text + dense!.toward!.share).toBeCloseTo(hit.dense!, 9);
      }
      // Without feedback, the question alone has its usual score.
      const plain = { ...BASE, feedback: 0 };
      const appended = { ...plain, expansion: { ...expansion, dense: 'appended' as const } };
      expect((await explainScores(full, appended, 3)).dense!.expansion!.question).toBe(
        (await explainScores(full, plain, 3)).dense!.score,
      );
    });
  });

  it('names the share of every language whose queries count', async () => {
    const english = rows.findIndex(({ lang }) => lang === 'en');
    const langs = async (change: Partial<SearchRequest>): Promise<string[]> =>
      (await explainScores(engine, { ...BASE, ...change }, english))
        .dense!.languages.map(({ lang }) => lang)
        .sort();
    expect(await langs({})).toEqual(['fi']);
    expect(await langs({ languagePolicy: 'all' })).toEqual(['fi', 'th']);
    expect(await langs({ augment: false })).toEqual([]);
  });

  it('sorts generated queries by their similarity to the question', async () => {
    const { nearest } = await explainScores(engine, BASE, 0, [
      { lang: 'th', text: 'th20 th21' },
      { lang: 'th', text: 'th3 th4 th9' },
      { lang: 'fi', text: 'fi3 fi20' },
    ]);
    expect(nearest.map(({ text }) => text)).toEqual(['th3 th4 th9', 'fi3 fi20', 'th20 th21']);
    expect(nearest[0].similarity).toBeCloseTo(1, 5);
  });

  it('has no dense part for a question without a vector', async () => {
    const { dense, nearest, lexical } = await explainScores(
      engine,
      { ...BASE, question: 'fi-any' },
      0,
      [{ lang: 'fi', text: 'fi3' }],
    );
    expect(dense).toBeNull();
    expect(nearest).toEqual([]);
    expect(lexical.languages[0].terms[0]).toMatchObject({ term: 'fi-any', tfOwn: 0 });
    expect(lexical.languages[0].terms[0].via.length).toBeGreaterThan(0);
  });
});
