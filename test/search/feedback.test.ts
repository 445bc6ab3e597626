import { describe, expect, it } from 'vitest';
import { SEARCH_DEFAULTS } from '../../src/search/defaults.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import { explainScores } from '../../src/search/explain-scores.js';
import { moveToward } from '../../src/search/feedback.js';
import type { SearchRequest } from '../../src/search/request.js';
import { memoryIndex } from '../support/memory-index.js';
import { analyze, corpus, DIM, encode, encoder, factors } from '../support/random-corpus.js';

const { scanner } = await openScanner();
const rows = corpus(300);
const engineOf = (some = rows): SearchEngine =>
  new SearchEngine({ ...memoryIndex(some), encoder, scanner, factors, analyze });
const BASE: SearchRequest = {
  question: 'th3 th4 th9',
  languages: [{ lang: 'th', weight: 1 }],
  mode: 'dense',
  augment: false,
  k: 300,
};

describe('feedback from a first pass', () => {
  it('adds the best passage to the question, in the length that the question had', () => {
    const moved = moveToward(Float32Array.of(3, 0), Float32Array.of(0, 5), 0.75);
    expect([...moved.vector]).toEqual([expect.closeTo(2.4, 6), expect.closeTo(1.8, 6)]);
    expect(moved.questionShare).toBeCloseTo(0.8, 6);
    expect([...moveToward(Float32Array.of(3, 4), Float32Array.of(0, 0), 1).vector]).toEqual([3, 4]);
  });

  it('ranks by the sum of both similarities', async () => {
    const engine = engineOf();
    const [first] = await engine.rank({ ...BASE, feedback: 0, k: 1 });
    const question = moveToward(encode(BASE.question), rows[first.row].vector, 0.5).vector;
    const dot = (row: number) =>
      rows[row].vector.reduce((sum, value, d) => sum + Math.fround(question[d]) * value, 0);
    const hits = await engine.rank({ ...BASE, feedback: 0.5 });
    for (const { row, score } of hits) expect(score).toBeCloseTo(dot(row), 6);
    expect(hits.map(({ id }) => id)).not.toEqual(
      (await engine.rank({ ...BASE, feedback: 0 })).map(({ id }) => id),
    );
  });

  it('lets the translation of the best passage rise', async () => {
    const translated = rows.map((row) => ({ ...row }));
    const [first] = await engineOf().rank({ ...BASE, feedback: 0, k: 1 });
    // Near to the best passage, and farther from the question than many.
    const vector = rows[first.row].vector.map(
      (value, d) => value + 0.9 * encode('stem20 stem21')[d],
    );
    const length = Math.hypot(...vector);
    translated.push({
      ...rows[first.row],
      id: 'translation',
      lang: 'fi',
      vector: vector.map((v) => v / length),
    });
    const engine = engineOf(translated);
    const place = async (feedback: number) =>
      (await engine.rank({ ...BASE, k: 301, feedback })).findIndex(
        ({ id }) => id === 'translation',
      );
    expect(await place(0.5)).toBeLessThan(await place(0));
  });

  it('happens by itself only where passages are in several languages', async () => {
    const { feedback } = SEARCH_DEFAULTS;
    const mixed = engineOf();
    expect(mixed.feedback(BASE)).toBe(feedback);
    expect(await mixed.rank(BASE)).toEqual(await mixed.rank({ ...BASE, feedback }));
    const english = engineOf(rows.filter(({ lang }) => lang === 'en'));
    expect(english.feedback(BASE)).toBe(0);
    expect(await english.rank(BASE)).toEqual(await english.rank({ ...BASE, feedback: 0 }));
  });

  it('takes the best of the passages that pass the filter, and says which', async () => {
    const engine = engineOf();
    const [{ row: left }] = await engine.rank({ ...BASE, feedback: 0, k: 1 });
    const mask = new Uint8Array(rows.length).fill(1);
    mask[left] = 0;
    const [next] = await engine.rank({ ...BASE, feedback: 0, mask, k: 1 });
    const { dense } = await explainScores(engine, { ...BASE, mask, feedback: 0.3 }, next.row);
    expect(dense!.toward).toMatchObject({ id: next.id, weight: 0.3 });
    expect(dense!.toward!.share).toBeGreaterThan(0);
    expect(
      (await explainScores(engine, { ...BASE, feedback: 0 }, next.row)).dense!.toward,
    ).toBeNull();
  });

  it('leaves a question alone that has no vector, and refuses a weight below 0', async () => {
    const engine = engineOf();
    expect(await engine.rank({ ...BASE, question: 'unknown words' })).toEqual([]);
    await expect(engine.rank({ ...BASE, feedback: -1 })).rejects.toMatchObject({
      code: 'XQG_NUMBER_OUT_OF_RANGE',
    });
    expect(encode(BASE.question)).toHaveLength(DIM);
  });
});
